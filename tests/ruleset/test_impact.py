"""A change of rules is compared on the same people: who moves, by which criteria, and whether that is intended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.ruleset.impact import Impact, Sample, compare, known_answers
from service.ruleset.intended import IntendedChange, load_intended, newly_intended
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set
from service.triage.compiled import compile_rules
from service.triage.model import Level

Make = Callable[..., Path]

WEAK = """\
- id: weak-limb
  title: A weak limb
  level: emergency
  when: {all: [{item: numb, is: true}, {item: weak, is: true}]}
  unless: [came-gradually]
  suspects: [nerve]
  tell: Weakness with numbness.
  sources: {D0-E1: emergency, D0-W1: unstated}
  basis: stated
"""
FEELS_NOT = """\
- id: feels-not
  title: Cannot feel
  level: emergency
  when: {item: feels, is: false}
  tell: Feeling is gone.
  sources: {D0-E1: emergency}
  basis: stated
"""
HAND = """\
- id: numb-hand
  title: A numb hand
  level: urgent
  when: {item: site, includes: hand}
  tests:
    - {test: scan, sources: [D0-T1], basis: stated}
  tell: A hand.
  sources: {D0-U1: urgent}
  basis: stated
"""
TO_URGENT = IntendedChange("weak-limb", Level.EMERGENCY, Level.URGENT, "It was too much.")

PEOPLE: dict[str, dict[str, Any]] = {
    "weak": {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["none"], "feels": True},
    "weak-too": {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["none"], "feels": True},
    "hand": {"numb": True, "weak": False, "site": ["hand"], "feels": True},
    "foot": {"numb": True, "weak": False, "site": ["foot"], "feels": True},
    "well": {"numb": False, "weak": False, "site": ["none"], "feels": True},
    "silent": {},
}


def samples(people: dict[str, dict[str, Any]] = PEOPLE) -> list[Sample]:
    given = {
        name: {link_id: tuple(v) if isinstance(v, list) else (v,) for link_id, v in answers.items()}
        for name, answers in people.items()
    }
    return [Sample(name, answers, answers) for name, answers in given.items()]


def impact(old: Path, new: Path, *intended: IntendedChange, people: dict[str, dict[str, Any]] = PEOPLE) -> Impact:
    before, after = compile_rules(load_rule_set(old)), compile_rules(load_rule_set(new))
    return compare(before, after, samples(people), intended)


@pytest.fixture
def milder(tiny: Path, tiny_with: Make) -> Path:
    """Weakness is urgent instead of an emergency, and a numb hand urgent instead of routine."""
    urgent = (tiny / "criteria/urgent.yaml").read_text() + WEAK.replace("level: emergency", "level: urgent") + HAND
    return tiny_with({"criteria/emergency.yaml": "[]", "criteria/urgent.yaml": urgent})


def moves(found: Impact, *, up: bool) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(move.before.code, move.after.code, move.causes, move.ids) for move in found.moves(up=up)]


def test_who_moves_from_where_to_where_and_why(tiny: Path, milder: Path) -> None:
    found = impact(tiny, milder)
    assert {(a.code, b.code): n for (a, b), n in found.levels.items()} == {
        ("emergency", "urgent"): 2,
        ("routine", "urgent"): 1,
        ("routine", "routine"): 2,
        ("self-care", "self-care"): 1,
    }
    assert moves(found, up=False) == [("emergency", "urgent", ("weak-limb",), ("weak", "weak-too"))]
    assert moves(found, up=True) == [("routine", "urgent", ("numb-hand",), ("hand",))]
    assert found.causes == {"weak-limb": (0, 2), "numb-hand": (1, 0)}
    assert found.lost == 2


def test_the_other_way_round_it_is_the_other_way_round(tiny: Path, milder: Path) -> None:
    found = impact(milder, tiny)
    assert moves(found, up=True) == [("urgent", "emergency", ("weak-limb",), ("weak", "weak-too"))]
    assert moves(found, up=False) == [("urgent", "routine", ("numb-hand",), ("hand",))]
    assert found.lost == 0


def test_no_change_moves_nobody(tiny: Path) -> None:
    found = impact(tiny, tiny)
    assert (found.moves(up=True), found.moves(up=False), found.causes, found.tests) == ((), (), {}, {})
    assert (found.status_changes(to_final=True), found.status_changes(to_final=False)) == ((), ())


def test_tests_and_status_are_compared(tiny: Path, milder: Path) -> None:
    found = impact(tiny, milder)
    assert found.tests == {"scan": (1, 0)}
    assert (found.status_changes(to_final=True), found.status_changes(to_final=False)) == ((), ())
    unsure = {"unsure": {"numb": True, "site": ["hand"], "feels": True}}
    assert impact(tiny, milder, people=unsure).status_changes(to_final=True) == ("unsure",)
    found = impact(milder, tiny, people=unsure)
    assert found.status_changes(to_final=False) == ("unsure",)
    assert found.tests == {"scan": (0, 1)}


def test_a_level_that_only_an_open_question_holds_is_put_down_to_it(tiny: Path, tiny_with: Make) -> None:
    """Without the site the old rules cannot leave it to self-care; the new ones no longer ask."""
    routine = (tiny / "criteria/routine.yaml").read_text().replace(", {item: site, includes_any: [foot, hand]}", "")
    new = tiny_with({"criteria/routine.yaml": routine, "criteria/urgent.yaml": "[]"})
    found = impact(tiny, new, people={"short": {"numb": False, "weak": False, "feels": True}})
    assert moves(found, up=False) == [
        ("routine", "self-care", ("numb-all-over (open)", "any-numbness (open)"), ("short",))
    ]
    assert moves(impact(new, tiny, people={"short": {"numb": False, "weak": False, "feels": True}}), up=True) == [
        ("self-care", "routine", ("numb-all-over (open)", "any-numbness (open)"), ("short",))
    ]


def test_an_intended_change_covers_as_far_as_it_says(tiny: Path, milder: Path) -> None:
    found = impact(tiny, milder, TO_URGENT)
    assert (found.lost, found.unneeded) == (0, ())
    (move,) = found.moves(up=False)
    assert move.intended == (TO_URGENT,)
    assert not move.needs_a_reason


@pytest.mark.parametrize(
    "other",
    [
        IntendedChange("any-numbness", Level.EMERGENCY, Level.URGENT, "Another criterion."),
        IntendedChange("weak-limb", Level.URGENT, Level.ROUTINE, "From another level."),
    ],
)
def test_another_change_covers_nothing(other: IntendedChange, tiny: Path, milder: Path) -> None:
    found = impact(tiny, milder, other)
    assert (found.lost, found.unneeded) == (2, (other,))


def test_nobody_may_fall_lower_than_intended(tiny: Path, tiny_with: Make) -> None:
    gone = tiny_with({"criteria/emergency.yaml": "[]"})
    found = impact(tiny, gone, TO_URGENT)
    assert moves(found, up=False) == [("emergency", "routine", ("weak-limb",), ("weak", "weak-too"))]
    assert found.lost == 2
    assert impact(tiny, gone, IntendedChange("weak-limb", Level.EMERGENCY, Level.ROUTINE, "So be it.")).lost == 0


def test_every_criterion_that_held_someone_up_has_to_be_listed(tiny: Path, tiny_with: Make, tmp_path: Path) -> None:
    new = load_rule_set(tiny_with({"criteria/emergency.yaml": "[]"}))
    old = load_rule_set(tiny_with({"criteria/emergency.yaml": WEAK + FEELS_NOT}))
    both = {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["none"], "feels": False}
    changes = [IntendedChange(name, Level.EMERGENCY, Level.ROUTINE, "Why.") for name in ("weak-limb", "feels-not")]

    def lost(*intended: IntendedChange) -> int:
        return compare(compile_rules(old), compile_rules(new), samples({"both": both}), intended).lost

    assert [lost(), lost(changes[0]), lost(changes[1]), lost(*changes)] == [1, 1, 1, 0]


def test_what_held_someone_up_below_emergency_has_to_be_listed_too(tiny: Path, tiny_with: Make) -> None:
    people = {"worse": {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["foot", "hand"], "feels": True}}
    new = tiny_with({"criteria/emergency.yaml": "[]", "criteria/urgent.yaml": "[]"})
    weak = IntendedChange("weak-limb", Level.EMERGENCY, Level.ROUTINE, "Why.")
    places = IntendedChange("numb-all-over", Level.URGENT, Level.ROUTINE, "Why.")
    found = impact(tiny, new, weak, people=people)
    assert moves(found, up=False) == [("emergency", "routine", ("weak-limb", "numb-all-over"), ("worse",))]
    assert found.lost == 1
    assert impact(tiny, new, weak, places, people=people).lost == 0


def test_answers_that_a_version_does_not_know_are_left_out_and_named(tiny: Path) -> None:
    rules = load_rule_set(tiny)
    answers = {"numb": (True,), "weak": ("very",), "site": ("foot", "knee"), "shoe": ("43",), "feels": (False,)}
    known, unread = known_answers(rules, answers)
    assert known == {"numb": (True,), "site": ("foot",), "feels": (False,)}
    assert unread == ("weak", "site", "shoe")


def with_changes(tiny: Path, text: str) -> dict[str, str]:
    return {"ruleset.yaml": (tiny / "ruleset.yaml").read_text() + f"intended_changes:\n{text}"}


ENTRY = "  - {criterion: weak-limb, from: emergency, to: urgent, reason: It was too much.}\n"


def test_intended_changes_are_read_and_those_made_before_are_not_new(
    tiny: Path, tiny_with: Make, tmp_path: Path
) -> None:
    assert load_intended(tiny) == ()
    new = tiny_with(with_changes(tiny, ENTRY))
    assert check_rule_set(new) == check_rule_set(tiny)
    assert load_intended(new) == newly_intended(tiny, new) == (TO_URGENT,)
    assert newly_intended(new, new) == ()
    assert newly_intended(new, tiny) == ()


@pytest.mark.parametrize(
    ("there", "instead", "expected"),
    [
        ("to: urgent", "to: emergency", "49: “emergency” is not below “emergency”: this change lowers nothing. "
         "Correct one of the two, or remove the entry."),
        ("to: urgent", "to: low", "49: “low” is not allowed for “to”. "
         "Write one of: emergency, urgent, routine, self-care."),
        (", reason: It was too much.", "", "5: The key “reason” is missing. Add it."),
        ("criterion: weak", "criterion: Weak", "17: “criterion” must be an id in small letters, digits and hyphens. "
         "Write it like limb-weakness."),
    ],
)  # fmt: skip
def test_an_intended_change_that_makes_no_sense_is_told_at_its_place(
    there: str, instead: str, expected: str, tiny: Path, tiny_with: Make
) -> None:
    folder = tiny_with(with_changes(tiny, ENTRY.replace(there, instead)))
    line = len((tiny / "ruleset.yaml").read_text().splitlines()) + 2
    with pytest.raises(RuleSetInvalid) as caught:
        load_intended(folder)
    told = [problem.text for problem in caught.value.problems]
    assert told == [f"tiny/ruleset.yaml:{line}:{expected}"]
    assert told[0] in [problem.text for problem in check_rule_set(folder)]
