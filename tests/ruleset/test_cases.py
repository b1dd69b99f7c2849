"""Cases are loaded with the answers that they imply, run, and reported in words where they fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.ruleset.cases import load_cases, run_cases
from service.ruleset.load import RuleSetInvalid, load_rule_set
from service.triage.compiled import compile_rules

Make = Callable[..., Path]


def failures(folder: Path) -> list[str]:
    rules = load_rule_set(folder)
    return [failure.text for failure in run_cases(compile_rules(rules), load_cases(folder, rules))]


def test_the_cases_of_the_tiny_rule_set_hold(tiny: Path) -> None:
    assert failures(tiny) == []


def test_others_denied_answers_no_and_none_but_leaves_single_choices_open(tiny: Path) -> None:
    denied, unanswered, both, *_ = load_cases(tiny, load_rule_set(tiny))
    assert denied.answers == {
        "numb": (True,),
        "weak": (True,),
        "weak-onset": ("sudden",),
        "site": ("none",),
        "feels": (False,),
    }
    assert unanswered.answers == {"numb": (True,), "weak": (True,), "weak-onset": ("gradual",)}
    assert both.answers == {"numb": (True, False), "site": ("foot",), "feels": (True,)}


def test_a_case_knows_its_place(tiny: Path) -> None:
    cases = load_cases(tiny, load_rule_set(tiny))
    assert [case.place for case in cases[:3]] == ["tiny/cases.yaml:1:3", "tiny/cases.yaml:15:3", "tiny/cases.yaml:27:3"]
    assert cases[0].covers == ("CF-1",)


def test_a_case_that_fails_says_where_what_was_expected_and_what_happened(tiny_with: Make) -> None:
    cases = """
- id: wrong-throughout
  says: Nothing here is so.
  others: denied
  answers: {numb: true, weak: true, weak-onset: sudden}
  expect:
    level: routine
    highest: urgent
    fires: [gradual-weakness]
    silent: [weak-limb]
    unknown: [any-numbness]
    suspects: [nerve]
    tests: [scan]
    no_tests: [blood]
    notices: [slow]
    open: [site]
    conflicts: [feels]
"""
    head = "tiny/cases.yaml:2:3: Case “wrong-throughout”: "
    assert failures(tiny_with({"cases.yaml": cases})) == [
        head + "expected level routine, but it was emergency; what fired: weak-limb, any-numbness.",
        head + "expected urgent as the highest level possible, but it was emergency.",
        head + "expected criterion “gradual-weakness” to be fired, but it was not fired "
        "(onset of weakness: not “gradually”).",
        head + "expected criterion “weak-limb” to be not fired, but it was fired (numb: yes; weakness: yes).",
        head + "expected criterion “any-numbness” to be unknown, but it was fired (numb: yes).",
        head + "expected “scan” among the proposed tests, but found blood.",
        head + "expected no test “blood”, but it was proposed.",
        head + "expected “slow” among the notices, but found always.",
        head + "expected “site” among the open questions, but found none.",
        head + "expected “feels” among the questions with conflicting answers, but found none.",
    ]


def test_cases_with_problems_are_refused_with_all_of_them(tiny_with: Make) -> None:
    folder = tiny_with(
        {"cases.yaml": "- {id: a, says: s, others: denied, answers: {nmb: true}, expect: {level: low}}\n"}
    )
    with pytest.raises(RuleSetInvalid) as caught:
        load_cases(folder, load_rule_set(folder))
    assert [problem.where for problem in caught.value.problems] == ["tiny/cases.yaml:1:74"]


def test_a_case_about_what_does_not_exist_is_refused(tiny_with: Make) -> None:
    case = "- {id: a, says: s, others: denied, answers: {nmb: true}, expect: {level: routine, fires: [b]}}"
    folder = tiny_with({"cases.yaml": case})
    with pytest.raises(RuleSetInvalid) as caught:
        load_cases(folder, load_rule_set(folder))
    assert [problem.text for problem in caught.value.problems] == [
        "tiny/cases.yaml:1:46: There is no question “nmb”. "
        "Did you mean “numb”? Name one of items.yaml, or add it there.",
        "tiny/cases.yaml:1:91: There is no criterion “b”. Name one of criteria/*.yaml, or add it there.",
    ]


SCANNED = """
- id: scanned
  says: Foot and hand, and it is denied that they feel.
  others: denied
  answers: {numb: true, site: [foot, hand]}
  expect: {level: urgent, codings: {scan: [cat-imaging]}}
"""


def test_a_case_names_all_the_codes_that_a_test_carries(tiny_with: Make) -> None:
    assert failures(tiny_with({"cases.yaml": SCANNED})) == []


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("[cat-imaging]", "[cat-imaging, foot]", "to carry cat-imaging, foot, but it carried cat-imaging."),
        ("[cat-imaging]", "[]", "to carry no code, but it carried cat-imaging."),
        (
            "[foot, hand]}\n  expect: {level: urgent",
            "[hand]}\n  expect: {level: routine",
            "to carry cat-imaging, but it was not proposed.",
        ),
    ],
)
def test_a_test_that_carries_other_codes_fails_the_case(tiny_with: Make, there: str, instead: str, said: str) -> None:
    assert SCANNED.count(there) == 1
    found = failures(tiny_with({"cases.yaml": SCANNED.replace(there, instead)}))
    assert found == [f"tiny/cases.yaml:2:3: Case “scanned”: expected test “scan” {said}"]


def test_a_code_that_the_test_never_carries_is_refused(tiny_with: Make) -> None:
    folder = tiny_with({"cases.yaml": SCANNED.replace("[cat-imaging]", "[numbness]")})
    with pytest.raises(RuleSetInvalid) as caught:
        load_cases(folder, load_rule_set(folder))
    assert [problem.text for problem in caught.value.problems] == [
        "tiny/cases.yaml:6:44: The test “scan” never carries the code “numbness”. Write one of: cat-imaging, foot."
    ]
    folder = tiny_with({"cases.yaml": SCANNED.replace("scan: [cat-imaging]", "blood: [foot]")})
    with pytest.raises(
        RuleSetInvalid, match=r"The test “blood” never carries the code “foot”. It carries none: remove the entry."
    ):
        load_cases(folder, load_rule_set(folder))
