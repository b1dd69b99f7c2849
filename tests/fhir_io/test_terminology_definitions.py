"""The CodeSystems and ValueSets as a terminology server meets them."""

import pytest
from definitions_rule_set import CODE_SYSTEMS, LOINC, SNOMED, made, questions


def concepts(name):
    return {concept["code"]: concept for concept in made()["CodeSystem", name]["concept"]}


@pytest.mark.parametrize("name", CODE_SYSTEMS)
def test_each_code_system_is_complete_and_counts_its_codes(name):
    system = made()["CodeSystem", name]
    codes = [concept["code"] for concept in system["concept"]]
    assert (system["content"], system["caseSensitive"]) == ("complete", True)
    assert system["count"] == len(codes) == len(set(codes))


@pytest.mark.parametrize("name", CODE_SYSTEMS)
def test_a_code_system_and_its_value_set_name_each_other(name):
    resources = made()
    system, value_set = resources["CodeSystem", name], resources["ValueSet", name]
    assert system["valueSet"] == value_set["url"]
    assert value_set["compose"] == {"include": [{"system": system["url"]}]}


@pytest.mark.parametrize("name", CODE_SYSTEMS)
def test_each_property_of_a_concept_is_declared_and_used(name):
    system = made()["CodeSystem", name]
    declared = {entry["code"] for entry in system.get("property", ())}
    assert declared == {entry["code"] for concept in system["concept"] for entry in concept.get("property", ())}


def test_levels_with_the_most_acute_first():
    levels = concepts("triage-level")
    assert list(levels) == ["emergency", "urgent", "routine", "self-care"]
    assert levels["urgent"] == {"code": "urgent", "display": "Urgent", "definition": "Meaning of urgent."}


def test_each_answer_option_is_a_code_with_that_display():
    known = {
        code: {concept["display"], *(entry["value"] for entry in concept.get("designation", ()))}
        for code, concept in concepts("numbness-answers").items()
    }
    options = [option["valueCoding"] for item in questions().values() for option in item.get("answerOption", ())]
    assert {option["code"] for option in options} == set(known)
    assert all(option["display"] in known[option["code"]] for option in options)


def test_a_code_of_two_questions_stands_once_and_names_both():
    assert concepts("numbness-answers")["leg"] == {
        "code": "leg",
        "display": "some part of the leg",
        "definition": "where it is numb (numbness-site): some part of the leg; injury (injury): of a leg",
        "designation": [{"value": "of a leg"}],
    }


@pytest.mark.parametrize(
    ("name", "code", "property_code", "published"),
    [
        ("numbness-answers", "foot", "coding", (SNOMED, "56459004", "Foot structure")),
        ("suspected-condition", "stroke", "coding", (SNOMED, "230690007", "Cerebrovascular accident")),
        ("recommended-test", "mri-spine", "coding", (LOINC, "36067-7", "MR Whole spine")),
        (
            "recommended-test",
            "leg-duplex",
            "conditional-coding",
            (LOINC, "39421-3", "US.doppler Lower extremity arteries"),
        ),
    ],
)
def test_published_codes_are_properties(name, code, property_code, published):
    coding = dict(zip(("system", "code", "display"), published, strict=True))
    assert concepts(name)[code]["property"] == [{"code": property_code, "valueCoding": coding}]


def test_the_rule_set_is_a_code():
    assert list(concepts("rule-set")) == ["limb-numbness"]
