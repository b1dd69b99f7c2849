"""The explanation in the answer: on unless the caller says no, the same in words, in issues and as an extension."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.fhir_io.versions import VERSIONS

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
CANON = "https://numbness-triage.example/fhir"
URL = f"{CANON}/StructureDefinition/triage-explanation"

Respond = Callable[..., dict[str, Any]]
ANSWERS = {"numbness": True, "numbness-site": ["foot"], "weakness": False, "confusion": False}


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    def send(body: dict[str, Any], query: str = "", version: str = "4.0") -> dict[str, Any]:
        kind = f"application/fhir+json; fhirVersion={version}"
        reply = client.post(TRIAGE + query, data=json.dumps(body), content_type=kind)
        assert reply.status_code == 200, reply.json
        return dict(reply.json)

    return send


def of_type(bundle: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == resource_type]


def parameters(response: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [{"name": "questionnaireResponse", "resource": response}, *more]}


def parts(extension: dict[str, Any], url: str) -> list[dict[str, Any]]:
    return [part for part in extension["extension"] if part["url"] == url]


def value(extension: dict[str, Any], url: str) -> Any:
    (part,) = parts(extension, url)
    return next(part[name] for name in part if name.startswith("value"))


# On and off


def test_it_is_there_unless_it_is_not_wanted(post: Callable[..., dict[str, Any]], respond: Respond) -> None:
    response = respond(ANSWERS)
    plain = post(response)
    (risk,) = of_type(plain, "RiskAssessment")
    assert [extension["url"] for extension in risk["extension"]] == [URL]
    assert post(response, "?explain=true") == plain
    off = post(response, "?explain=false")
    assert "extension" not in of_type(off, "RiskAssessment")[0]
    assert of_type(off, "ServiceRequest") == of_type(plain, "ServiceRequest")
    quiet = post(parameters(response, {"name": "explain", "valueBoolean": False}))
    assert of_type(post(parameters(response, {"name": "explain", "valueBoolean": True})), "RiskAssessment") == [risk]
    assert post(parameters(response, {"name": "explain", "valueBoolean": True}), "?explain=false") == quiet
    assert post(parameters(response, {"name": "explain", "valueBoolean": False}), "?explain=true") == quiet
    assert of_type(quiet, "RiskAssessment") == of_type(off, "RiskAssessment")


def test_without_it_the_open_questions_and_nothing_else_is_said(
    post: Callable[..., dict[str, Any]], respond: Respond
) -> None:
    (outcome,) = of_type(post(respond(ANSWERS), "?explain=false"), "OperationOutcome")
    assert {(issue["severity"], issue["code"]) for issue in outcome["issue"]} == {("warning", "incomplete")}
    assert not any("coding" in issue["details"] for issue in outcome["issue"])


def test_what_is_not_wanted_is_not_worked_out(
    post: Callable[..., dict[str, Any]], respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("worked out all the same")

    monkeypatch.setattr("service.assess.why", never)
    assert of_type(post(respond(ANSWERS), "?explain=false"), "RiskAssessment")
    with_no = parameters(respond(ANSWERS), {"name": "explain", "valueBoolean": False})
    assert of_type(post(with_no), "RiskAssessment")


def test_a_wrong_wish_is_refused_in_words(client: FlaskClient, respond: Respond) -> None:
    reply = client.post(f"{TRIAGE}?explain=no", json=respond(ANSWERS))
    assert reply.status_code == 400
    assert reply.json["issue"][0]["details"]["text"] == (
        "The parameter explain of the address is neither true nor false. Use ?explain=true or ?explain=false."
    )
    wrong = parameters(respond(ANSWERS), {"name": "explain", "valueString": "no"})
    reply = client.post(TRIAGE, json=wrong)
    assert reply.status_code == 400
    assert reply.json["issue"][0]["details"]["text"] == (
        "Parameters.parameter[1]: The parameter explain needs a valueBoolean. Use true or false."
    )


def test_a_transaction_carries_it_on_the_assessment(post: Callable[..., dict[str, Any]], respond: Respond) -> None:
    wanted = {"name": "bundleType", "valueCode": "transaction"}
    bundle = post(parameters(respond(ANSWERS), wanted))
    assert of_type(bundle, "OperationOutcome") == []
    assert of_type(bundle, "RiskAssessment")[0]["extension"][0]["url"] == URL


# What it says


def test_the_extension_says_what_fired_and_what_would_change_the_level(
    post: Callable[..., dict[str, Any]], respond: Respond
) -> None:
    bundle = post(respond({"numbness": True, "weakness": True, "weakness-onset": "sudden"}))
    (risk,) = of_type(bundle, "RiskAssessment")
    (explanation,) = risk["extension"]
    fired = next(part for part in parts(explanation, "fired") if value(part, "criterion") == "limb-weakness")
    assert value(fired, "level") == "emergency"
    assert value(fired, "question") == "weakness"
    assert value(fired, "because") == "weakness of a limb: yes"
    assert {source["valueString"] for source in parts(fired, "source")} >= {"D0-E11", "D3-E1"}
    assert parts(explanation, "raise") == []
    first = parts(explanation, "lower")[0]
    assert value(first, "level") == "routine"
    (change,) = parts(first, "change")
    assert (value(change, "question"), value(change, "how"), value(change, "to")) == ("weakness", "instead", False)
    onset = parts(explanation, "lower")[1]
    assert value(parts(onset, "change")[0], "to") == {
        "system": f"{CANON}/CodeSystem/numbness-answers",
        "code": "gradual",
        "display": "gradually, over weeks or longer",
    }


def test_issues_say_the_same_with_a_code_and_a_place_in_the_callers_body(
    post: Callable[..., dict[str, Any]], respond: Respond
) -> None:
    bundle = post(respond(ANSWERS))
    (outcome,) = of_type(bundle, "OperationOutcome")
    (risk,) = of_type(bundle, "RiskAssessment")
    by_code: dict[str, list[dict[str, Any]]] = {}
    for issue in outcome["issue"]:
        (coding,) = issue["details"]["coding"]
        assert coding["system"] == f"{CANON}/CodeSystem/triage-explanation"
        by_code.setdefault(coding["code"], []).append(issue)
    (explanation,) = risk["extension"]
    assert len(by_code["would-raise"]) == len(parts(explanation, "raise"))
    assert len(by_code["ask-next"]) == len(parts(explanation, "ask"))
    weakness = next(issue for issue in by_code["would-raise"] if "weakness of a limb" in issue["details"]["text"])
    assert weakness == {
        "severity": "information",
        "code": "informational",
        "details": {
            "coding": [{"system": f"{CANON}/CodeSystem/triage-explanation", "code": "would-raise"}],
            "text": "It would be Emergency with weakness of a limb: yes instead of no.",
        },
        "expression": ["QuestionnaireResponse.item[2]"],
    }
    first = by_code["ask-next"][0]
    assert (first["severity"], first["code"]) == ("warning", "incomplete")
    assert "The answer could still raise the level to emergency." in first["details"]["text"]


def test_notes_say_it_in_words(post: Callable[..., dict[str, Any]], respond: Respond) -> None:
    (risk,) = of_type(post(respond(ANSWERS)), "RiskAssessment")
    notes = [note["text"] for note in risk["note"]]
    assert any(text.startswith("One answer would make it Emergency: confusion: yes instead of no; ") for text in notes)
    assert "No change of up to 3 answers would make it lower." in notes
    assert any(text.startswith("Ask next, in this order: ") for text in notes)


# The extension and its definition


def allowed(definition: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The element of the differential for a part of the extension."""
    wanted = "Extension" + "".join(f".extension:{url}" for url in path)
    (element,) = [one for one in definition["differential"]["element"] if one["id"] == wanted]
    return dict(element)


def slices(definition: dict[str, Any], path: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What may stand in a part, by url."""
    start = "Extension" + "".join(f".extension:{url}" for url in path) + ".extension:"
    inside = [one for one in definition["differential"]["element"] if one["id"].startswith(start)]
    return {one["sliceName"]: one for one in inside if "." not in one["id"].removeprefix(start)}


def walk(extension: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    yield path, extension
    for part in extension.get("extension", ()):
        yield from walk(part, (*path, part["url"]))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_extension_is_what_its_definition_says(
    client: FlaskClient, post: Callable[..., dict[str, Any]], respond: Respond, version: str
) -> None:
    definition = client.get(f"/fhir/StructureDefinition?url={URL}").json["entry"][0]["resource"]
    seen = set()
    for answers in (ANSWERS, {"numbness": True, "weakness": True}, {"loss-of-bladder-control": True}):
        (risk,) = of_type(post(respond(answers), version=version), "RiskAssessment")
        VERSIONS[version].model("RiskAssessment").model_validate(risk)
        for path, part in walk(risk["extension"][0]):
            seen.add(path)
            inside = slices(definition, path)
            given = [one["url"] for one in part.get("extension", ())]
            assert set(given) <= set(inside), path
            for url, element in inside.items():
                most = float("inf") if element["max"] == "*" else int(element["max"])
                assert element["min"] <= given.count(url) <= most, (path, url)
            names = [name.removeprefix("value") for name in part if name.startswith("value")]
            root = "Extension" + "".join(f".extension:{url}" for url in path)
            (values,) = [one for one in definition["differential"]["element"] if one["id"] == f"{root}.value[x]"]
            types = [one["code"].lower() for one in values.get("type", ())]
            assert [name.lower() in types for name in names] == [True] * (0 if values.get("max") == "0" else 1), path
    assert {path[0] for path in seen if path} == {"fired", "raise", "lower", "ask"}


def test_every_code_in_it_is_one_that_is_defined(
    client: FlaskClient, post: Callable[..., dict[str, Any]], respond: Respond
) -> None:
    def codes(name: str) -> set[str]:
        return {concept["code"] for concept in client.get(f"/fhir/CodeSystem/{name}").json["concept"]}

    (risk,) = of_type(post(respond(ANSWERS)), "RiskAssessment")
    found: dict[str, set[str]] = {}
    for path, part in walk(risk["extension"][0]):
        if "valueCode" in part:
            found.setdefault(path[-1], set()).add(part["valueCode"])
    assert found["level"] <= codes("triage-level")
    assert found["how"] <= codes("answer-change") == {"answered", "instead", "also", "without"}
    assert found["test"] <= codes("recommended-test")
    plan = client.get("/fhir/PlanDefinition/limb-numbness").json
    assert found["criterion"] <= {action["id"] for action in plan["action"]}
