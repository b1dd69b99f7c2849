"""By which rule set a body is to be read: the one whose questionnaire its response answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.triage.binding import Binding
from service.triage.model import RuleSet


def rule_set_for(
    body: dict[str, Any], rule_sets: Sequence[RuleSet], canonical_base: str, bindings: Sequence[Binding] = ()
) -> RuleSet:
    """The rule set that the response names by canonical and version, the newest of its id when it names no version.

    That of its binding, when it answers a questionnaire that is not ours.

    The first one when it names none, or none that is served; reading then warns, or refuses. `rule_sets` stand with
    the highest version of each id first. The body need not be valid.
    """
    canonical, _, version = _questionnaire(body).partition("|")
    if binding := binding_for(body, bindings):
        return next(one for one in rule_sets if (one.id, one.version) == binding.rule_set)
    for rule_set in rule_sets:
        named = canonical == f"{canonical_base}/Questionnaire/{rule_set.id}"
        if named and version in ("", rule_set.version):
            return rule_set
    return rule_sets[0]


def binding_for(body: dict[str, Any], bindings: Sequence[Binding]) -> Binding | None:
    """The binding of the questionnaire that the response names, if there is one.

    A binding that names the versions it holds for does not read a response that names none, or another one.
    """
    canonical, _, version = _questionnaire(body).partition("|")
    return next(
        (one for one in bindings if one.url == canonical and (not one.versions or version in one.versions)), None
    )


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
