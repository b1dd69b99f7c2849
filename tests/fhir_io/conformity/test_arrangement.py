"""Items of a response against those of its form: known, placed, in order, required, repeated."""

from typing import Any

import pytest
from forms import answered, extension, group, limited, problems, question, questionnaire, told
from sample_responses import item

from service.fhir_io.versions import R5
from service.problems import Kind
from service.triage.model import RuleSet

NAME = question("name", "string")
AGE = question("age", "integer")
MISSING = "An answer that is required is missing."
FORM = [NAME, group("body", AGE, question("note", "text"))]


def test_what_the_form_asks_for_is_valid(rule_set: RuleSet) -> None:
    given = answered("name", "x"), item("body", item=[answered("age", 3), answered("note", "x")])
    assert told(rule_set, FORM, *given) == []


def test_nothing_that_is_not_required_need_be_there(rule_set: RuleSet) -> None:
    assert told(rule_set, FORM, item("name")) == []


def test_an_unknown_item(rule_set: RuleSet) -> None:
    [problem] = problems(rule_set, FORM, answered("name", "x"), answered("shoe/size", 3))
    assert problem.kind is Kind.NOT_ASKED
    assert problem.text == (
        "Parameters.parameter[0].resource.item[1]: The questionnaire has no item with this linkId. "
        "linkId: shoe/size. Use the questionnaire's linkIds."
    )


def test_a_link_id_that_looks_like_no_link_id_is_not_repeated(rule_set: RuleSet) -> None:
    [problem] = problems(rule_set, FORM, answered("Jane Roe", 3))
    assert problem.link_id == ""
    assert "Roe" not in problem.text


def test_the_text_of_a_question_that_came_with_the_response_is_not_repeated(rule_set: RuleSet) -> None:
    [problem] = problems(rule_set, [question("age", "integer", text="How old is Jane Roe?")], answered("age", "x"))
    assert (problem.link_id, problem.question) == ("age", "")


@pytest.mark.parametrize(
    ("items", "where"),
    [
        ([answered("age", 3)], "item[0]"),
        ([item("body", item=[answered("name", "x")])], "item[0].item[0]"),
        ([item("body", item=[item("body", item=[answered("age", 3)])])], "item[0].item[0]"),
    ],
)
def test_an_item_in_another_place(rule_set: RuleSet, items: list[dict[str, Any]], where: str) -> None:
    [problem] = problems(rule_set, FORM, *items)
    assert problem.where == f"Parameters.parameter[0].resource.{where}"
    assert problem.kind is Kind.ARRANGEMENT
    assert problem.message == "The item stands in another place than in the questionnaire."
    assert problem.remedy == "Nest the items as the questionnaire does."


def test_a_misplaced_item_is_checked_for_itself(rule_set: RuleSet) -> None:
    assert told(rule_set, FORM, answered("age", "x"))[1:] == [
        ("item[0].answer[0].valueString", "valueInteger is expected, not valueString.")
    ]


def test_items_keep_the_order_of_the_form(rule_set: RuleSet) -> None:
    form = [question(name, "string", repeats=True) for name in "abc"]
    given = [answered(name, "x") for name in "acbbc"]
    assert told(rule_set, form, *given)[:2] == [
        ("item[2]", "The item stands after one that the questionnaire has below it."),
        ("item[3]", "The item stands after one that the questionnaire has below it."),
    ]


class TestNesting:
    def test_a_group_takes_no_answer(self, rule_set: RuleSet) -> None:
        assert told(rule_set, FORM, answered("body", "x")) == [("item[0].answer[0]", "A group takes no answer.")]

    @pytest.mark.parametrize("kind", ["display", "question"])
    def test_display_and_abstract_items_take_no_answer(self, rule_set: RuleSet, kind: str) -> None:
        assert told(rule_set, [question("a", kind)], answered("a", "x")) == [
            ("item[0].answer[0].valueString", f"An item of type {kind} takes no answer.")
        ]

    def test_a_display_item_takes_no_items(self, rule_set: RuleSet) -> None:
        given = item("a", item=[answered("b", "x")])
        assert told(rule_set, [question("a", "display")], given) == [
            ("item[0].item[0]", "A display item takes no items.")
        ]

    def test_items_below_a_question_stand_in_its_answer(self, rule_set: RuleSet) -> None:
        form = [question("a", "boolean", question("b", "string"))]
        in_answer = answered("a", {"valueBoolean": True, "item": [answered("b", "x")]})
        assert told(rule_set, form, in_answer) == []
        assert told(rule_set, form, item("a", item=[answered("b", "x")])) == [
            ("item[0].item[0]", "Items below a question stand in its answer.")
        ]

    def test_items_in_answers_are_checked(self, rule_set: RuleSet) -> None:
        form = [question("a", "boolean", question("b", "string", required=True), repeats=True)]
        whole = {"valueBoolean": True, "item": [answered("b", "x")]}
        assert told(rule_set, form, answered("a", whole, True)) == [("item[0].answer[1]", MISSING)]

    def test_items_in_an_answer_that_takes_none(self, rule_set: RuleSet) -> None:
        given = answered("name", {"valueString": "x", "item": [answered("other", "x")]})
        assert told(rule_set, FORM, given) == [
            ("item[0].answer[0].item[0]", "The questionnaire has no item with this linkId.")
        ]


class TestRequired:
    FORM = (question("a", "string", required=True), group("g", question("b", "string", required=True)))

    @pytest.mark.parametrize("status", ["completed", "amended"])
    def test_missing(self, rule_set: RuleSet, status: str) -> None:
        [problem] = problems(rule_set, [*self.FORM], item("g", text="x"), status=status)
        assert problem.kind is Kind.REQUIRED_ANSWER
        assert problem.text == (
            "Parameters.parameter[0].resource: An answer that is required is missing. linkId: a. Answer the question."
        )

    @pytest.mark.parametrize("status", ["in-progress", "stopped", "entered-in-error"])
    def test_an_incomplete_response_need_not(self, rule_set: RuleSet, status: str) -> None:
        assert told(rule_set, [*self.FORM], item("g", text="x"), status=status) == []

    def test_an_item_without_answers_has_no_answer(self, rule_set: RuleSet) -> None:
        assert told(rule_set, [*self.FORM], item("a")) == [("item[0]", MISSING)]

    def test_an_answer_without_a_value_is_none_unless_it_says_why(self, rule_set: RuleSet) -> None:
        form = [question("a", "string", question("b", "string"), required=True)]
        why = {
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
        }
        empty = answered("a", {"item": [answered("b", "x")]})
        assert told(rule_set, form, empty) == [("item[0]", MISSING)]
        assert told(rule_set, form, answered("a", {"_valueString": why})) == []

    def test_inside_a_group_that_is_there(self, rule_set: RuleSet) -> None:
        form = [group("g", question("b", "string", required=True), question("c", "string"))]
        assert told(rule_set, form, item("g", item=[answered("c", "x")])) == [("item[0]", MISSING)]
        assert told(rule_set, form, item("g")) == []

    def test_a_group(self, rule_set: RuleSet) -> None:
        form = [group("g", question("b", "string"), required=True)]
        assert told(rule_set, form, item("g", text="x")) == [("item[0]", MISSING)]
        assert told(rule_set, form, item("g", item=[answered("b", "x")])) == []

    def test_what_is_only_displayed_is_not_missed(self, rule_set: RuleSet) -> None:
        assert told(rule_set, [question("a", "display", required=True), NAME], answered("name", "x")) == []


class TestRepeats:
    @pytest.mark.parametrize("status", ["completed", "in-progress"])
    def test_a_second_answer(self, rule_set: RuleSet, status: str) -> None:
        [problem] = problems(rule_set, FORM, answered("name", "x", "y"), status=status)
        assert problem.kind is Kind.OCCURRENCE
        assert problem.text == (
            "Parameters.parameter[0].resource.item[0].answer[1]: The question has a second answer. linkId: name. "
            "Keep what the questionnaire takes."
        )

    def test_a_second_answer_in_a_second_item(self, rule_set: RuleSet) -> None:
        assert told(rule_set, FORM, answered("name", "x"), answered("name", "y")) == [
            ("item[1].answer[0]", "The question has a second answer.")
        ]

    def test_a_second_group(self, rule_set: RuleSet) -> None:
        one = item("body", item=[answered("age", 1)])
        assert told(rule_set, FORM, one, one) == [("item[1]", "The group is given a second time.")]

    def test_what_repeats(self, rule_set: RuleSet) -> None:
        form = [question("a", "string", repeats=True), group("g", AGE, repeats=True)]
        one = item("g", item=[answered("age", 1)])
        assert told(rule_set, form, answered("a", "x", "y"), one, one) == []

    def test_answers_to_one_question_in_two_items_are_a_warning(self, rule_set: RuleSet) -> None:
        form = [question("a", "string", repeats=True)]
        [problem] = problems(rule_set, form, answered("a", "x"), answered("a", "y"), version=R5)
        assert problem.kind is Kind.REARRANGED
        assert problem.text == (
            "Parameters.parameter[0].resource.item[1]: The answers to one question stand in several items. linkId: a. "
            "Put them into one item (qrs-2)."
        )

    def test_occurs(self, rule_set: RuleSet) -> None:
        occurs = (
            extension("questionnaire-minOccurs", valueInteger=2),
            extension("questionnaire-maxOccurs", valueInteger=3),
        )
        form = [limited("a", "integer", *occurs, repeats=True)]
        assert told(rule_set, form, answered("a", 1)) == [("item[0]", "Fewer than 2 are given.")]
        assert told(rule_set, form, answered("a", 1), status="in-progress") == []
        assert told(rule_set, form, answered("a", 1, 2, 3)) == []
        assert told(rule_set, form, answered("a", 1, 2, 3, 4)) == [
            ("item[0].answer[3]", "The question has more than 3 answers.")
        ]
        assert told(rule_set, form, item("a")) == [("item[0]", MISSING)]

    def test_occurs_of_groups(self, rule_set: RuleSet) -> None:
        form = [limited("g", "group", extension("questionnaire-maxOccurs", valueInteger=2), repeats=True, item=[AGE])]
        one = item("g", item=[answered("age", 1)])
        assert told(rule_set, form, one, one) == []
        assert told(rule_set, form, one, one, one) == [("item[2]", "The group is given more than 2 times.")]


def test_errors_are_listed_before_remarks_however_many_there_are(rule_set: RuleSet) -> None:
    names = [f"q{number}" for number in range(70)]
    form = [question(name, "choice", answerValueSet="http://example.org/vs") for name in names]
    given = [answered(name, {"valueCoding": {"code": "a"}}) for name in names]
    found = problems(rule_set, [*form, NAME], *given, answered("name", 1))
    assert found[0].message == "valueString is expected, not valueInteger."
    assert found[-1].message == "And 20 more problems that are not listed."
    assert len(found) == 52


def test_rules_written_as_expressions_are_not_evaluated(rule_set: RuleSet) -> None:
    constraint = extension("targetConstraint", extension=[{"url": "key", "valueId": "k"}])
    [problem] = problems(rule_set, questionnaire(NAME, extension=[constraint]), answered("name", "x"))
    assert problem.kind is Kind.NOTE
    assert problem.message == "Rules of the questionnaire that are written as expressions were not evaluated."
