"""A response to the example of docs/writing-bindings.md: what is read, what is refused, and what is never "no"."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bindings.conftest import example
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.fhir_io.bound import read_bound_answers
from service.ruleset.bindings.load import load_bindings
from service.settings import Settings
from service.triage.binding import Binding
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.questions import Denied, Unasked
from service.web.in_force import packed, unpacked
from service.wiring import build_service, checked_knowledge, service_of

URL = "https://hospital.example/fhir/Questionnaire/neuro-intake"
OWN = "https://hospital.example/fhir/CodeSystem/complaints"
SCT = "http://snomed.info/sct"
FHIR = {"Content-Type": "application/fhir+json"}
ABSENT = {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"}}


def coded(code: str, system: str = OWN) -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code}}


def days(number: float, **other: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": number, "system": "http://unitsofmeasure.org", "code": "d", **other}}


def body(answers: dict[str, list[dict[str, Any]]], questionnaire: str = f"{URL}|2.1") -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": questionnaire,
        "status": "completed",
        "subject": {"reference": "Patient/example"},
        "item": [{"linkId": link_id, "answer": given} for link_id, given in answers.items()],
    }


@pytest.fixture
def client(bound: Callable[[Path], FlaskClient], folder: Path) -> FlaskClient:
    return bound(folder)


def send(client: FlaskClient, sent: dict[str, Any], operation: str = "$triage") -> Any:
    return client.post(f"/fhir/QuestionnaireResponse/{operation}", json=sent, headers=FHIR)


@cache
def rules() -> CompiledRuleSet:
    return build_service(Settings()).triage.rule_sets[0]


@pytest.fixture(scope="module")
def binding(folder: Path) -> Binding:
    return next(b for b in load_bindings(folder, [rules().rule_set]) if b.url == URL)


def read(binding: Binding, **answers: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """What answers to “q5” and the like are for us; options not asked left out."""
    sent = body({name.removeprefix("q").replace("_", "."): given for name, given in answers.items()})
    found = read_bound_answers(sent, "QuestionnaireResponse", rules().rule_set, binding)
    assert not found.problems, found.problems.listed()
    return {
        name: tuple(value for value in values if not isinstance(value, Unasked))
        for name, values in found.answers.items()
    }


@pytest.mark.parametrize(
    ("answers", "means"),
    [
        ({"q4_1": [{"valueBoolean": True}]}, {"numbness": (True,)}),
        ({"q4_1": [coded("Y", "http://terminology.hl7.org/CodeSystem/v2-0136")]}, {"numbness": (True,)}),
        ({"q4_1": [coded("373066001", SCT)]}, {"numbness": (True,)}),
        ({"q4_1": [{"valueBoolean": False}]}, {}),
        ({"q4_1": [ABSENT]}, {}),
        ({"q4_2": [coded("56459004", SCT)]}, {"numbness-site": ("foot",)}),
        ({"q4_2": [coded("56459004", "urn:oid:2.16.840.1.113883.6.96")]}, {"numbness-site": ("foot",)}),
        ({"q4_2": [coded("56459004", SCT), ABSENT]}, {"numbness-site": ("foot",)}),
        ({"q4_3": [days(0.5)]}, {"numbness-trend": ("new",)}),
        ({"q4_3": [days(1)]}, {}),
        ({"q6": [{"valueInteger": 0}]}, {"symptoms": (Denied("pain"),)}),
        ({"q6": [{"valueDecimal": 0.9}]}, {"symptoms": (Denied("pain"),)}),
        ({"q6": [{"valueInteger": 10}]}, {"symptoms": ("pain",)}),
        (
            {"q5": [coded("speech")]},
            {"speech-change": (True,), "weakness": (False,), "symptoms": (Denied("tingling"), Denied("burning"))},
        ),
        (
            {"q5": [coded("none-of-these")]},
            {"weakness": (False,), "speech-change": (False,), "symptoms": (Denied("tingling"), Denied("burning"))},
        ),
        ({"q5": [coded("other")]}, {}),
        ({"q5": [coded("prickling"), coded("other")]}, {"symptoms": ("tingling",)}),
        ({"q5": [coded("prickling"), ABSENT]}, {"symptoms": ("tingling",)}),
        ({"q5": []}, {}),
        (
            {"q5": [coded("prickling")], "q6": [{"valueInteger": 3}]},
            {
                "symptoms": ("tingling", Denied("burning"), "pain"),
                "weakness": (False,),
                "speech-change": (False,),
            },
        ),
        ({"q9": [{"valueString": "free text"}]}, {}),
    ],
)
def test_what_an_answer_means(
    binding: Binding, answers: dict[str, list[dict[str, Any]]], means: dict[str, tuple[Any, ...]]
) -> None:
    found = read(binding, **answers)
    assert {name: set(values) for name, values in found.items()} == {n: set(values) for n, values in means.items()}


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a code that is not listed": (
        "5",
        coded("fever"),
        "valueCoding: The code fever is not among the answers of the binding example-hospital-intake. Question: 5 "
        "“Which of these are there; a list that is read out as a whole.”. Send a valueCoding with one of weak-limb, "
        "speech, prickling, burning, other, none-of-these.",
    ),
    "a code of another system": (
        "4.2",
        coded("56459004", "http://loinc.org"),
        "valueCoding: The code 56459004 is not among the answers of the binding example-hospital-intake. Question: 4.2 "
        "“Where it is numb, several places.”. Send a valueCoding with one of 56459004, 85562004, 89545001.",
    ),
    "a number out of range": (
        "6",
        {"valueInteger": 11},
        "valueInteger: This number or unit is not among the answers of the binding example-hospital-intake. Question: "
        "6 “How bad the pain is, 0 to 10.”. Send a number from 0 below 1, or from 1 below 11.",
    ),
    "another unit": (
        "4.3",
        days(3, code="wk"),
        "valueQuantity: This number or unit is not among the answers of the binding example-hospital-intake. Question: "
        "4.3 “For how long, in a quantity.”. Send a number below 1 d, or from 1 d.",
    ),
    "only a bound": (
        "4.3",
        days(3, comparator="<"),
        "valueQuantity: This number or unit is not among the answers of the binding example-hospital-intake. Question: "
        "4.3 “For how long, in a quantity.”. Send a number below 1 d, or from 1 d.",
    ),
    "a number without its unit": (
        "4.3",
        {"valueInteger": 3},
        "valueInteger: This number or unit is not among the answers of the binding example-hospital-intake. Question: "
        "4.3 “For how long, in a quantity.”. Send a number below 1 d, or from 1 d.",
    ),
    "free text": (
        "5",
        {"valueString": "I cannot feel my left leg"},
        "valueString: valueCoding is expected, not valueString. Question: 5 “Which of these are there; a list that is "
        "read out as a whole.”. Send a valueCoding with one of weak-limb, speech, prickling, burning, other, "
        "none-of-these.",
    ),
    "a code for yes or no": (
        "4.1",
        coded("maybe"),
        "valueCoding: The code maybe is not among the answers of the binding example-hospital-intake. Question: 4.1 "
        "“Whether a limb feels numb.”. Send valueBoolean, or a valueCoding that means yes, no or unknown.",
    ),
    "true for a code": (
        "4.2",
        {"valueBoolean": True},
        "valueBoolean: valueCoding is expected, not valueBoolean. Question: 4.2 “Where it is numb, several places.”. "
        "Send a valueCoding with one of 56459004, 85562004, 89545001.",
    ),
}


@pytest.mark.parametrize(("link_id", "answer", "said"), REFUSED.values(), ids=REFUSED)
def test_what_a_mapped_question_does_not_list_is_refused(
    client: FlaskClient, link_id: str, answer: dict[str, Any], said: str
) -> None:
    sent = body({"4.1": [{"valueBoolean": True}], link_id: [answer]})
    at = [item["linkId"] for item in sent["item"]].index(link_id)
    for operation, status in (("$triage", 422), ("$validate", 200)):
        reply = send(client, sent, operation)
        assert reply.status_code == status
        (issue,) = reply.json["issue"]
        assert issue["severity"] == "error"
        assert issue["details"]["text"] == f"QuestionnaireResponse.item[{at}].answer[0].{said}"
        assert issue["expression"] == [f"QuestionnaireResponse.item[{at}].answer[0].value"]
        assert "left leg" not in reply.text


def test_an_item_that_the_binding_does_not_know_is_told_and_not_used(client: FlaskClient) -> None:
    known = {"4.1": [{"valueBoolean": True}], "9": [{"valueString": "x"}]}
    sent = body({**known, "numbness-site": [coded("face")], "4.2": [coded("56459004", SCT)]})
    sent["item"].append({"linkId": "a-group-of-theirs", "item": [{"linkId": "4.3"}]})
    reply = send(client, sent, "$validate")
    (issue,) = reply.json["issue"]
    assert issue["severity"] == "warning"
    assert issue["details"]["text"] == (
        "QuestionnaireResponse.item[2]: The binding example-hospital-intake does not know this linkId: its answers "
        "were not used. linkId: numbness-site. Add it to the binding; under “ignored”, if it says nothing."
    )
    assert level(send(client, sent)) == "routine"


def level(reply: Any) -> str:
    assert reply.status_code == 200, reply.json
    found: str = reply.json["entry"][0]["resource"]["prediction"][0]["qualitativeRisk"]["coding"][0]["code"]
    return found


@pytest.mark.parametrize("questionnaire", [URL, f"{URL}|2.0"])
def test_a_version_that_is_not_bound_is_refused(client: FlaskClient, questionnaire: str) -> None:
    reply = send(client, body({"4.1": [{"valueBoolean": True}]}, questionnaire))
    assert reply.status_code == 422
    (issue,) = reply.json["issue"]
    assert issue["details"]["text"] == (
        "QuestionnaireResponse.questionnaire: This version of the questionnaire is not served. Served is "
        "https://numbness-triage.example/fhir/Questionnaire/limb-numbness|1.0.0, "
        f"{URL}|2.1, https://nhanes.example/Questionnaire/DIQ_C, https://stroke.example/fhir/Questionnaire/nihss|2.1."
    )


def test_nested_items_in_parameters_are_read(client: FlaskClient) -> None:
    sent = body({})
    sent["item"] = [
        {
            "linkId": "group",
            "item": [{"linkId": "4.1", "answer": [{"valueBoolean": True, "item": [{"linkId": "4.2"}]}]}],
        }
    ]
    sent["item"][0]["item"][0]["answer"][0]["item"][0]["answer"] = [coded("89545001", SCT)]
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "questionnaireResponse", "resource": sent}],
    }
    assert level(send(client, parameters)) == "emergency"


def test_two_questions_that_contradict_each_other_count_as_the_more_acute(client: FlaskClient) -> None:
    reply = send(client, body({"5": [coded("none-of-these")], "7": [{"valueBoolean": True}]}))
    outcome = reply.json["entry"][-1]["resource"]
    (issue,) = [issue for issue in outcome["issue"] if issue["code"] == "conflict"]
    assert issue["expression"] == ["QuestionnaireResponse.item[0]"]
    assert "weakness of a limb: “yes” and “no” cannot all be so" in issue["details"]["text"]
    assert "Counted: weakness of a limb: yes." in issue["details"]["text"]


def test_an_option_said_and_denied_counts_as_said(client: FlaskClient) -> None:
    reply = send(client, body({"5": [coded("prickling"), coded("none-of-these")]}))
    told = [issue["details"]["text"] for issue in reply.json["entry"][-1]["resource"]["issue"]]
    said = "other symptoms: “tingling or pins and needles” and “not tingling or pins and needles” cannot all be so"
    assert any(said in text for text in told)


def test_a_closed_list_that_comes_in_two_items_is_one_list(client: FlaskClient) -> None:
    sent = body({"5": [coded("prickling")]})
    sent["item"].append({"linkId": "5", "answer": [coded("burning")]})
    outcome = send(client, sent).json["entry"][-1]["resource"]
    assert [issue for issue in outcome["issue"] if issue["code"] == "conflict"] == []


def test_another_binding_gives_another_id(bound: Callable[[Path], FlaskClient], folder: Path, tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(example() + "# reviewed\n", "utf-8")
    sent = body({"4.1": [{"valueBoolean": True}]})
    ids = [send(bound(where), sent).json["entry"][0]["resource"]["id"] for where in (folder, folder, tmp_path)]
    assert ids[0] == ids[1] != ids[2]


def test_bindings_go_with_the_rules_when_these_are_reloaded(folder: Path) -> None:
    settings = Settings(bindings_path=folder)
    told = service_of(settings, unpacked(packed(checked_knowledge(settings))))
    assert told.triage.bindings == build_service(settings).triage.bindings
    assert len(told.triage.bindings) == 3


def test_responses_to_our_own_questionnaire_do_not_notice_bindings(
    client: FlaskClient, bound: Callable[[Path], FlaskClient], post: Any
) -> None:
    own = body(
        {"confusion": [{"valueBoolean": True}]}, "https://numbness-triage.example/fhir/Questionnaire/limb-numbness"
    )
    assert send(client, own).data == post(own).data


FORM: dict[str, list[dict[str, Any]]] = {
    "4.1": [{"valueBoolean": True}, {"valueBoolean": False}, ABSENT],
    "4.2": [coded(code, SCT) for code in ("56459004", "85562004", "89545001")],
    "4.3": [days(0), days(9)],
    "5": [coded(code) for code in ("weak-limb", "speech", "prickling", "burning", "other", "none-of-these")],
    "6": [{"valueInteger": number} for number in (0, 1, 10)],
    "7": [{"valueBoolean": True}, {"valueBoolean": False}],
}
DENIED = {
    ("weakness", False),
    ("speech-change", False),
    *(("symptoms", Denied(option)) for option in ("tingling", "burning", "pain")),
}
"""Every “no” that the example states, be it by “not” or by closing its list."""


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional={k: st.lists(st.sampled_from(v), max_size=3) for k, v in FORM.items()}))
def test_a_response_never_gives_a_no_that_its_binding_does_not_state(
    binding: Binding, answers: dict[str, list[dict[str, Any]]]
) -> None:
    """What is no was denied on purpose; picking all that was not asked leads no higher than was said to be possible."""
    found = read_bound_answers(body(answers), "QuestionnaireResponse", rules().rule_set, binding).answers
    for name, values in found.items():
        item = rules().rule_set.items[name]
        for option in item.options if item.repeats else ():
            known = option.code in values or Unasked(option.code) in values or option.code == "none"
            assert known or (name, Denied(option.code)) in DENIED, (name, option.code)
        assert {value for value in values if value is False or isinstance(value, Denied)} <= {v for _, v in DENIED}
    before = decide(rules(), found)
    every = {
        name: tuple(value.option if isinstance(value, Unasked) else value for value in values)
        for name, values in found.items()
    }
    assert decide(rules(), every).level <= before.highest


def test_the_example_says_no_to_just_what_the_test_lists(binding: Binding) -> None:
    """By “not” and false; and by its closed list, which maps nothing else."""
    answers = [answer for question in binding.questions.values() for answer in question.answers]
    said = {(name, value) for answer in answers for name, values in answer.means.items() for value in values}
    assert {(name, value) for name, value in said if value is False or isinstance(value, Denied)} == DENIED
    closed = {name for answer in binding.questions["5"].answers for name in answer.means}
    assert closed == {"weakness", "speech-change", "symptoms"}
