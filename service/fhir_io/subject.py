"""Whom a response is about, so that no answer is ever filed under another patient."""

from __future__ import annotations

import re
from typing import Any

from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.parameters import Envelope, Placed
from service.problems import Kind, Problem

_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?$")
_NAME_A_PATIENT = "Give a reference such as Patient/123, or an identifier with system and value."


def subject_of(envelope: Envelope, found: ProblemList) -> dict[str, Any]:
    """The Reference of the patient; an empty one, with the reason in `found`, when there is none to rely on."""
    named = _named(envelope, "subject", envelope.subject, found)
    if named is None:
        where = envelope.response_path
        found.add(
            Problem(Kind.SUBJECT, where, "Neither the response nor the request names a subject.", _NAME_A_PATIENT)
        )
        return {}
    reference, where = named
    usable = _usable(reference)
    if not usable:
        message = (
            "The subject has neither a reference that resolves outside the response nor an identifier with a value."
        )
        found.add(Problem(Kind.SUBJECT, where, message, _NAME_A_PATIENT))
    elif _type_of(usable) not in ("", "Patient"):
        found.add(Problem(Kind.SUBJECT, where, "The subject is not a Patient.", _NAME_A_PATIENT))
    return usable


def encounter_of(envelope: Envelope, found: ProblemList, warnings: ProblemList) -> dict[str, Any] | None:
    """The Reference of the encounter, if one is named that means something outside the response."""
    named = _named(envelope, "encounter", envelope.encounter, found)
    if named is None:
        return None
    reference, where = named
    usable = _usable(reference)
    if not usable:
        message = (
            "The encounter has no reference that resolves outside the response and no identifier: it was not used."
        )
        warnings.add(Problem(Kind.NOTE, where, message, "Give a reference such as Encounter/123."))
    check_encounter(envelope, found)
    return usable or None


def check_encounter(envelope: Envelope, found: ProblemList) -> None:
    """Refuse an encounter that is something else, which FHIR does not allow, whatever else is said of it."""
    own = envelope.response.get("encounter")
    named = envelope.encounter if own is None else (own, f"{envelope.response_path}.encounter")
    if named and _type_of(_usable(named[0])) not in ("", "Encounter"):
        found.structure(named[1], "The encounter is not an Encounter.", "Give a reference such as Encounter/123.")


def _named(envelope: Envelope, name: str, parameter: Placed | None, found: ProblemList) -> Placed | None:
    """The reference of the response, or else of the request; two that are not surely the same are refused."""
    own = envelope.response.get(name)
    if own is None:
        return parameter
    if parameter is not None and not _same(own, parameter[0]):
        message = f"The parameter {name} and the response's own {name} are not the same."
        found.add(Problem(Kind.SUBJECT, parameter[1], message, f"Leave the parameter out, or send the right {name}."))
    return own, f"{envelope.response_path}.{name}"


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two references name something in common and nothing apart."""
    pairs = [
        (one.get("reference"), other.get("reference")),
        (_identity(one), _identity(other)),
    ]
    both = [pair for pair in pairs if all(pair)]
    return bool(both) and all(first == second for first, second in both)


def _identity(reference: dict[str, Any]) -> tuple[Any, Any] | None:
    identifier = reference.get("identifier", {})
    return (identifier.get("system"), identifier["value"]) if "value" in identifier else None


def _usable(reference: dict[str, Any]) -> dict[str, Any]:
    """The reference without what means nothing outside the response; empty when nothing is left to find it by."""
    local = str(reference.get("reference", "#")).startswith("#")
    kept = {key: value for key, value in reference.items() if not (key == "reference" and local)}
    return {} if local and _identity(reference) is None else kept


def _type_of(reference: dict[str, Any]) -> str:
    """The type that a reference claims, or that its address shows; nothing when neither does."""
    shown = _TYPED.search(str(reference.get("reference", "")))
    return shown.group(1) if shown else str(reference.get("type", ""))
