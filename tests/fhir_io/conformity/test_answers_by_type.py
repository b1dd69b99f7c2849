"""The type of an answer by the type of its item, and whether it is one of the options."""

from typing import Any

import pytest
from forms import answered, coded, extension, problems, question, questionnaire, told
from sample_responses import item, pointing_at

from service.fhir_io.conformity.answers import TYPES
from service.fhir_io.versions import R4, R5
from service.problems import Kind
from service.triage.model import RuleSet

QUANTITY = {"value": 1, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
VALUES: dict[str, Any] = {
    "Boolean": True,
    "Decimal": 1.5,
    "Integer": 1,
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T10:00:00Z",
    "Time": "10:00:00",
    "String": "x",
    "Uri": "http://example.org",
    "Attachment": {"contentType": "text/plain", "url": "http://example.org/a"},
    "Coding": {"system": "http://example.org/s", "code": "a"},
    "Quantity": QUANTITY,
    "Reference": {"reference": "Patient/p1"},
}
R4_ONLY, R5_ONLY = ("choice", "open-choice"), ("coding", "question")
NOT_ANSWERED = ("group", "display", "question")


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in NOT_ANSWERED])
@pytest.mark.parametrize("name", VALUES)
def test_every_type_takes_its_own_values_only(rule_set: RuleSet, kind: str, name: str) -> None:
    version = R5 if kind in R5_ONLY else R4
    found = told(rule_set, [question("a", kind)], item("a", {f"value{name}": VALUES[name]}), version=version)
    expected = " or ".join(f"value{one}" for one in TYPES[kind])
    wrong = (f"item[0].answer[0].value{name}", f"{expected} is expected, not value{name}.")
    assert found == ([] if name in TYPES[kind] else [wrong])


def test_a_wrong_type_in_full(rule_set: RuleSet) -> None:
    [problem] = problems(rule_set, [question("a", "boolean")], answered("a", "yes"))
    assert problem.kind is Kind.ANSWER_TYPE
    assert problem.text == (
        "Parameters.parameter[0].resource.item[0].answer[0].valueString: valueBoolean is expected, not valueString. "
        "linkId: a. Send the answer in that type."
    )


NO_OPTION = "This is none of the question's options."
WHERE = "item[0].answer[0].value"
OPTIONS = [coded("a"), coded("b") | {"extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]}]


class TestOptions:
    FORM = (question("q", "choice", repeats=True, answerOption=OPTIONS),)

    def test_one_of_them(self, rule_set: RuleSet) -> None:
        assert told(rule_set, [*self.FORM], answered("q", coded("a"))) == []

    def test_another_code(self, rule_set: RuleSet) -> None:
        [problem] = problems(rule_set, [*self.FORM], answered("q", coded("Roe")))
        assert problem.kind is Kind.ANSWER_CODE
        assert problem.text == (
            "Parameters.parameter[0].resource.item[0].answer[0].valueCoding: This is none of the question's options. "
            "linkId: q. Choose one of a, b."
        )

    @pytest.mark.parametrize("given", [{"code": "a"}, {"system": "http://example.org/other", "code": "a"}])
    def test_the_system_counts(self, rule_set: RuleSet, given: dict[str, str]) -> None:
        assert told(rule_set, [*self.FORM], answered("q", {"valueCoding": given})) == [(f"{WHERE}Coding", NO_OPTION)]

    def test_the_display_and_the_version_do_not(self, rule_set: RuleSet) -> None:
        given = {"valueCoding": {**coded("a")["valueCoding"], "display": "x", "version": "1"}}
        assert told(rule_set, [*self.FORM], answered("q", given)) == []

    def test_codes_that_look_like_no_codes_are_not_repeated(self, rule_set: RuleSet) -> None:
        [problem] = problems(
            rule_set, [question("q", "choice", answerOption=[coded("a b")])], answered("q", coded("x"))
        )
        assert problem.remedy == "Choose one of them."

    def test_a_type_that_no_option_has(self, rule_set: RuleSet) -> None:
        assert told(rule_set, [*self.FORM], answered("q", "a")) == [
            (f"{WHERE}String", "None of the question's options is a valueString.")
        ]

    def test_an_option_that_goes_with_no_other(self, rule_set: RuleSet) -> None:
        [problem] = problems(rule_set, [*self.FORM], answered("q", coded("a"), coded("b")))
        assert problem.kind is Kind.OCCURRENCE
        assert problem.text == (
            "Parameters.parameter[0].resource.item[0]: An option that goes with no other is given with another one. "
            "linkId: q. Keep one of them."
        )
        assert told(rule_set, [*self.FORM], answered("q", coded("b"))) == []

    @pytest.mark.parametrize(
        ("kind", "name", "right", "wrong"),
        [
            ("choice", "Integer", 1, 2),
            ("choice", "Date", "2026", "2027"),
            ("choice", "Time", "10:00:00", "11:00:00"),
            ("choice", "String", "x", "y"),
            ("choice", "Reference", {"reference": "Patient/1"}, {"reference": "Patient/2"}),
            ("integer", "Integer", 1, 2),
            ("string", "String", "x", "y"),
        ],
    )
    def test_of_other_types(self, rule_set: RuleSet, kind: str, name: str, right: Any, wrong: Any) -> None:
        version = R4 if kind == "choice" else R5
        form = [question("q", kind, answerOption=[{f"value{name}": right}])]
        assert told(rule_set, form, item("q", {f"value{name}": right}), version=version) == []
        assert told(rule_set, form, item("q", {f"value{name}": wrong}), version=version) == [(WHERE + name, NO_OPTION)]

    def test_a_decimal_among_integers(self, rule_set: RuleSet) -> None:
        form = [question("q", "decimal", answerOption=[{"valueInteger": 10}])]
        assert told(rule_set, form, item("q", {"valueDecimal": 10.0}), version=R5) == []
        assert told(rule_set, form, item("q", {"valueDecimal": 10.5}), version=R5) == [(f"{WHERE}Decimal", NO_OPTION)]

    def test_the_options_of_a_quantity_are_its_units(self, rule_set: RuleSet) -> None:
        form = [question("q", "quantity", answerOption=[coded("kg", "http://unitsofmeasure.org")])]
        assert told(rule_set, form, item("q", {"valueQuantity": QUANTITY}), version=R5) == []
        other = {"valueQuantity": QUANTITY | {"code": "g"}}
        assert told(rule_set, form, item("q", other), version=R5) == [(f"{WHERE}Quantity", NO_OPTION)]


class TestOpen:
    @pytest.mark.parametrize("given", ["my own", {"valueCoding": {"display": "my own"}}])
    def test_an_open_choice_takes_words(self, rule_set: RuleSet, given: Any) -> None:
        assert told(rule_set, [question("q", "open-choice", answerOption=OPTIONS)], answered("q", given)) == []

    def test_but_no_other_codes(self, rule_set: RuleSet) -> None:
        form = [question("q", "open-choice", answerOption=OPTIONS)]
        assert told(rule_set, form, answered("q", coded("x"))) == [(f"{WHERE}Coding", NO_OPTION)]

    @pytest.mark.parametrize(
        ("constraint", "given", "expected"),
        [
            ("optionsOnly", coded("x"), [(f"{WHERE}Coding", NO_OPTION)]),
            ("optionsOnly", "x", [(f"{WHERE}String", "valueCoding is expected, not valueString.")]),
            ("optionsOrString", coded("x"), [(f"{WHERE}Coding", NO_OPTION)]),
            ("optionsOrString", "x", []),
            ("optionsOrString", 1, [(f"{WHERE}Integer", "valueCoding or valueString is expected, not valueInteger.")]),
            ("optionsOrType", coded("x"), []),
            ("optionsOrType", "x", [(f"{WHERE}String", "valueCoding is expected, not valueString.")]),
        ],
    )
    def test_answer_constraint(self, rule_set: RuleSet, constraint: str, given: Any, expected: Any) -> None:
        form = [question("q", "coding", answerConstraint=constraint, answerOption=OPTIONS)]
        assert told(rule_set, form, answered("q", given), version=R5) == expected


UNCHECKED = "Whether this is one of the question's options was not checked: its value set is not at hand in full."
SYSTEM = "http://example.org/s"


class TestValueSets:
    def told(self, rule_set: RuleSet, given: Any, reference: str = "#vs", **value_set: Any) -> list[tuple[str, str]]:
        contained = {"resourceType": "ValueSet", "id": "vs", "url": "http://example.org/vs", "status": "active"}
        asked = question("q", "choice", answerValueSet=reference)
        inside = [contained | {"version": "1"} | value_set]
        form = questionnaire(asked, contained=inside, extension=pointing_at("vs"))
        return told(rule_set, form, answered("q", given))

    @pytest.mark.parametrize("reference", ["#vs", "http://example.org/vs", "http://example.org/vs|1"])
    def test_a_contained_one(self, rule_set: RuleSet, reference: str) -> None:
        compose = {"include": [{"system": SYSTEM, "concept": [{"code": "a"}, {"code": "b"}]}]}
        assert self.told(rule_set, coded("b"), reference, compose=compose) == []
        assert self.told(rule_set, coded("c"), reference, compose=compose) == [(f"{WHERE}Coding", NO_OPTION)]

    def test_what_is_excluded(self, rule_set: RuleSet) -> None:
        both = [{"system": SYSTEM, "concept": [{"code": "a"}, {"code": "b"}]}]
        compose = {"include": both, "exclude": [{"system": SYSTEM, "concept": [{"code": "b"}]}]}
        assert self.told(rule_set, coded("b"), compose=compose) == [(f"{WHERE}Coding", NO_OPTION)]

    def test_an_expansion(self, rule_set: RuleSet) -> None:
        inner = {"system": SYSTEM, "code": "b"}
        outer = {"system": SYSTEM, "code": "a", "abstract": True, "contains": [inner]}
        expansion = {"timestamp": "2026-01-01", "contains": [outer]}
        assert self.told(rule_set, coded("b"), expansion=expansion) == []
        assert self.told(rule_set, coded("a"), expansion=expansion) == [(f"{WHERE}Coding", NO_OPTION)]

    @pytest.mark.parametrize(
        "value_set",
        [
            {"compose": {"include": [{"system": SYSTEM}]}},
            {"compose": {"include": [{"valueSet": ["http://example.org/other"]}]}},
            {
                "compose": {
                    "include": [
                        {"system": SYSTEM, "concept": [{"code": "x"}]},
                        {"system": SYSTEM, "filter": [{"property": "p", "op": "=", "value": "v"}]},
                    ]
                }
            },
            {"expansion": {"timestamp": "2026-01-01", "total": 9, "contains": [{"system": SYSTEM, "code": "x"}]}},
            {"expansion": {"timestamp": "2026-01-01", "offset": 9, "contains": [{"system": SYSTEM, "code": "x"}]}},
            {},
        ],
    )
    def test_one_that_is_not_here_in_full(self, rule_set: RuleSet, value_set: dict[str, Any]) -> None:
        assert self.told(rule_set, coded("a"), **value_set) == [(f"{WHERE}Coding", UNCHECKED)]

    def test_one_that_is_not_here_at_all(self, rule_set: RuleSet) -> None:
        form = [question("q", "choice", answerValueSet="http://example.org/vs")]
        [problem] = problems(rule_set, form, answered("q", coded("a")))
        assert (problem.kind, problem.message) == (Kind.NOTE, UNCHECKED)

    def test_one_of_another_address(self, rule_set: RuleSet) -> None:
        compose = {"include": [{"system": SYSTEM, "concept": [{"code": "a"}]}]}
        for reference in ("http://example.org/vs|2", "http://example.org/other"):
            assert self.told(rule_set, coded("c"), reference, compose=compose) == [(f"{WHERE}Coding", UNCHECKED)]

    def test_a_code_without_a_system(self, rule_set: RuleSet) -> None:
        compose = {"include": [{"system": SYSTEM, "concept": [{"code": "a"}]}]}
        assert self.told(rule_set, {"valueCoding": {"code": "a"}}, compose=compose) == [
            (f"{WHERE}Coding", "Only the code was compared with the question's options: the coding names no system.")
        ]
        assert self.told(rule_set, {"valueCoding": {"code": "b"}}, compose=compose) == [(f"{WHERE}Coding", NO_OPTION)]

    def test_words_are_in_no_value_set(self, rule_set: RuleSet) -> None:
        assert self.told(rule_set, "a", "http://example.org/elsewhere") == [
            (f"{WHERE}String", "None of the question's options is a valueString.")
        ]
