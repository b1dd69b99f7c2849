"""Conditions in three-valued logic, and the answers a verdict rests on, in words."""

from __future__ import annotations

import pytest

from service.triage.operators import because, compile_condition, items_of
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Facts, Is, Item, Option

ITEMS = {
    "weak": Item("weak", "signs", "boolean", False, "Is a limb weak?", "weakness of a limb"),
    "onset": Item(
        "onset",
        "signs",
        "choice",
        False,
        "How did it begin?",
        "how it began",
        options=(Option("sudden", "suddenly"), Option("gradual", "gradually")),
    ),
    "site": Item(
        "site",
        "signs",
        "choice",
        True,
        "Where?",
        "where it is numb",
        options=(Option("foot", "foot"), Option("face", "the face"), Option("none", "none of these")),
    ),
}
WEAK = Is("weak", "is", (True,))
SUDDEN = Is("onset", "is", ("sudden",))
FOOT_OR_FACE = Is("site", "includes_any", ("foot", "face"))
YES = frozenset({True})
NO = frozenset({False})


@pytest.mark.parametrize(
    ("condition", "facts", "truth"),
    [
        (WEAK, {"weak": YES}, True),
        (WEAK, {"weak": NO}, False),
        (WEAK, {}, None),
        (FOOT_OR_FACE, {"site": frozenset({"face"})}, True),
        (FOOT_OR_FACE, {"site": frozenset()}, False),
        (FOOT_OR_FACE, {}, None),
        (AllOf((WEAK, SUDDEN)), {"weak": YES}, None),
        (AllOf((WEAK, SUDDEN)), {"weak": NO}, False),
        (AllOf((WEAK, SUDDEN)), {"weak": YES, "onset": frozenset({"sudden"})}, True),
        (AnyOf((WEAK, SUDDEN)), {"weak": YES}, True),
        (AnyOf((WEAK, SUDDEN)), {"weak": NO}, None),
        (AnyOf((WEAK, SUDDEN)), {"weak": NO, "onset": frozenset({"gradual"})}, False),
        (AtLeast(2, (WEAK, SUDDEN, FOOT_OR_FACE)), {"weak": YES}, None),
        (AtLeast(2, (WEAK, SUDDEN, FOOT_OR_FACE)), {"weak": YES, "site": frozenset({"foot"})}, True),
        (AtLeast(2, (WEAK, SUDDEN, FOOT_OR_FACE)), {"weak": NO, "site": frozenset()}, False),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: Condition, facts: Facts, truth: bool | None) -> None:
    assert compile_condition(condition).judge(facts) is truth


@pytest.mark.parametrize(
    ("condition", "facts", "told"),
    [
        (WEAK, {"weak": YES}, ("weakness of a limb: yes",)),
        (WEAK, {"weak": NO}, ("weakness of a limb: no",)),
        (WEAK, {}, ("weakness of a limb: not answered",)),
        (SUDDEN, {"onset": frozenset({"gradual"})}, ("how it began: not “suddenly”",)),
        (FOOT_OR_FACE, {"site": frozenset({"face", "foot"})}, ("where it is numb: foot, the face",)),
        (FOOT_OR_FACE, {"site": frozenset()}, ("where it is numb: none of “foot, the face”",)),
        (AllOf((WEAK, SUDDEN)), {"weak": YES}, ("how it began: not answered",)),
        (AnyOf((WEAK, SUDDEN)), {"weak": YES}, ("weakness of a limb: yes",)),
        (AnyOf((WEAK, WEAK)), {"weak": YES}, ("weakness of a limb: yes",)),
    ],
)
def test_a_verdict_names_only_the_answers_that_decide_it(
    condition: Condition, facts: Facts, told: tuple[str, ...]
) -> None:
    assert because(compile_condition(condition), facts, ITEMS) == told


def test_the_items_of_a_condition_come_once_and_in_order() -> None:
    assert items_of(AllOf((SUDDEN, AnyOf((WEAK, SUDDEN))))) == ("onset", "weak")
