"""$validate and $triage against our own Questionnaire, one that the response contains, and one given with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

OURS = "https://numbness-triage.example/fhir/Questionnaire/limb-numbness"
ANSWERS = "https://numbness-triage.example/fhir/CodeSystem/numbness-answers"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0532"
THEIRS = {
    "resourceType": "Questionnaire",
    "id": "q",
    "url": "http://example.org/q",
    "version": "2",
    "status": "active",
    "item": [{"linkId": "age", "type": "integer", "required": True}],
}
MISSING = "An answer that is required is missing. linkId: age. Answer the question."

Said = list[tuple[str, str]]


@pytest.fixture
def validated(post: Callable[..., Any]) -> Callable[..., Said]:
    """Severity and words of each issue of $validate."""

    def said(body: dict[str, Any], **headers: str) -> Said:
        reply = post(body, "$validate", **headers)
        assert reply.status_code == 200
        return [(issue["severity"], issue["details"]["text"]) for issue in reply.get_json()["issue"]]

    return said


def grouped(*items: tuple[str, list[dict[str, Any]]], **members: Any) -> dict[str, Any]:
    inside = [{"linkId": link_id, "answer": answers} for link_id, answers in items]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": OURS,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "item": [{"linkId": "about-numbness", "item": inside}],
        **members,
    }


def code(value: str) -> dict[str, Any]:
    return {"valueCoding": {"system": ANSWERS, "code": value}}


YES, NO = {"valueBoolean": True}, {"valueBoolean": False}
ALL_WELL = [("information", "No problem was found.")]
PLACE = "QuestionnaireResponse.item[0].item"


class TestOurs:
    @pytest.mark.parametrize("version", ["4.0", "4.3", "5.0"])
    def test_an_answer_to_it(self, validated: Callable[..., Said], version: str) -> None:
        body = grouped(("numbness", [YES]), ("numbness-site", [code("face"), code("trunk")]))
        assert validated(body, Content_Type=f"application/fhir+json; fhirVersion={version}") == ALL_WELL

    def test_a_hidden_answer_is_a_warning(self, validated: Callable[..., Said]) -> None:
        [(severity, text)] = validated(grouped(("numbness", [NO]), ("numbness-severe", [YES])))
        assert severity == "warning"
        assert text == (
            f"{PLACE}[1]: The question is answered although the questionnaire does not ask it then (enableWhen). "
            "Question: numbness-severe “Is the numbness severe?”. "
            "Leave the item out, or correct the answer that it depends on."
        )

    def test_two_answers_are_a_warning(self, validated: Callable[..., Said]) -> None:
        [(severity, text)] = validated(grouped(("numbness", [YES, NO])))
        assert severity == "warning"
        assert text.startswith(f"{PLACE}[0].answer[1]: The question has a second answer. Question: numbness “")

    def test_none_with_another_option_is_a_warning(
        self, validated: Callable[..., Said], respond: Callable[..., dict[str, Any]]
    ) -> None:
        inside = respond({"leg-signs": ["none", "nonhealing-sore"]})["item"]
        [(severity, text)] = validated(grouped(item=[{"linkId": "leg-circulation", "item": inside}]))
        assert severity == "warning"
        assert text.startswith(f"{PLACE}[0]: An option that goes with no other is given with another one. ")

    def test_another_arrangement_is_one_warning(
        self, validated: Callable[..., Said], respond: Callable[..., dict[str, Any]]
    ) -> None:
        assert validated(respond({"confusion": False, "numbness": True, "weakness": False})) == [
            (
                "warning",
                "QuestionnaireResponse.item[0]: The item stands in another place than in the questionnaire. Question: "
                "confusion “Are you confused, or has someone noticed that you are?”. Nest the items as the "
                "questionnaire does.",
            )
        ]

    def test_answers_are_compared_as_they_are_read(self, validated: Callable[..., Said]) -> None:
        yes, no = ({"valueCoding": {"system": V2, "code": one}} for one in "YN")
        assert validated(grouped(("numbness", [yes]), ("numbness-severe", [YES]))) == ALL_WELL
        [(severity, text)] = validated(grouped(("numbness", [no]), ("numbness-severe", [YES])))
        assert (severity, "(enableWhen)" in text) == ("warning", True)

    def test_types_and_options_are_told_once(self, validated: Callable[..., Said]) -> None:
        wrong_type = grouped(("numbness", [{"valueString": "x"}]))
        wrong_code = grouped(("numbness", [YES]), ("numbness-site", [code("elbow")]))
        assert [severity for severity, _ in validated(wrong_type)] == ["error"]
        assert [severity for severity, _ in validated(wrong_code)] == ["error"]

    def test_a_group_with_an_answer_is_told_once(self, validated: Callable[..., Said]) -> None:
        body = grouped(item=[{"linkId": "about-numbness", "answer": [YES]}])
        assert [severity for severity, _ in validated(body)] == ["error"]

    def test_a_copy_of_it_is_ours_as_well(
        self, validated: Callable[..., Said], client: FlaskClient, post: Callable[..., Any]
    ) -> None:
        copy = client.get("/fhir/Questionnaire/limb-numbness").get_json()
        body = given(grouped(("numbness", [YES, NO])), copy)
        assert [severity for severity, _ in validated(body)] == ["warning"]
        assert post(body).status_code == 200

    def test_answers_given_with_a_copy_of_it_are_read(
        self, validated: Callable[..., Said], client: FlaskClient
    ) -> None:
        copy = client.get("/fhir/Questionnaire/limb-numbness").get_json()
        body = grouped(("numbness", [{"valueString": "x"}]))
        del body["questionnaire"]
        assert [severity for severity, _ in validated(given(body, copy))] == ["error"]

    def test_another_version_of_it_is_not(self, validated: Callable[..., Said], client: FlaskClient) -> None:
        copy = client.get("/fhir/Questionnaire/limb-numbness").get_json() | {"version": "0.0.1"}
        assert validated(given(grouped(("numbness", [YES, NO])), copy))[0][0] == "error"


def given(response: dict[str, Any], questionnaire: dict[str, Any]) -> dict[str, Any]:
    parameters = [{"name": "resource", "resource": response}, {"name": "questionnaire", "resource": questionnaire}]
    return {"resourceType": "Parameters", "parameter": parameters}


def theirs(*answers: dict[str, Any], **members: Any) -> dict[str, Any]:
    item = {"linkId": "age", **({"answer": list(answers)} if answers else {})}
    return grouped(item=[item], **{"questionnaire": "http://example.org/q", **members})


# What is contained is referred to by its id (dom-3), whatever names it by its address
REFERRED_TO = {"extension": [{"url": "http://example.org/of", "valueReference": {"reference": "#q"}}]}


class TestContained:
    @pytest.mark.parametrize("name", ["#q", "http://example.org/q", "http://example.org/q|2"])
    def test_by_its_id_or_address(self, validated: Callable[..., Said], name: str) -> None:
        inside = {"questionnaire": name, "contained": [THEIRS], **REFERRED_TO}
        assert validated(theirs(**inside)) == [("error", f"QuestionnaireResponse.item[0]: {MISSING}")]
        assert validated(theirs({"valueInteger": 3}, **inside)) == ALL_WELL

    def test_by_its_address_alone_it_is_not_referred_to(self, validated: Callable[..., Said]) -> None:
        [(severity, said)] = validated(theirs(questionnaire="http://example.org/q", contained=[THEIRS]))
        assert severity == "error"
        assert said.startswith("QuestionnaireResponse.contained[0]: A contained resource is referred to from ")

    @pytest.mark.parametrize("name", ["#p", "http://example.org/q|3", "http://example.org/p"])
    def test_another_one_is_not_known(self, validated: Callable[..., Said], name: str) -> None:
        assert validated(theirs(questionnaire=name, contained=[THEIRS], **REFERRED_TO)) == ALL_WELL

    def test_its_value_sets_are_beside_it(self, validated: Callable[..., Said]) -> None:
        compose = {"include": [{"system": "http://example.org/s", "concept": [{"code": "a"}]}]}
        value_set = {"resourceType": "ValueSet", "id": "vs", "status": "active", "compose": compose}
        asked = {**THEIRS, "item": [{"linkId": "age", "type": "choice", "answerValueSet": "#vs"}]}
        wrong = {"valueCoding": {"system": "http://example.org/s", "code": "b"}}
        body = theirs(wrong, questionnaire="#q", contained=[asked, value_set])
        assert [severity for severity, _ in validated(body)] == ["error"]

    def test_it_is_not_triaged(self, post: Callable[..., Any], texts: Callable[..., list[str]]) -> None:
        reply = post(theirs({"valueInteger": 3}, questionnaire="#q", contained=[THEIRS]))
        assert reply.status_code == 422
        assert texts(reply.get_json())[0].startswith(
            "QuestionnaireResponse.questionnaire: This questionnaire is not served. Served is "
        )


class TestGiven:
    def test_it_is_what_counts(self, validated: Callable[..., Said]) -> None:
        assert validated(given(theirs({"valueInteger": 3}), THEIRS)) == ALL_WELL
        assert validated(given(theirs(), THEIRS)) == [("error", f"Parameters.parameter[0].resource.item[0]: {MISSING}")]

    def test_even_when_the_response_names_another(self, validated: Callable[..., Said]) -> None:
        body = given(theirs({"valueInteger": 3}, questionnaire="http://example.org/other"), THEIRS)
        assert validated(body) == [
            (
                "information",
                "Parameters.parameter[1].resource: The response names another questionnaire than this one; it was "
                "checked against this one. Give the Questionnaire that the response names.",
            )
        ]

    @pytest.mark.parametrize("value", [{"valueString": "x"}, {"resource": {"resourceType": "Patient"}}])
    def test_what_is_no_questionnaire(self, validated: Callable[..., Said], value: dict[str, Any]) -> None:
        response = {"name": "resource", "resource": theirs({"valueInteger": 3})}
        body = {"resourceType": "Parameters", "parameter": [response, {"name": "questionnaire", **value}]}
        assert validated(body) == [
            (
                "error",
                "Parameters.parameter[1]: The parameter questionnaire needs a resource of type Questionnaire. Put the "
                "Questionnaire into its resource.",
            )
        ]

    def test_two_of_them(self, validated: Callable[..., Said]) -> None:
        body = given(theirs({"valueInteger": 3}), THEIRS)
        body["parameter"].append(body["parameter"][1])
        assert (
            "error",
            "Parameters.parameter[2]: The parameter questionnaire is given more than once. Keep one of them.",
        ) in (validated(body))

    def test_triage_refuses_what_validate_calls_invalid(
        self, validated: Callable[..., Said], post: Callable[..., Any], texts: Callable[..., list[str]]
    ) -> None:
        body = given(grouped(("numbness", [YES])), THEIRS)
        errors = [text for severity, text in validated(body) if severity == "error"]
        reply = post(body)
        assert reply.status_code == 422
        assert texts(reply.get_json()) == errors
        assert errors == [
            "Parameters.parameter[0].resource.item[0]: The questionnaire has no item with this linkId. "
            "linkId: about-numbness. Use the questionnaire's linkIds.",
            f"Parameters.parameter[0].resource: {MISSING}",
        ]

    def test_decimals_keep_their_places(self, validated: Callable[..., Said], post: Callable[..., Any]) -> None:
        places = {"url": "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces", "valueInteger": 2}
        asked = {**THEIRS, "item": [{"linkId": "age", "type": "decimal", "extension": [places]}]}
        raw = json.dumps(given(theirs({"valueDecimal": 9.5}), asked))
        for written, severity in (("1.50", "information"), ("1.500", "error")):
            reply = post(raw.replace("9.5", written).encode(), "$validate")
            assert [issue["severity"] for issue in reply.get_json()["issue"]] == [severity]
