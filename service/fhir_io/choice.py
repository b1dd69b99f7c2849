"""By which rule set a body is to be read: the one whose questionnaire its response answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.triage.model import RuleSet


def rule_set_for(body: dict[str, Any], rule_sets: Sequence[RuleSet], canonical_base: str) -> RuleSet:
    """The rule set that the response names by canonical and version, the newest of its id when it names no version.

    The first one when it names none, or none that is served; reading then warns, or refuses. `rule_sets` stand with
    the highest version of each id first. The body need not be valid.
    """
    canonical, _, version = _questionnaire(body).partition("|")
    for rule_set in rule_sets:
        named = canonical == f"{canonical_base}/Questionnaire/{rule_set.id}"
        if named and version in ("", rule_set.version):
            return rule_set
    return rule_sets[0]


def _questionnaire(body: dict[str, Any]) -> str:
    found = body.get("questionnaire") if body.get("resourceType") != "Parameters" else _in_parameters(body)
    return found if isinstance(found, str) else ""


def _in_parameters(body: dict[str, Any]) -> object:
    parameters = body.get("parameter")
    for parameter in parameters if isinstance(parameters, list) else []:
        resource = parameter.get("resource") if isinstance(parameter, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "QuestionnaireResponse":
            return resource.get("questionnaire")
    return None
