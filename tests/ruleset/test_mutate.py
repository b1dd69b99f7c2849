"""Rules are changed one small change at a time: what no case notices is told, what cannot matter is not tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.ruleset.load import load_rule_set
from service.ruleset.mutation.sameness import always, never_differ
from service.ruleset.mutation.variations import in_words, variations
from service.triage.model import RuleSet
from service.triage.operators import compile_condition
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Is

Make = Callable[..., Path]

THOROUGH = (Path(__file__).parent / "thorough.yaml").read_text("utf-8")

NUMB = Is("numb", "is", (True,))
SUDDEN = Is("weak-onset", "is", ("sudden",))
GRADUAL = Is("weak-onset", "is", ("gradual",))
WEAK = Is("weak", "is", (True,))
FOOT = Is("site", "includes", ("foot",))
HAND = Is("site", "includes", ("hand",))


@pytest.fixture
def rule_set(tiny: Path) -> RuleSet:
    return load_rule_set(tiny)


def run(folder: Path) -> Result:
    return CliRunner().invoke(main, ["mutate", str(folder)])


def test_thorough_cases_notice_every_change(tiny_with: Make) -> None:
    done = run(tiny_with({"cases.yaml": THOROUGH}))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "53 changes tried, 53 noticed by a case, 0 not; 1 more can make no difference\n"


WEAKER = [
    (
        "no_suspects: [nerve]",
        "no_tests: []",
        [
            "tiny/ruleset.yaml:16:8: scope: “numb is true” widened: “numb is any of true, false”; no case notices.",
        ],
    ),
    (
        "level: routine, unknown: [weak-limb]",
        "level: routine",
        [],
    ),
    (
        "level: routine, silent: [gradual-weakness]",
        "level: routine",
        [
            "tiny/items.yaml:7:9: question “weak-onset”: “weak is true” dropped from “asked_when”; no case notices.",
        ],
    ),
    (
        "decides: [gradual-weakness, any-numbness]",
        "open: [site]",
        ["tiny/criteria/routine.yaml:1:3: criterion “gradual-weakness”: level: made self-care; no case notices."],
    ),
    (
        "conflicts: [weak-onset, numb, feels]",
        "conflicts: [weak-onset]",
        [
            "tiny/items.yaml:26:5: contradiction of “numb is true” and “feels is true”: dropped; no case notices.",
        ],
    ),
    (
        "tests: [blood]",
        "no_tests: [scan]",
        ["tiny/conditions.yaml:1:3: condition “nerve”: “blood” dropped from “tests”; no case notices."],
    ),
    (
        "codings: {scan: [cat-imaging]}",
        "tests: [scan]",
        [
            "tiny/tests.yaml:1:3: test “scan”, code “foot”: “when” dropped; no case notices.",
            "tiny/tests.yaml:1:3: test “scan”, code “foot”: “feels is true” widened: "
            "“feels is any of true, false”; no case notices.",
        ],
    ),
    (
        "fires: [numb-all-over], suspects_at: {nerve: routine}",
        "fires: [numb-all-over]",
        ["tiny/conditions.yaml:6:7: evidence “A numb foot” for “nerve”: level: made urgent; no case notices."],
    ),
]


@pytest.mark.parametrize(("there", "instead", "survivors"), WEAKER, ids=lambda value: str(value)[:40])
def test_what_a_weaker_case_lets_pass_is_told(tiny_with: Make, there: str, instead: str, survivors: list[str]) -> None:
    assert THOROUGH.count(there) == 1
    done = run(tiny_with({"cases.yaml": THOROUGH.replace(there, instead)}))
    assert done.stderr.splitlines() == survivors
    assert done.exit_code == (1 if survivors else 0)
    noticed, unseen = 53 - len(survivors), len(survivors)
    told = f"53 changes tried, {noticed} noticed by a case, {unseen} not; 1 more can make no difference\n"
    assert done.stdout == told


def test_cases_that_fail_are_told_first(tiny_with: Make) -> None:
    done = run(tiny_with({"cases.yaml": THOROUGH.replace("level: self-care", "level: urgent")}))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "tiny/cases.yaml:30:3: Case “weak-but-not-numb”: "
        "expected level urgent, but it was self-care; what fired: nothing.\n"
        "1 problem found\n"
    )


VARIATIONS: list[tuple[Condition, list[str]]] = [
    (NUMB, ["“numb is true” negated: “numb is false”", "“numb is true” widened: “numb is any of true, false”"]),
    (
        SUDDEN,
        [
            "“weak-onset is sudden” negated: “weak-onset is gradual”",
            "“weak-onset is sudden” widened: “weak-onset is any of sudden, gradual”",
        ],
    ),
    (
        Is("site", "includes_any", ("foot", "hand")),
        [
            "“site includes any of foot, hand” narrowed: “site includes any of hand”",
            "“site includes any of foot, hand” narrowed: “site includes any of foot”",
        ],
    ),
    (
        AllOf((Is("site", "includes_any", ("foot", "hand")), NUMB)),
        [
            "“site includes any of foot, hand” dropped from “all of”",
            "“numb is true” dropped from “all of”",
            "“all of” made “any of”",
            "“site includes any of foot, hand” narrowed: “site includes any of hand”",
            "“site includes any of foot, hand” narrowed: “site includes any of foot”",
            "“numb is true” negated: “numb is false”",
            "“numb is true” widened: “numb is any of true, false”",
        ],
    ),
]


@pytest.mark.parametrize(("condition", "says"), VARIATIONS, ids=lambda value: str(value)[:40])
def test_the_changes_of_a_condition(rule_set: RuleSet, condition: Condition, says: list[str]) -> None:
    assert [said for said, _ in variations(condition, rule_set.items)] == says


def test_how_many_of_the_conditions_are_needed_goes_up_and_down(rule_set: RuleSet) -> None:
    two_of_three = AtLeast(2, (NUMB, WEAK, FOOT))
    made = dict(variations(two_of_three, rule_set.items))
    assert made["“at least 2 of” made “at least 1 of”"] == AtLeast(1, (NUMB, WEAK, FOOT))
    assert made["“at least 2 of” made “at least 3 of”"] == AtLeast(3, (NUMB, WEAK, FOOT))
    assert made["“weak is true” dropped from “at least 2 of”"] == AtLeast(2, (NUMB, FOOT))


def test_what_is_written_elsewhere_is_left_alone(rule_set: RuleSet) -> None:
    both = AllOf((NUMB, GRADUAL))
    assert [said for said, _ in variations(both, rule_set.items, (NUMB, GRADUAL))] == [
        "“numb is true” dropped from “all of”",
        "“weak-onset is gradual” dropped from “all of”",
        "“all of” made “any of”",
    ]


def test_conditions_in_words() -> None:
    assert in_words(AnyOf((NUMB, AtLeast(2, (FOOT, HAND, WEAK))))) == (
        "any of (numb is true; at least 2 of (site includes foot; site includes hand; weak is true))"
    )


SAME: list[tuple[Condition, Condition, bool]] = [
    (AllOf((WEAK, GRADUAL)), GRADUAL, True),
    (AnyOf((WEAK, GRADUAL)), WEAK, True),
    (AllOf((NUMB, GRADUAL)), GRADUAL, False),
    (AllOf((SUDDEN, GRADUAL)), AllOf((SUDDEN, GRADUAL, NUMB)), False),
    (AnyOf((FOOT, HAND)), Is("site", "includes_any", ("foot", "hand")), True),
    (AllOf((FOOT, HAND)), Is("site", "includes_any", ("foot", "hand")), False),
]


@pytest.mark.parametrize(("before", "after", "same"), SAME, ids=lambda value: str(value)[:40])
def test_what_no_answers_can_tell_apart_is_proven_to_be_the_same(
    rule_set: RuleSet, before: Condition, after: Condition, same: bool
) -> None:
    """How weakness began is asked only when there is weakness, and an answer to it means that there is."""
    judged = compile_condition(before), compile_condition(after)
    assert never_differ(*judged, rule_set, open_matters=False) is same


def test_what_stays_open_can_tell_conditions_apart(rule_set: RuleSet) -> None:
    judged = compile_condition(AllOf((WEAK, GRADUAL))), compile_condition(GRADUAL)
    assert not never_differ(*judged, rule_set, open_matters=True)


def test_one_condition_that_always_follows_from_another(rule_set: RuleSet) -> None:
    onset, weak = compile_condition(GRADUAL), compile_condition(WEAK)
    assert always(onset, weak, rule_set)
    assert not always(weak, onset, rule_set)
