"""Against which Questionnaire a response is to be checked: one given with it, one that it contains, or ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.fhir_io.canonical import Edition
from service.fhir_io.conformity.form import Form
from service.fhir_io.conformity.reading import read_form
from service.fhir_io.conformity.rulings import OURS, STRICT, Rule, Ruling
from service.fhir_io.parameters import Envelope
from service.fhir_io.questionnaire import questionnaire
from service.fhir_io.versions import FhirVersion
from service.problems import Kind, Problem
from service.triage.model import RuleSet

_MOST_KEPT = 64
_kept: dict[tuple[int, str, str], tuple[RuleSet, Form]] = {}

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A form, how heavy its rules weigh, and what there is to say of the choice of it."""

    form: Form
    rulings: dict[Rule, Ruling]
    remarks: tuple[Problem, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether it is the form of our own Questionnaire."""
        return self.rulings is OURS


def known_questionnaire(
    envelope: Envelope, version: FhirVersion, rule_set: RuleSet, canonical_base: str
) -> Known | None:
    """The Questionnaire given as a parameter, else the one that the response names; None when it is not at hand.

    One that has our address and version, or names no version, is ours, whoever sends it.
    """
    address = f"{canonical_base}/Questionnaire/{rule_set.id}"
    ours = (address, f"{address}|{rule_set.version}")
    named = envelope.response.get("questionnaire", "")
    if envelope.questionnaire is not None:
        given, path = envelope.questionnaire
        if _canonical(given) in ours:
            return Known(our_form(rule_set, canonical_base, version), OURS)
        return Known(read_form(given), STRICT, _remarks(given, path, named))
    if named in ours:
        return Known(our_form(rule_set, canonical_base, version), OURS)
    contained = envelope.response.get("contained", ())
    found = next((one for one in contained if _is_named(one, named)), None)
    return None if found is None else Known(read_form(found, contained), STRICT)


def our_form(rule_set: RuleSet, canonical_base: str, version: FhirVersion) -> Form:
    """The form of a rule set's own Questionnaire, made once."""
    key = (id(rule_set), canonical_base, version.code)
    kept = _kept.get(key)
    # The rule set is kept beside the form, so that no other one can come to have its id.
    if kept is None or kept[0] is not rule_set:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        kept = (rule_set, read_form(questionnaire(Edition(rule_set, canonical_base, version))))
        _kept[key] = kept
    return kept[1]


def _canonical(resource: Resource) -> str:
    url, version = resource.get("url", ""), resource.get("version", "")
    return f"{url}|{version}" if version else str(url)


def _is_named(resource: Resource, named: str) -> bool:
    if resource.get("resourceType") != "Questionnaire" or not named:
        return False
    if named.startswith("#"):
        return bool(resource.get("id") == named[1:])
    return named in _addresses(resource)


def _addresses(resource: Resource) -> Iterable[str]:
    return (str(resource.get("url", "")), _canonical(resource))


def _remarks(given: Resource, path: str, named: str) -> tuple[Problem, ...]:
    if not named or named in _addresses(given):
        return ()
    message = "The response names another questionnaire than this one; it was checked against this one."
    return (Problem(Kind.NOTE, path, message, "Give the Questionnaire that the response names."),)
