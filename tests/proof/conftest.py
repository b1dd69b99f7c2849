"""A small rule set for which every property holds, whole or with a fault planted in it, and random answers."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from service.ruleset.load import load_rule_set
from service.ruleset.proof.reading import values_of
from service.triage.model import RuleSet
from service.triage.operators import leaves_of
from service.triage.questions import Answer, Answers, Denied, Item, Unasked

TINY = Path(__file__).parents[1] / "ruleset" / "tiny"
SOUND = (
    "criteria/emergency.yaml",
    "when: {all: [{item: numb, is: true}, {item: weak, is: true}]}",
    "when: {item: weak, is: true}",
)
"""With this change of its emergency criterion, everything is proven of the tiny rule set."""

Edit = tuple[str, str, str]
"""A file of the rule set, what stands in it once, and what shall stand there."""


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the small rule set, some of it written otherwise."""

    def make(*edits: Edit) -> Path:
        folder = tmp_path / "small"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TINY, folder)
        (folder / "cases.yaml").write_text("[]\n", "utf-8")
        for name, old, new in (SOUND, *edits):
            text = (folder / name).read_text("utf-8")
            assert text.count(old) == 1, (name, old)
            (folder / name).write_text(text.replace(old, new), "utf-8")
        return folder

    return make


@pytest.fixture
def small_rules(small: Callable[..., Path]) -> Callable[..., RuleSet]:
    """The same, loaded."""
    return lambda *edits: load_rule_set(small(*edits))


def drawn(rule_set: RuleSet, seed: int) -> Answers:
    """Random answers: many or few questions answered, seldom or often with yes, one in ten against itself.

    Every third multiple choice is answered in part: some of its options denied, some not asked.
    In every second set some criterion or qualifier is met on purpose, since chance alone would hardly ever do it.
    """
    die = random.Random(seed)
    share, positive = die.choice([0.05, 0.5, 0.95, 1.0]), die.choice([0.02, 0.1, 0.4])
    answers: dict[str, tuple[Answer, ...]] = {}
    for name, item in rule_set.items.items():
        values = values_of(item)
        if die.random() > share:
            continue
        if item.kind == "boolean":
            given: tuple[Answer, ...] = (die.random() < positive,)
        elif item.repeats:
            given = tuple(v for v in values if v != "none" and die.random() < positive) or ("none",)
        else:
            given = (die.choice(values),)
        given = (*given, die.choice(values)) if die.random() < 0.1 else given
        answers[name] = in_part(item, given, die) if item.repeats and die.random() < 0.3 else given
    if die.random() < 0.5:
        met = die.choice([*rule_set.criteria, *(rule_set.qualifiers * 5)])
        for leaf in leaves_of(met.when):
            kept = answers.get(leaf.item, ()) if die.random() < 0.2 else ()
            answers[leaf.item] = (*kept, die.choice(leaf.values))
    return answers


def in_part(item: Item, given: tuple[Answer, ...], die: random.Random) -> tuple[Answer, ...]:
    """The answer to a multiple choice with options unasked or denied, now and then all of them, or against itself."""
    share = die.choice([0.2, 0.8, 1.0])
    kinds = die.choice([(Unasked,), (Denied,), (Unasked, Denied)])
    said = [die.choice(kinds)(option.code) for option in item.options if option.code != "none"]
    kept = given if die.random() < 0.7 else ()
    return (*kept, *(each for each in said if die.random() < share)) or given
