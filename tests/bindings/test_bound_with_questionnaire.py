"""A bound response that contains its Questionnaire is held to it, by $triage as by $validate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

FORM = Path(__file__).parent / "published/nhanes_diabetes"
SECOND = "The question has a second answer."


@pytest.fixture
def reply(bound: Callable[[Path], FlaskClient], folder: Path) -> Callable[[str, dict[str, Any]], Any]:
    client = bound(folder)

    def send(operation: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/fhir+json"}
        return client.post(f"/fhir/QuestionnaireResponse/{operation}", data=json.dumps(body), headers=headers)

    return send


def with_its_questionnaire() -> dict[str, Any]:
    response: dict[str, Any] = json.loads((FORM / "responses/numb_feet.json").read_bytes())
    questionnaire = json.loads((FORM / "questionnaire.json").read_bytes()) | {"id": "q"}
    refers = {"url": "http://example.org/of", "valueReference": {"reference": "#q"}}  # dom-3
    return {**response, "contained": [questionnaire], "extension": [refers], "subject": {"reference": "Patient/p"}}


def answered_twice() -> dict[str, Any]:
    body = with_its_questionnaire()
    item = next(one for one in body["item"] if "answer" in one)
    item["answer"] *= 2
    return body


def test_an_answer_to_it_is_triaged(reply: Callable[[str, dict[str, Any]], Any]) -> None:
    body = with_its_questionnaire()
    assert reply("$validate", body).get_json()["issue"][0]["details"]["text"] == "No problem was found."
    assert reply("$triage", body).status_code == 200


def test_what_is_none_is_refused(reply: Callable[[str, dict[str, Any]], Any]) -> None:
    [said] = reply("$validate", answered_twice()).get_json()["issue"]
    assert said["severity"] == "error"
    assert SECOND in said["details"]["text"]
    refused = reply("$triage", answered_twice())
    assert refused.status_code == 422
    assert refused.get_json()["issue"] == [said]
