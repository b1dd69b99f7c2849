"""Requests with marked names in every part of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

MARK = "Kanari Müller"
"""A name that is no identifier, so that nothing may repeat it; a part of it is looked for, in any spelling."""
TRACE = "kanari"
TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}

Respond = Callable[..., dict[str, Any]]
DIV = f'<div xmlns="http://www.w3.org/1999/xhtml">{MARK}</div>'
CODED = {"valueCoding": {"system": "http://example.org/codes", "code": MARK, "display": MARK}}

GOOD: dict[str, dict[str, Any]] = {
    "names": {
        "author": {"reference": "Patient/example", "display": MARK},
        "source": {"reference": "Patient/example", "display": MARK},
        "text": {"status": "generated", "div": DIV},
        "meta": {"tag": [{"system": "http://example.org/tags", "code": "tag", "display": MARK}]},
        "extension": [
            {"url": "http://example.org/name", "valueString": MARK},
            {"url": "http://example.org/of", "valueReference": {"reference": "#inside"}},
        ],
        "contained": [{"resourceType": "Patient", "id": "inside", "name": [{"text": MARK}]}],
        "basedOn": [{"reference": "ServiceRequest/1", "display": MARK}],
    },
    "language": {"language": MARK},
    "a subject": {"subject": {"reference": "Patient/example", "display": MARK}},
    "no questionnaire": {"questionnaire": None, "author": {"display": MARK}},
}

REFUSED: dict[str, dict[str, Any]] = {
    "status": {"status": MARK},
    "questionnaire": {"questionnaire": f"http://example.org/{quote(MARK)}"},
    "a version of ours": {
        "questionnaire": f"https://numbness-triage.example/fhir/Questionnaire/limb-numbness|{quote(MARK)}"
    },
    "date": {"authored": MARK},
    "id": {"id": MARK},
    "element": {MARK: MARK},
    "element of the subject": {"subject": {"reference": "Patient/example", MARK: "x"}},
    "subject of another type": {"subject": {"type": MARK, "reference": f"Group/{quote(MARK)}", "display": MARK}},
    "subject without a reference": {"subject": {"display": MARK}},
    "subject that is a text": {"subject": MARK},
    "type": {"resourceType": MARK},
    "narrative": {"text": {"status": "generated", "div": f"<p>{MARK}"}},
    "modifier": {"modifierExtension": [{"url": f"http://example.org/{quote(MARK)}", "valueString": MARK}]},
}

ANSWERS: dict[str, Any] = {
    "text where yes or no is asked": {"numbness": {"valueString": MARK}},
    "coding where yes or no is asked": {"numbness": CODED},
    "option": {"numbness-onset": CODED},
    "our own system, not our code": {"numbness-onset": MARK},
    "two values": {"numbness": {"valueString": MARK, "valueBoolean": True}},
    "text that is a boolean": {"numbness": {"valueBoolean": MARK}},
    "unknown kind of value": {"numbness": {f"value{MARK}": MARK}},
    "file": {"numbness": {"valueAttachment": {"title": MARK, "contentType": MARK, "url": MARK}}},
}

RAW: dict[str, bytes] = {
    "not JSON": f'{{"name": "{MARK}'.encode(),
    "a bare text": f'"{MARK}"'.encode(),
    "a key given twice": f'{{"resourceType":"QuestionnaireResponse","{MARK}":1,"{MARK}":2}}'.encode(),
    "not UTF-8": f'{{"resourceType": "{MARK}"}}'.encode("latin-1"),
    "half a character": f'{{"resourceType":"QuestionnaireResponse","{MARK}":"{MARK}\\ud800"}}'.encode(),
    "Parameters": json.dumps(
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": MARK, "valueString": MARK},
                {"name": "bundleType", "valueCode": MARK},
                {"name": "subject", "valueString": MARK},
            ],
        }
    ).encode(),
}


def bodies(respond: Respond) -> dict[str, bytes]:
    """Every body that is refused."""
    refused = {name: respond({"numbness": True}, **elements) for name, elements in REFUSED.items()}
    answered = {name: respond(answers) for name, answers in ANSWERS.items()}
    return {**{n: json.dumps(body).encode() for n, body in (refused | answered).items()}, **RAW}


def triaged(respond: Respond) -> dict[str, bytes]:
    """Every body that is triaged, each with items that are not ours."""
    bodies = {}
    for name, elements in GOOD.items():
        body = respond({"numbness": True, "confusion": True, MARK: {"valueString": MARK}}, **elements)
        body["item"][0]["text"] = MARK
        body["item"][0]["answer"][0]["item"] = [{"linkId": f"{MARK} 2", "text": MARK, "answer": [CODED]}]
        bodies[name] = json.dumps(body, ensure_ascii=False).encode()
    return bodies


HEADERS: list[dict[str, str]] = [
    {"Accept": MARK},
    {"Accept": f"application/fhir+json; fhirVersion={quote(MARK)}"},
    {"Content-Type": MARK},
    {"Content-Type": f"application/fhir+json; fhirVersion={quote(MARK)}"},
    {"Content-Type": f"application/fhir+json; charset={quote(MARK)}"},
    {"Content-Encoding": quote(MARK)},
    {"User-Agent": MARK, "X-Request-Id": MARK, "Referer": quote(MARK), "Authorization": f"Bearer {quote(MARK)}"},
    {"If-None-Match": f'"{quote(MARK)}"', "Cookie": f"name={quote(MARK)}", "X-Forwarded-For": quote(MARK)},
]
PATHS = [
    f"{TRIAGE}?patient={quote(MARK)}",
    f"{TRIAGE}?_format={quote(MARK)}",
    f"/fhir/Questionnaire/{quote(MARK)}",
    f"/fhir/Questionnaire?url={quote(MARK)}&{quote(MARK)}=1",
    f"/fhir/Patient/{quote(MARK)}",
    f"/fhir/metadata?_format={quote(MARK)}",
    f"/examples/{quote(MARK)}/response.json",
    f"/static/{quote(MARK)}.js",
    f"/{quote(MARK)}",
]
