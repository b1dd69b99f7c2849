"""Questionnaires in the few words that a test needs, and what is said of a response to one."""

from typing import Any

from sample_responses import CANON, item, parameters, response

from service.fhir_io.read import validation_problems
from service.fhir_io.versions import R4, FhirVersion
from service.problems import Problem
from service.triage.model import RuleSet

STRUCTURE = "http://hl7.org/fhir/StructureDefinition"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
URL = "http://example.org/Questionnaire/q"
PATH = "Parameters.parameter[0].resource"


def question(link_id: str, kind: str, *items: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, **({"item": list(items)} if items else {}), **members}


def group(link_id: str, *items: dict[str, Any], **members: Any) -> dict[str, Any]:
    return question(link_id, "group", *items, **members)


def extension(name: str, base: str = STRUCTURE, **value: Any) -> dict[str, Any]:
    return {"url": f"{base}/{name}", **value}


def limited(link_id: str, kind: str, *extensions: dict[str, Any], **members: Any) -> dict[str, Any]:
    return question(link_id, kind, extension=list(extensions), **members)


def questionnaire(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "url": URL, "status": "active", "item": list(items), **members}


def answered(link_id: str, *values: Any, **members: Any) -> dict[str, Any]:
    """An item whose answers are given by their JSON value: a boolean, a number, a string, or a whole answer."""
    return item(link_id, *(_answer(value) for value in values), **members)


def _answer(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, bool):
        return {"valueBoolean": value}
    return {"valueInteger": value} if isinstance(value, int) else {"valueString": value}


def coded(code: str, system: str = "http://example.org/s") -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code}}


def problems(
    rule_set: RuleSet,
    form: list[dict[str, Any]] | dict[str, Any],
    *items: dict[str, Any],
    version: FhirVersion = R4,
    **members: Any,
) -> list[Problem]:
    """What $validate says of a response with those items, the Questionnaire being given with it."""
    asked = form if isinstance(form, dict) else questionnaire(*form)
    given = response(**{"item": list(items) or None, "questionnaire": asked.get("url"), **members})
    body = parameters({"name": "resource", "resource": given}, {"name": "questionnaire", "resource": asked})
    return validation_problems(body, version, rule_set, CANON)


def told(*given: Any, **members: Any) -> list[tuple[str, str]]:
    """Of each problem its place in the response and its words."""
    return [(one.where.removeprefix(PATH).removeprefix("."), one.message) for one in problems(*given, **members)]
