"""The one table of the FHIR versions served: how each is named, read, and where it differs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fhir.resources import get_fhir_model_class as r5_model_class
from fhir.resources.R4B import get_fhir_model_class as r4b_model_class


@dataclass(frozen=True, slots=True)
class FhirVersion:
    """One version of FHIR.

    `code` is the fhirVersion MIME parameter, `release` the CapabilityStatement's fhirVersion. `r5_models` says whether
    the R5 classes of fhir.resources read it: the library has none for R4, which is read with those of R4B.
    """

    code: str
    release: str
    name: str
    r5_models: bool = False

    def model(self, resource_type: str) -> Any:
        """The pydantic class of a resource type; ValueError when the version has no such type."""
        return _model(resource_type, self.r5_models)

    @property
    def security_services(self) -> str:
        """The code system of RestfulSecurityService, which moved with R5."""
        moved = "http://hl7.org/fhir/restful-security-service"
        return moved if self.r5_models else "http://terminology.hl7.org/CodeSystem/restful-security-service"

    @property
    def codeable_references(self) -> bool:
        """Whether ServiceRequest.code, reason and supportingInfo are CodeableReferences, as from R5 on."""
        return self.r5_models

    @property
    def many_response_identifiers(self) -> bool:
        """Whether QuestionnaireResponse.identifier repeats, as from R5 on."""
        return self.r5_models

    @property
    def combines_repeated_answers(self) -> bool:
        """Whether several items may not answer one question (qrs-2), as from R5 on."""
        return self.r5_models


@cache
def _model(resource_type: str, r5_models: bool) -> Any:
    return (r5_model_class if r5_models else r4b_model_class)(resource_type)


R4 = FhirVersion("4.0", "4.0.1", "R4")
R4B = FhirVersion("4.3", "4.3.0", "R4B")
R5 = FhirVersion("5.0", "5.0.0", "R5", r5_models=True)

VERSIONS = {version.code: version for version in (R4, R4B, R5)}
DEFAULT = R4
