"""What every proof stands on: two sets of answers left open, their decisions as z3 formulas, and what joins them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import z3

from service.ruleset.proof.reading import Given, picks, sayings_of
from service.ruleset.proof.translation import ABOVE, Outcome, translate
from service.triage.model import Level, RuleSet
from service.triage.questions import NONE, Answer, Answers, Item

Formula = Any
"""A z3 truth; z3 has no types of its own."""

Ladder = Mapping[Level, Formula]
"""A level as formulas: for each level above the lowest, whether it is reached."""

Translate = Callable[["Symbols", RuleSet, Given[Formula]], Outcome[Formula]]


class Symbols:
    """z3's logic."""

    def every(self, parts: Iterable[Formula]) -> Formula:
        """True when all parts are."""
        return _joined(z3.And, tuple(parts), alone=True)

    def some(self, parts: Iterable[Formula]) -> Formula:
        """True when at least one part is."""
        return _joined(z3.Or, tuple(parts), alone=False)

    def negate(self, part: Formula) -> Formula:
        """True when the part is not."""
        return z3.Not(part)


def _joined(join: Callable[..., Formula], parts: tuple[Formula, ...], *, alone: bool) -> Formula:
    if not parts:
        return z3.BoolVal(alone)
    return parts[0] if len(parts) == 1 else join(*parts)


LOGIC = Symbols()


@dataclass(frozen=True, slots=True)
class Answered:
    """A set of answers left open, and the decision on it."""

    given: Given[Formula]
    outcome: Outcome[Formula]

    def answers(self, name: str) -> Formula:
        """Whether anything was said to the question at all."""
        return LOGIC.some(self.given[name].values())


@dataclass(frozen=True, slots=True)
class Ground:
    """`one` and `other` share nothing until a property joins them; `timeout` is in seconds for each query."""

    rule_set: RuleSet
    one: Answered
    other: Answered
    timeout: float


def ground(rule_set: RuleSet, *, timeout: float, translate: Translate = translate) -> Ground:
    """The rule set, translated for two sets of answers. Tests give a `translate` with a fault in it."""

    def answered(which: str) -> Answered:
        given = {
            name: {value: z3.Bool(f"{which} {name} {value}") for value in sayings_of(item)}
            for name, item in rule_set.items.items()
        }
        return Answered(given, translate(LOGIC, rule_set, given))

    return Ground(rule_set, answered("one"), answered("other"), timeout)


def same(ground: Ground, *names: str) -> Formula:
    """Both sets answer these questions alike."""
    return LOGIC.every(
        ground.one.given[name][value] == truth for name in names for value, truth in ground.other.given[name].items()
    )


def same_but(ground: Ground, name: str) -> Formula:
    """Both sets answer everything alike except this question."""
    return same(ground, *(other for other in ground.rule_set.items if other != name))


def agree(item: Item, given: Mapping[Answer, Formula]) -> Formula:
    """The answers to one question do not contradict each other; no answer does not either."""
    if not item.repeats:
        return z3.AtMost(*given.values(), 1) if len(given) > 1 else z3.BoolVal(True)
    return z3.Not(z3.And(given[NONE], LOGIC.some(picks(given).values())))


def no_lower(above: Ladder, below: Ladder) -> Formula:
    """The level told by the first ladder is at least that of the second."""
    return LOGIC.every(z3.Implies(below[level], above[level]) for level in ABOVE)


def reaches(ladder: Ladder, level: Level) -> Formula:
    """The level told by the ladder is at least this one; every level is at least the lowest."""
    return ladder[level] if level in ladder else z3.BoolVal(True)


def answers_in(model: Formula, answered: Answered) -> Answers:
    """The answers of a model, in the order of the questionnaire; what the model leaves open was not given."""
    found = {
        name: tuple(value for value, truth in given.items() if z3.is_true(model.eval(truth)))
        for name, given in answered.given.items()
    }
    return {name: values for name, values in found.items() if values}
