"""The form of our own Questionnaire, and a response to it as triage reads it."""

from dataclasses import replace

from forms import answered
from sample_responses import ANSWERS, CANON, SNOMED_CT, item, option, response

from service.fhir_io.conformity.as_read import as_read
from service.fhir_io.conformity.known import our_form
from service.fhir_io.versions import R4, R5
from service.triage.model import RuleSet

V2 = "http://terminology.hl7.org/CodeSystem/v2-0532"


def test_our_form_is_made_once_for_a_rule_set_and_a_version(rule_set: RuleSet) -> None:
    made = our_form(rule_set, CANON, R4)
    assert our_form(rule_set, CANON, R4) is made
    assert our_form(rule_set, CANON, R5) is not made
    assert our_form(rule_set, "https://elsewhere.example", R4) is not made


def test_another_rule_set_of_the_same_name_has_its_own_form(rule_set: RuleSet) -> None:
    named = {name: replace(one, group="about") for name, one in rule_set.items.items()}
    grouped, empty = replace(rule_set, items=named), replace(rule_set, items={})
    assert list(our_form(grouped, CANON, R4).by_link_id) == ["about", *named]
    assert our_form(empty, CANON, R4).by_link_id == {}


def test_forms_of_rule_sets_that_are_gone_are_not_kept_for_ever(rule_set: RuleSet) -> None:
    first = our_form(rule_set, CANON, R4)
    for _ in range(200):
        our_form(replace(rule_set), CANON, R4)
    assert our_form(rule_set, CANON, R4) is not first


def test_a_response_as_it_is_read(rule_set: RuleSet) -> None:
    yes = {"valueCoding": {"system": V2, "code": "Y"}}
    unknown = {"valueCoding": {"system": V2, "code": "UNK"}}
    public = {"valueCoding": {"system": SNOMED_CT, "code": "55464009"}}
    below = {"valueBoolean": False, "item": [item("conditions", public)]}
    given = response(
        item("about", item=[item("numbness", yes, unknown)]), item("confusion", below), answered("mood", "x")
    )
    assert as_read(given, rule_set, answer_system=ANSWERS)["item"] == [
        item("about", item=[item("numbness", {"valueBoolean": True}, {})]),
        item("confusion", {"valueBoolean": False, "item": [item("conditions", option("lupus"))]}),
        item("mood", {}),
    ]
