"""The extensions of a Questionnaire's item that limit its answers, those of FHIR and of SDC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.fhir_io.conformity.form import Limits, Options, Typed
from service.fhir_io.conformity.values import key, typed

Resource = dict[str, Any]

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
_CODING = frozenset({"Coding"})


def marked(element: Resource, url: str) -> bool:
    """Whether an element has an extension of that address."""
    return any(one.get("url") == url for one in element.get("extension", ()))


def fewest_and_most(item: Resource) -> tuple[int, int | None]:
    """How often an item must and may be answered (minOccurs and maxOccurs)."""
    fewest = _numbers(item, "questionnaire-minOccurs")
    most = _numbers(item, "questionnaire-maxOccurs")
    return max(fewest, default=0), max(0, min(most)) if most else None


def limits_of(item: Resource, value_set: Callable[[str], Options]) -> Limits:
    """What each answer to an item has to keep to; `value_set` gives the codes of one."""
    lengths = [*([item["maxLength"]] if "maxLength" in item else [])]
    units = [key(("Coding", one)) for one in _values(item, f"{_STRUCTURE}/questionnaire-unit", "Coding")]
    return Limits(
        least=(*_typed(item, f"{_STRUCTURE}/minValue"), *_typed(item, f"{_SDC}/sdc-questionnaire-minQuantity")),
        most=(*_typed(item, f"{_STRUCTURE}/maxValue"), *_typed(item, f"{_SDC}/sdc-questionnaire-maxQuantity")),
        shortest=max(_numbers(item, "minLength"), default=0),
        longest=min(lengths, default=None),
        places=min(_numbers(item, "maxDecimalPlaces"), default=None),
        patterns=tuple(_values(item, f"{_STRUCTURE}/regex", "String")),
        # Bytes, as the extension says now and HL7's validator does; its older pages speak of megabytes.
        bytes=min(_values(item, f"{_STRUCTURE}/maxSize", "Decimal"), default=None),
        media=tuple(_values(item, f"{_STRUCTURE}/mimeType", "Code")),
        unit=units[0] if units else (),
        units=_units(item, value_set),
        targets=frozenset(_values(item, f"{_STRUCTURE}/questionnaire-referenceResource", "Code")),
    )


def _units(item: Resource, value_set: Callable[[str], Options]) -> Options | None:
    """The units to choose from; None when any will do. SDC's unitOpen may let others in."""
    openness = [*_values(item, f"{_SDC}/sdc-questionnaire-unitOpen", "Code")]
    if openness and openness[0] != "optionsOnly":
        return None
    offered = [*_values(item, f"{_STRUCTURE}/questionnaire-unitOption", "Coding")]
    if offered:
        return Options(frozenset(key(("Coding", one)) for one in offered), _CODING)
    for reference in _values(item, f"{_STRUCTURE}/questionnaire-unitValueSet", "Canonical"):
        return value_set(reference)
    return None


def _typed(item: Resource, url: str) -> list[Typed]:
    found = [typed(one, "value") for one in item.get("extension", ()) if one.get("url") == url]
    return [value for value in found if value]


def _values(item: Resource, url: str, kind: str) -> list[Any]:
    return [value for name, value in _typed(item, url) if name == kind]


def _numbers(item: Resource, name: str) -> list[int]:
    return _values(item, f"{_STRUCTURE}/{name}", "Integer")
