"""Weights are read as strictly as rules, and made-up people answer by them: the same seed, the same people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from service.ruleset.generate import draw, items_of_both, together
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set
from service.ruleset.weights import Profile, Weights, load_weights
from service.settings import packaged
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.model import Level
from service.triage.questions import Answers, Item, Option

Make = Callable[..., Path]

QUESTIONS = ["numb", "weak", "weak-onset", "site", "feels"]
GOOD = """\
answers:
  numb: 0.8
  weak: 0.5
  weak-onset: {sudden: 1, gradual: 3}
  site: {foot: 0.5, hand: 0.2}
  feels: 0.1
answered: {feels: 0.5}
profiles:
  - {id: anyone, says: Anyone., share: 3}
  - id: weak-person
    says: Weak, and of few words.
    share: 1
    answered: 0.9
    answers: {weak: 1, weak-onset: {gradual: 0}, site: {hand: 0.9}}
"""


def people(folder: Path, count: int = 2000, seed: int = 1) -> list[tuple[str, Answers]]:
    rules = load_rule_set(folder)
    weights = load_weights(folder, rules)
    drawn = [draw(rules.items, weights, seed=seed, number=number) for number in range(1, count + 1)]
    return [(one.profile, one.answers) for one in drawn]


def share(of: list[bool]) -> float:
    return sum(of) / len(of)


def test_the_same_seed_and_number_are_the_same_person(tiny_with: Make) -> None:
    folder = tiny_with({"weights.yaml": GOOD})
    assert people(folder, 50) == people(folder, 50)
    assert people(folder, 50)[:20] == people(folder, 20)
    assert people(folder, 50, seed=2) != people(folder, 50)
    rules = load_rule_set(folder)
    assert draw(rules.items, load_weights(folder, rules), seed=3, number=7).id == "generated-3-7"


def test_the_first_people_of_a_seed_never_change(tiny_with: Make) -> None:
    """Golden: a suite that keeps a seed keeps its people, on any machine and any Python."""
    assert people(tiny_with({"weights.yaml": GOOD}), 4) == GOLDEN


GOLDEN: list[tuple[str, Answers]] = [
    ("anyone", {"numb": (True,), "weak": (False,), "site": ("none",)}),
    ("weak-person", {"numb": (True,), "site": ("none",)}),
    (
        "anyone",
        {"numb": (True,), "weak": (True,), "weak-onset": ("gradual",), "site": ("hand",), "feels": (False,)},
    ),
    ("weak-person", {"numb": (True,), "weak": (True,), "weak-onset": ("sudden",), "site": ("hand",)}),
]


def test_chances_are_met_and_a_profile_goes_before_what_is_usual(tiny_with: Make) -> None:
    drawn = people(tiny_with({"weights.yaml": GOOD}))
    kinds = Counter(profile for profile, _ in drawn)
    assert kinds["weak-person"] / len(drawn) == pytest.approx(0.25, abs=0.03)
    anyone = [answers for profile, answers in drawn if profile == "anyone"]
    assert share([answers["numb"] == (True,) for answers in anyone]) == pytest.approx(0.8, abs=0.03)
    assert share(["feels" in answers for answers in anyone]) == pytest.approx(0.5, abs=0.04)
    assert share(["foot" in answers["site"] for answers in anyone]) == pytest.approx(0.5, abs=0.04)
    assert share(["hand" in answers["site"] for answers in anyone]) == pytest.approx(0.2, abs=0.03)
    onsets = [answers["weak-onset"] for answers in anyone if "weak-onset" in answers]
    assert share([onset == ("gradual",) for onset in onsets]) == pytest.approx(0.75, abs=0.05)
    weak = [answers for profile, answers in drawn if profile == "weak-person"]
    assert {answers["weak"] for answers in weak if "weak" in answers} == {(True,)}
    assert {answers["weak-onset"] for answers in weak if "weak-onset" in answers} == {("sudden",)}
    assert share(["numb" in answers for answers in weak]) == pytest.approx(0.9, abs=0.04)
    assert share(["feels" in answers for answers in weak]) == pytest.approx(0.45, abs=0.06)
    sites = [answers["site"] for answers in weak if "site" in answers]
    assert share(["hand" in site for site in sites]) == pytest.approx(0.9, abs=0.04)
    assert share(["foot" in site for site in sites]) == pytest.approx(0.5, abs=0.06)


def test_only_what_is_asked_is_answered_and_none_goes_alone(tiny_with: Make) -> None:
    for _, answers in people(tiny_with({"weights.yaml": GOOD}), 300):
        assert ("weak-onset" in answers) <= (answers.get("weak") == (True,))
        assert "none" not in answers.get("site", ()) or answers["site"] == ("none",)
        assert list(answers) == [name for name in QUESTIONS if name in answers]


def test_another_question_leaves_the_other_answers_as_they_were(tiny_with: Make) -> None:
    folder = tiny_with({"weights.yaml": GOOD})
    rules = load_rule_set(folder)
    weights = load_weights(folder, rules)
    items = {"cold": Item("cold", "g", "boolean", repeats=False, text="Cold?", label="cold"), **rules.items}
    more = replace(weights, answers={**weights.answers, "cold": 0.5})
    for number in range(1, 100):
        plain = draw(rules.items, weights, seed=1, number=number)
        wider = dict(draw(items, more, seed=1, number=number).answers)
        assert "cold" in wider or plain.profile == "weak-person"
        wider.pop("cold", None)
        assert wider == plain.answers


def test_weights_of_two_versions_hold_all_that_either_asks() -> None:
    old = Weights(
        {"a": 0.1, "gone": 0.2, "site": {"x": 0.1, "lost": 0.3}},
        {"gone": 0.5},
        (Profile("p", "P.", 1, 1, {"gone": 1, "a": 1, "site": {"lost": 0.9, "x": 0.9}}), Profile("q", "Q.", 1, 1, {})),
    )
    new = Weights({"a": 0.9, "new": 0.4, "site": {"x": 0.2}}, {}, (Profile("p", "P.", 2, 1, {"new": 1}),))
    both = together(old, new)
    assert both.answers == {"a": 0.9, "gone": 0.2, "new": 0.4, "site": {"x": 0.2, "lost": 0.3}}
    assert both.answered == {"gone": 0.5}
    assert both.profiles == (Profile("p", "P.", 2, 1, {"gone": 1, "site": {"lost": 0.9}, "new": 1}),)


def test_questions_of_two_versions_have_the_options_of_both() -> None:
    def item(name: str, *codes: str) -> Item:
        kind = "choice" if codes else "boolean"
        options = tuple(Option(code, code) for code in codes)
        return Item(name, "g", kind, repeats=bool(codes), text=name, label=name, options=options)

    old = {"site": item("site", "foot", "lost"), "gone": item("gone"), "turned": item("turned", "a")}
    new = {"site": item("site", "hand", "foot"), "turned": item("turned"), "added": item("added")}
    both = items_of_both(old, new)
    assert {name: [option.code for option in one.options] for name, one in both.items()} == {
        "site": ["hand", "foot", "lost"],
        "gone": [],
        "turned": [],
        "added": [],
    }


def test_weights_are_no_rules(tiny: Path, tiny_with: Make) -> None:
    digest = load_rule_set(tiny).digest
    folder = tiny_with({"weights.yaml": GOOD})
    assert load_rule_set(folder).digest == digest
    assert check_rule_set(folder) == check_rule_set(tiny)
    assert load_rule_set(tiny_with({"weights.yaml": "answers: ["})).digest == digest


def test_who_wants_to_draw_needs_weights(tiny: Path) -> None:
    with pytest.raises(RuleSetInvalid) as caught:
        load_weights(tiny, load_rule_set(tiny))
    assert [problem.text for problem in caught.value.problems] == [
        "tiny/weights.yaml:1:1: The file is missing. Add it, and fill it as docs/writing-rules.md says."
    ]


OPTIONS = "Write one of: sudden, gradual."
BAD = [
    ("  numb: 0.8\n", "", ["2:3: The question “numb” has no weight. Add it under “answers”."]),
    ("  numb: 0.8\n", "  numb: 0.8\n  nubm: 1\n", [
        "3:3: There is no question “nubm”. Did you mean “numb”? Name one of items.yaml, or add it there."]),
    ("numb: 0.8", "numb: -1", [
        "2:9: “numb” must have a number that is not negative, or one for each option. "
        "Write 0.2, or {a: 0.2, b: 0.1}."]),
    ("numb: 0.8", "numb: 8", ["2:9: A chance cannot be 8. Write a number from 0 to 1."]),
    ("numb: 0.8", "numb: {true: 1}", ["2:10: A key must be text. Put it in quotes."]),
    ("numb: 0.8", "numb: {a: 1}", [
        "2:9: “numb” is answered with yes or no. Write the chance of yes, such as 0.2."]),
    ("site: {foot: 0.5, hand: 0.2}", "site: 0.5", [
        "5:9: “site” is answered with one or more options. "
        "Write a number for each option, such as {left: 2, right: 1}."]),
    ("foot: 0.5, hand: 0.2", "foot: 5, hand: 0.2", ["5:16: A chance cannot be 5. Write a number from 0 to 1."]),
    ("foot: 0.5, hand: 0.2", "foot: 0.5", [
        "5:9: The option “hand” of “site” has no weight. Add it; write 0 if nobody gives that answer."]),
    ("hand: 0.2", "hand: 0.2, none: 1", [
        "5:32: “none” is given when no other option is. Remove it, and lower the chances of the others."]),
    ("gradual: 3", "gradual: 3, late: 1", [f"4:39: “weak-onset” has no option “late”. {OPTIONS}"]),
    ("{sudden: 1, gradual: 3}", "{sudden: 0, gradual: 0}", [
        "4:15: No option of “weak-onset” is above 0. Give at least one of them a number above 0.",
        "14:36: No option of “weak-onset” is above 0. Give at least one of them a number above 0."]),
    ("{gradual: 0}", "{gradual: 0, sudden: 0}", [
        "14:36: No option of “weak-onset” is above 0. Give at least one of them a number above 0."]),
    ("{feels: 0.5}", "{feel: 0.5}", [
        "7:12: There is no question “feel”. Did you mean “feels”? Name one of items.yaml, or add it there."]),
    ("{feels: 0.5}", "{feels: 1.5}", ["7:19: “feels” must be a chance. Write a number from 0 to 1."]),
    ("{weak: 1,", "{week: 1,", [
        "14:15: There is no question “week”. Did you mean “weak”? Name one of items.yaml, or add it there."]),
    ("id: weak-person", "id: anyone", [
        "10:9: The profile “anyone” is repeated. Give one of the two another id, or remove it."]),
    ("share: 3}", "share: many}", [
        "9:40: “share” must be a number that is not negative. Write it like 12."]),
    ("share: 3}", "share: 3, odds: 1}", [
        "9:43: There is no key “odds” here. Remove it, or use one of: id, says, share, answered, answers."]),
    ("numb: 0.8", "numb: yes", [
        "2:9: The bare word “yes” is not allowed. Write true or false, or put it in quotes."]),
    ("answers:\n  numb", "answer:\n  numb", [
        "1:1: The key “answers” is missing. Add it.",
        "1:1: There is no key “answer” here. Remove it, or use one of: answers, answered, profiles."]),
]  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "expected"), BAD)
def test_what_is_wrong_with_weights_is_told_at_its_place(
    there: str, instead: str, expected: list[str], tiny_with: Make
) -> None:
    assert GOOD.count(there) == 1
    folder = tiny_with({"weights.yaml": GOOD.replace(there, instead, 1)})
    with pytest.raises(RuleSetInvalid) as caught:
        load_weights(folder, load_rule_set(folder))
    told = [problem.text for problem in caught.value.problems]
    assert told == [f"tiny/weights.yaml:{line}" for line in expected]
    assert [problem.text for problem in check_rule_set(folder) if "weights" in problem.where] == told


def test_no_share_at_all_draws_nobody(tiny_with: Make) -> None:
    folder = tiny_with({"weights.yaml": GOOD.replace("share: 3", "share: 0").replace("share: 1", "share: 0")})
    with pytest.raises(RuleSetInvalid) as caught:
        load_weights(folder, load_rule_set(folder))
    assert [problem.text for problem in caught.value.problems] == [
        "tiny/weights.yaml:9:3: No profile has a share above 0. Give at least one a share."
    ]


def test_the_weights_we_ship_give_every_level_and_every_profile_its_due() -> None:
    folder = packaged("rules") / "limb_numbness"
    rules = compile_rules(load_rule_set(folder))
    weights = load_weights(folder, rules.rule_set)
    drawn = [draw(rules.rule_set.items, weights, seed=1, number=number) for number in range(1, 1001)]
    assert {one.profile for one in drawn} == {profile.id for profile in weights.profiles}
    decisions = [decide(rules, one.answers) for one in drawn]
    levels = Counter(decision.level for decision in decisions)
    assert all(50 < levels[level] < 600 for level in Level), levels
    assert 50 < sum(not decision.complete for decision in decisions) < 500
    fired = {finding.criterion.id for decision in decisions for finding in decision.fired}
    assert len(fired) > 0.8 * len(rules.rule_set.criteria)
