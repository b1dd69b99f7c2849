"""The verdict of fhir.resources on a resource, whatever it raises."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.versions import FhirVersion

_REMEDY = "Compare the element with the FHIR specification."
_EXTENSIONS = frozenset({"extension", "modifierExtension"})


def library_verdict(
    resource: dict[str, Any], version: FhirVersion, path: str, *, rewrite: bool, found: ProblemList
) -> None:
    """Let the library validate a resource; a value of the body is never repeated, as its own messages may do.

    With `rewrite` it is given a copy without what it refuses against FHIR, which must have been checked before.
    """
    given = _acceptable(resource, "", version) if rewrite else resource
    try:
        version.model(resource["resourceType"]).model_validate(given)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            found.structure(
                _where(path, one["loc"]), f"This is not valid FHIR {version.name} ({one['type']}).", _REMEDY
            )
    except Exception as error:  # it also raises TypeError, AttributeError, KeyError, RecursionError
        found.structure(path, f"This cannot be read as FHIR {version.name} ({type(error).__name__}).", _REMEDY)


def _where(path: str, location: tuple[int | str, ...]) -> str:
    """A FHIRPath from pydantic's location."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "root")
    return path + "".join(steps)


def _acceptable(value: Any, inside: str, version: FhirVersion) -> Any:
    """A copy that the library judges as FHIR does.

    It refuses `_value…` and a UUID that is not of version 4 in an Extension, and an R5 answer, where a value is
    required, that has only `_value…`: there the copy has a stand-in.
    """
    if isinstance(value, list):
        return [_acceptable(one, inside, version) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _acceptable(one, name, version) for name, one in value.items() if not _refused(name, inside)}
    if inside == "answer" and version.r5_models and not any(name.startswith("value") for name in kept):
        kept["valueBoolean"] = True
    return kept


def _refused(name: str, inside: str) -> bool:
    return name == "valueUuid" or (name.startswith("_value") and (inside in _EXTENSIONS or inside == "answer"))
