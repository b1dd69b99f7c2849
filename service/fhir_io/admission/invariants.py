"""One table of FHIR's error invariants that are checked: type → what must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.fhir_io.admission.periods import in_order, may_be_in_order
from service.fhir_io.versions import FhirVersion

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule of the FHIR specification over the members of one object; `holds` takes whatever they are."""

    key: str
    message: str
    remedy: str
    holds: Callable[[Members], bool]


def _has(value: Members, name: str) -> bool:
    return name in value or f"_{name}" in value


def _has_choice(value: Members, stem: str) -> bool:
    return any(name.removeprefix("_").startswith(stem) for name in value)


def _one_content(value: Members) -> bool:
    return sum((_has_choice(value, "value"), "resource" in value, "part" in value)) == 1


QRS_1 = Invariant(
    "qrs-1",
    "An item has nested items or answers, not both.",
    "Put the items that belong to an answer into answer.item.",
    lambda value: not ("item" in value and "answer" in value),
)
EXT_1 = Invariant(
    "ext-1",
    "An extension has either a value or nested extensions.",
    "Give one of the two.",
    lambda value: _has_choice(value, "value") != ("extension" in value),
)
INV_1 = Invariant(
    "inv-1",
    "A parameter has exactly one of value, resource and part.",
    "Give one of the three.",
    _one_content,
)
QTY_3 = Invariant(
    "qty-3",
    "A quantity with a code for its unit has a system.",
    "Add system, for UCUM http://unitsofmeasure.org.",
    lambda value: not _has(value, "code") or _has(value, "system"),
)
ATT_1 = Invariant(
    "att-1",
    "An attachment with data has a contentType.",
    "Add contentType.",
    lambda value: not _has(value, "data") or _has(value, "contentType"),
)
CPT_2 = Invariant(
    "cpt-2",
    "A contact point with a value has a system.",
    "Add system.",
    lambda value: not _has(value, "value") or _has(value, "system"),
)

PER_1 = Invariant("per-1", "A period ends no sooner than it starts.", "Compare start and end.", in_order)
PER_1_OF_R5 = Invariant(PER_1.key, PER_1.message, PER_1.remedy, may_be_in_order)
REF_2 = Invariant(
    "ref-2",
    "A reference has a reference, an identifier or a display.",
    "Add one of them.",
    lambda value: any(_has(value, name) for name in ("reference", "identifier", "display", "extension")),
)

_OF_ALL: dict[str, tuple[Invariant, ...]] = {
    "QuestionnaireResponseItem": (QRS_1,),
    "Extension": (EXT_1,),
    "ParametersParameter": (INV_1,),
    "Quantity": (QTY_3,),
    "Age": (QTY_3,),
    "Count": (QTY_3,),
    "Distance": (QTY_3,),
    "Duration": (QTY_3,),
    "Attachment": (ATT_1,),
    "ContactPoint": (CPT_2,),
}
_OF_R4 = _OF_ALL | {"Period": (PER_1,)}
_OF_R5 = _OF_ALL | {"Period": (PER_1_OF_R5,), "Reference": (REF_2,)}


def invariants_of(version: FhirVersion) -> dict[str, tuple[Invariant, ...]]:
    """The invariants of each type, from the constraint tables of https://hl7.org/fhir/R4/, R4B and R5.

    ele-1, ref-1, dom-2 to dom-5 and qrs-2 need more than one object and are checked in structure.py.
    """
    return _OF_R5 if version.r5_models else _OF_R4
