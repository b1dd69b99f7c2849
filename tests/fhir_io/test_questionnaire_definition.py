"""The Questionnaire as a form filler meets it."""

import pytest
from definitions_rule_set import ANSWERS, SNOMED, made, questions

from service.fhir_io.versions import R5, VERSIONS

EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)


def test_the_questionnaire_is_named_for_programs_and_for_people():
    resource = made()["Questionnaire", "limb-numbness"]
    assert (resource["name"], resource["title"]) == ("LimbNumbness", "Triage of numbness")
    assert resource["subjectType"] == ["Patient"]


def test_a_group_without_questions_is_left_out():
    groups = made()["Questionnaire", "limb-numbness"]["item"]
    assert [(group["linkId"], group["type"]) for group in groups] == [("about", "group"), ("signs", "group")]


@EVERY_VERSION
def test_types_of_questions(version):
    asked = questions(version)
    assert asked["numbness"]["type"] == "boolean"
    assert "answerConstraint" not in asked["numbness"]
    if version is R5:
        assert (asked["injury"]["type"], asked["injury"]["answerConstraint"]) == ("coding", "optionsOnly")
    else:
        assert asked["injury"]["type"] == "choice"
        assert "answerConstraint" not in asked["injury"]


def test_only_questions_with_several_answers_repeat():
    assert {link_id for link_id, item in questions().items() if item.get("repeats")} == {"numbness-site", "injury"}


def test_a_question_carries_its_published_codes():
    assert questions()["numbness"]["code"] == [{"system": SNOMED, "code": "44077006", "display": "Numbness"}]


def test_options_show_the_words_of_their_own_question():
    assert [option["valueCoding"] for option in questions()["injury"]["answerOption"]] == [
        {"system": ANSWERS, "code": "back", "display": "of the back"},
        {"system": ANSWERS, "code": "leg", "display": "of a leg"},
        {"system": ANSWERS, "code": "none", "display": "no injury"},
    ]


@EVERY_VERSION
def test_none_and_only_none_is_exclusive(version):
    exclusive = {
        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
        "valueBoolean": True,
    }
    options = [option for item in questions(version).values() for option in item.get("answerOption", ())]
    for option in options:
        is_none = option["valueCoding"]["code"] == "none"
        assert option.get("extension", []) == ([exclusive] if is_none else [])


def test_a_question_that_is_always_asked_has_no_condition():
    assert "enableWhen" not in questions()["weakness"]
    assert "enableBehavior" not in questions()["weakness"]


def test_one_condition_needs_no_behaviour():
    onset = questions()["weakness-onset"]
    assert onset["enableWhen"] == [{"question": "weakness", "operator": "=", "answerBoolean": True}]
    assert "enableBehavior" not in onset


def test_a_condition_on_no_is_kept():
    assert questions()["walking"]["enableWhen"] == [{"question": "numbness", "operator": "=", "answerBoolean": False}]


def test_several_alternatives_and_several_values_are_any():
    site = questions()["numbness-site"]
    assert site["enableBehavior"] == "any"
    assert site["enableWhen"] == [
        {"question": "numbness", "operator": "=", "answerBoolean": True},
        {
            "question": "injury",
            "operator": "=",
            "answerCoding": {"system": ANSWERS, "code": "leg", "display": "of a leg"},
        },
        {
            "question": "injury",
            "operator": "=",
            "answerCoding": {"system": ANSWERS, "code": "back", "display": "of the back"},
        },
    ]


@EVERY_VERSION
def test_each_condition_asks_for_an_answer_that_can_be_given(version):
    asked = questions(version)
    for item in asked.values():
        for condition in item.get("enableWhen", ()):
            question = asked[condition["question"]]
            if "answerCoding" in condition:
                assert condition["answerCoding"] in [option["valueCoding"] for option in question["answerOption"]]
            else:
                assert question["type"] == "boolean"
