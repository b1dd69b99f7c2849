"""What all definitions of ours have in common: their canonical addresses, header, codings and copyright."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.fhir_io.versions import FhirVersion
from service.triage.model import Level, RuleSet
from service.triage.questions import Coding

Resource = dict[str, Any]

PRIORITY = {Level.EMERGENCY: "stat", Level.URGENT: "urgent", Level.ROUTINE: "routine"}
"""The priority of a request by level (FHIR request-priority); self-care has none."""

NOTICES = {
    "http://snomed.info/sct": (
        "This material includes SNOMED Clinical Terms® (SNOMED CT®), which is used by permission of SNOMED "
        "International. All rights reserved. SNOMED CT® was originally created by the College of American "
        "Pathologists. “SNOMED” and “SNOMED CT” are registered trademarks of SNOMED International "
        "(https://www.snomed.org). Use of SNOMED CT may need a licence of SNOMED International or its members."
    ),
    "http://loinc.org": (
        "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, "
        "Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost "
        "under the license at http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief "
        "Institute, Inc."
    ),
}
"""What the owner of a code system asks to be said wherever its codes stand."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule set as it is published: under which canonical base and in which version of FHIR.

    `beside` are the other rule sets that are served: a code system of ours holds the codes of all of them.
    """

    rule_set: RuleSet
    canonical_base: str
    version: FhirVersion
    beside: tuple[RuleSet, ...] = ()

    def canonical(self, resource_type: str, resource_id: str) -> str:
        """The address that names a definition of ours wherever the service runs (FHIR, references.html#canonical)."""
        return f"{self.canonical_base}/{resource_type}/{resource_id}"

    def own(self, system: str, code: str, display: str) -> Resource:
        """A coding of one of our own code systems."""
        return {"system": self.canonical("CodeSystem", system), "code": code, "display": display}

    def header(self, resource_type: str, resource_id: str, *, title: str, description: str, name: str = "") -> Resource:
        """The elements of every canonical resource (https://hl7.org/fhir/R5/canonicalresource.html).

        `name` is made of the id when left out. All of it is experimental: no clinical study stands behind the rules.
        """
        rule_set = self.rule_set
        elements: Resource = {
            "resourceType": resource_type,
            "id": resource_id,
            "url": self.canonical(resource_type, resource_id),
            "version": rule_set.version,
            "name": name or computable_name(resource_id),
            "title": title,
            "status": rule_set.status,
            "experimental": True,
            "date": rule_set.date,
            "publisher": rule_set.publisher,
            "description": description,
        }
        return filled(elements)

    def copyright(self, codings: Iterable[Coding] = ()) -> Resource:
        """The copyright element: the rule set's own text and the notice of each code system that codes come from."""
        systems = {coding.system for coding in codings}
        texts = [self.rule_set.copyright, *(notice for system, notice in NOTICES.items() if system in systems)]
        return filled({"copyright": "\n\n".join(text for text in texts if text)})


def computable_name(resource_id: str) -> str:
    """The id as a name for programs, as FHIR's invariant cnl-0 wants it: LimbNumbness of limb-numbness."""
    return "".join(word[:1].upper() + word[1:] for word in resource_id.replace(".", "-").split("-"))


@lru_cache(maxsize=4096)
def coding_element(coding: Coding) -> Resource:
    """A code as the FHIR data type Coding; made once, so nobody may change it."""
    return filled({"system": coding.system, "code": coding.code, "display": coding.display})


def filled(elements: Resource) -> Resource:
    """The elements that say something: FHIR knows no empty strings, arrays or objects."""
    return {name: value for name, value in elements.items() if value not in ("", [], {})}
