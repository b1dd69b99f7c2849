"""QuestionnaireResponses and Parameters in the few words that a test needs."""

from typing import Any

CANON = "https://numbness-triage.example/fhir"
ANSWERS = f"{CANON}/CodeSystem/numbness-answers"
SNOMED_CT = "http://snomed.info/sct"


def option(code: str, system: str | None = ANSWERS) -> dict[str, Any]:
    return {"valueCoding": {"code": code} if system is None else {"system": system, "code": code}}


def item(link_id: str, *answers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"linkId": link_id, **({"answer": list(answers)} if answers else {}), **members}


def response(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A response that can be triaged; a member that is None is left out."""
    whole = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": f"{CANON}/Questionnaire/limb-numbness",
        "subject": {"reference": "Patient/p1"},
        "authored": "2026-01-15T09:30:00+01:00",
        "item": list(items) or [item("about", item=[item("numbness", {"valueBoolean": True})])],
    } | members
    return {name: value for name, value in whole.items() if value is not None}


def pointing_at(*ids: str) -> list[dict[str, Any]]:
    """Extensions that refer to contained resources, which nothing else may refer to (dom-3)."""
    return [{"url": "http://example.org/of", "valueReference": {"reference": f"#{one}"}} for one in ids]


def parameters(*given: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(given)}
