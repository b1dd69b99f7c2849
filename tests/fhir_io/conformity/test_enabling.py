"""enableWhen: every operator, both behaviours, and which occurrence of a question is meant."""

from typing import Any

import pytest
from forms import SDC, answered, coded, extension, group, limited, problems, question, told
from sample_responses import item

from service.problems import Kind
from service.triage.model import RuleSet

HIDDEN = "The question is answered although the questionnaire does not ask it then (enableWhen)."
MISSING = "An answer that is required is missing."


def when(link_id: str, operator: str, **answer: Any) -> dict[str, Any]:
    return {"question": link_id, "operator": operator, **answer}


def follow_up(*conditions: dict[str, Any], **members: Any) -> dict[str, Any]:
    return question("then", "string", required=True, enableWhen=list(conditions), **members)


def enabled(rule_set: RuleSet, form: list[dict[str, Any]], *given: dict[str, Any]) -> bool | None:
    """Whether `then` is enabled: True if it is missed, False if it may not be answered, None if neither is said."""
    without = told(rule_set, form, *given)
    with_it = told(rule_set, form, *given, answered("then", "x"))
    assert {*without, *with_it} <= {("", MISSING), (f"item[{len(given)}]", HIDDEN)}, (without, with_it)
    assert not (without and with_it)
    return True if without else False if with_it else None


def test_an_answer_to_what_is_not_asked(rule_set: RuleSet) -> None:
    form = [question("first", "boolean"), follow_up(when("first", "=", answerBoolean=True))]
    [problem] = problems(rule_set, form, answered("first", False), answered("then", "x"))
    assert problem.kind is Kind.NOT_ENABLED
    assert problem.text == (
        "Parameters.parameter[0].resource.item[1]: The question is answered although the questionnaire does not ask it "
        "then (enableWhen). linkId: then. Leave the item out, or correct the answer that it depends on."
    )


TODAY, LATER = "2026-05-01", "2026-05-02"
KILO = {"value": 1, "system": "http://unitsofmeasure.org", "code": "kg"}
GRAMS = {"value": 1000, "system": "http://unitsofmeasure.org", "code": "g"}
A, B = coded("a")["valueCoding"], coded("b")["valueCoding"]
NO_SYSTEM = {"code": "a"}


@pytest.mark.parametrize(
    ("kind", "given", "operator", "wanted", "expected"),
    [
        ("boolean", {"valueBoolean": True}, "=", {"answerBoolean": True}, True),
        ("boolean", {"valueBoolean": False}, "=", {"answerBoolean": True}, False),
        ("boolean", None, "=", {"answerBoolean": True}, False),
        ("boolean", {"valueBoolean": False}, "!=", {"answerBoolean": True}, True),
        ("boolean", {"valueBoolean": True}, "!=", {"answerBoolean": True}, False),
        ("boolean", {"valueBoolean": False}, "exists", {"answerBoolean": True}, True),
        ("boolean", None, "exists", {"answerBoolean": True}, False),
        ("boolean", None, "exists", {"answerBoolean": False}, True),
        ("boolean", {"valueBoolean": False}, "exists", {"answerBoolean": False}, False),
        ("integer", {"valueInteger": 3}, ">", {"answerInteger": 2}, True),
        ("integer", {"valueInteger": 2}, ">", {"answerInteger": 2}, False),
        ("integer", {"valueInteger": 2}, ">=", {"answerInteger": 2}, True),
        ("integer", {"valueInteger": 1}, ">=", {"answerInteger": 2}, False),
        ("integer", {"valueInteger": 1}, "<", {"answerInteger": 2}, True),
        ("integer", {"valueInteger": 2}, "<", {"answerInteger": 2}, False),
        ("integer", {"valueInteger": 2}, "<=", {"answerInteger": 2}, True),
        ("integer", {"valueInteger": 3}, "<=", {"answerInteger": 2}, False),
        ("integer", None, ">", {"answerInteger": 2}, False),
        ("decimal", {"valueDecimal": 2.0}, "=", {"answerDecimal": 2}, True),
        ("decimal", {"valueDecimal": 2.1}, ">", {"answerInteger": 2}, True),
        ("date", {"valueDate": LATER}, ">", {"answerDate": TODAY}, True),
        ("date", {"valueDate": TODAY}, ">", {"answerDate": TODAY}, False),
        ("date", {"valueDate": "2026-05"}, ">", {"answerDate": TODAY}, None),
        ("date", {"valueDate": "2026"}, "=", {"answerDate": TODAY}, None),
        ("dateTime", {"valueDateTime": f"{LATER}T10:00:00Z"}, "=", {"answerDateTime": f"{LATER}T12:00:00+02:00"}, True),
        ("dateTime", {"valueDateTime": f"{LATER}T10:00:00Z"}, "<", {"answerDateTime": f"{LATER}T10:00:01Z"}, True),
        ("time", {"valueTime": "10:00:00"}, "<", {"answerTime": "10:00:01"}, True),
        ("time", {"valueTime": "10:00:00"}, "=", {"answerTime": "10:00:00"}, True),
        ("string", {"valueString": "a"}, "=", {"answerString": "a"}, True),
        ("string", {"valueString": "a"}, "=", {"answerString": "b"}, False),
        ("string", {"valueString": "a"}, ">", {"answerString": "b"}, None),
        ("choice", {"valueCoding": A}, "=", {"answerCoding": A}, True),
        ("choice", {"valueCoding": A | {"display": "Alpha"}}, "=", {"answerCoding": A}, True),
        ("choice", {"valueCoding": A}, "=", {"answerCoding": B}, False),
        ("choice", {"valueCoding": NO_SYSTEM}, "=", {"answerCoding": A}, None),
        ("choice", {"valueString": "a"}, "=", {"answerCoding": A}, False),
        ("quantity", {"valueQuantity": KILO}, "=", {"answerQuantity": GRAMS}, True),
        ("quantity", {"valueQuantity": KILO}, ">", {"answerQuantity": GRAMS | {"value": 999}}, True),
        ("quantity", {"valueQuantity": KILO}, ">", {"answerQuantity": GRAMS | {"code": "m"}}, None),
        ("reference", {"valueReference": {"reference": "A/1"}}, "=", {"answerReference": {"reference": "A/1"}}, True),
        ("reference", {"valueReference": {"reference": "A/2"}}, "=", {"answerReference": {"reference": "A/1"}}, False),
    ],
)
def test_operators(
    rule_set: RuleSet,
    kind: str,
    given: dict[str, Any] | None,
    operator: str,
    wanted: dict[str, Any],
    expected: bool | None,
) -> None:
    form = [question("first", kind), follow_up(when("first", operator, **wanted))]
    assert enabled(rule_set, form, *([item("first", given)] if given else [])) is expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("=", [1, 2], True),
        ("=", [1, 3], False),
        (">", [1, 3], True),
        # "No answer is equal" by FHIR's words, "some answer is not equal" by HL7's validator.
        ("!=", [1, 2], None),
        ("!=", [], None),
        ("!=", [1, 3], True),
        ("!=", [2, 2], False),
    ],
)
def test_several_answers(rule_set: RuleSet, operator: str, values: list[int], expected: bool | None) -> None:
    form = [question("first", "integer", repeats=True), follow_up(when("first", operator, answerInteger=2))]
    assert enabled(rule_set, form, *([answered("first", *values)] if values else [])) is expected


class TestBehaviour:
    ONE = when("first", "=", answerInteger=1)
    TWO = when("second", "=", answerInteger=1)

    @pytest.mark.parametrize(
        ("behaviour", "values", "expected"),
        [
            ("any", (1, 0), True),
            ("any", (0, 0), False),
            ("all", (1, 0), False),
            ("all", (1, 1), True),
            # left out against que-12
            (None, (1, 0), None),
            (None, (1, 1), True),
            (None, (0, 0), False),
        ],
    )
    def test_any_and_all(
        self, rule_set: RuleSet, behaviour: str | None, values: tuple[int, int], expected: bool | None
    ) -> None:
        members = {"enableBehavior": behaviour} if behaviour else {}
        form = [question("first", "integer"), question("second", "integer"), follow_up(self.ONE, self.TWO, **members)]
        assert enabled(rule_set, form, answered("first", values[0]), answered("second", values[1])) is expected

    def test_an_expression_is_not_evaluated(self, rule_set: RuleSet) -> None:
        expression = {"language": "text/fhirpath", "expression": "false"}
        disabled = extension("sdc-questionnaire-enableWhenExpression", SDC, valueExpression=expression)
        form = [limited("then", "string", disabled, required=True)]
        said = [("", "Rules of the questionnaire that are written as expressions were not evaluated.")]
        assert told(rule_set, form, item("then")) == said
        assert told(rule_set, form, answered("then", "x")) == said


class TestScope:
    """Which occurrence of the question counts."""

    CONDITION = when("first", "=", answerBoolean=True)
    PAIR = (question("first", "boolean"), follow_up(CONDITION))

    def test_each_repeat_of_a_group_looks_at_its_own(self, rule_set: RuleSet) -> None:
        form = [group("g", *self.PAIR, repeats=True)]
        yes, no = (item("g", item=[answered("first", value)]) for value in (True, False))
        both = item("g", item=[answered("first", False), answered("then", "x")])
        assert told(rule_set, form, yes, no, both) == [("item[0]", MISSING), ("item[2].item[1]", HIDDEN)]

    def test_a_nested_group_looks_at_the_one_around_it(self, rule_set: RuleSet) -> None:
        form = [
            group("g", question("first", "boolean"), group("h", follow_up(self.CONDITION), repeats=True), repeats=True)
        ]
        inside = item("h", item=[answered("then", "x")])
        yes, no = (item("g", item=[answered("first", value), inside, inside]) for value in (True, False))
        assert told(rule_set, form, yes, no) == [
            ("item[1].item[1].item[0]", HIDDEN),
            ("item[1].item[2].item[0]", HIDDEN),
        ]

    def test_a_question_further_down_is_seen_from_above(self, rule_set: RuleSet) -> None:
        form = [group("g", group("h", question("first", "boolean"))), follow_up(self.CONDITION)]
        nested = item("g", item=[item("h", item=[answered("first", False)])])
        assert told(rule_set, form, nested, answered("then", "x")) == [("item[1]", HIDDEN)]

    def test_an_item_below_an_answer_looks_at_the_question_itself(self, rule_set: RuleSet) -> None:
        form = [question("first", "boolean", follow_up(self.CONDITION))]
        inside = [answered("then", "x")]
        assert told(rule_set, form, answered("first", {"valueBoolean": True, "item": inside})) == []
        assert told(rule_set, form, answered("first", {"valueBoolean": False, "item": inside})) == [
            ("item[0].answer[0].item[0]", HIDDEN)
        ]
        assert told(rule_set, form, answered("first", True)) == [("item[0].answer[0]", MISSING)]

    def test_items_below_an_answer_look_at_each_other(self, rule_set: RuleSet) -> None:
        form = [question("outer", "integer", *self.PAIR, repeats=True)]
        yes, no = ({"valueInteger": 1, "item": [answered("first", value)]} for value in (True, False))
        assert told(rule_set, form, answered("outer", yes, no)) == [("item[0].answer[0]", MISSING)]

    def test_what_is_below_a_hidden_item_is_told_once(self, rule_set: RuleSet) -> None:
        form = [
            question("first", "boolean"),
            group("g", question("a", "string", required=True), follow_up(self.CONDITION), enableWhen=[self.CONDITION]),
        ]
        given = answered("first", False), item("g", item=[answered("then", 1)])
        assert told(rule_set, form, *given) == [
            ("item[1]", HIDDEN),
            ("item[1].item[0].answer[0].valueInteger", "valueString is expected, not valueInteger."),
        ]

    def test_a_question_that_the_form_does_not_have(self, rule_set: RuleSet) -> None:
        assert enabled(rule_set, [follow_up(when("nowhere", "exists", answerBoolean=False))]) is True
