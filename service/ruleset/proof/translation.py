"""What `triage/decide.py` makes of a set of answers, as formulas: each criterion's verdict, the level, the highest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from service.ruleset.proof.logic import B, Logic, at_least
from service.ruleset.proof.reading import Facts, Given, is_met, is_open, read
from service.triage.model import Criterion, Level, RuleSet
from service.triage.questions import AllOf, AtLeast, Condition, Is

ABOVE = (Level.ROUTINE, Level.URGENT, Level.EMERGENCY)
"""The levels above the lowest: a level is told by which of these it reaches."""


@dataclass(frozen=True, slots=True)
class Truth(Generic[B]):
    """A condition in Kleene logic: true is `yes`, false is not `possible`, unknown is between."""

    yes: B
    possible: B


@dataclass(frozen=True, slots=True)
class Judged(Generic[B]):
    """One criterion: its condition, and its verdict (neither: it is silent)."""

    criterion: Criterion
    when: Truth[B]
    fired: B
    unknown: B


@dataclass(frozen=True, slots=True)
class Outcome(Generic[B]):
    """A decision as formulas. `reached` and `possible`: for each level of ABOVE, that `level` / `highest` is no lower.

    `found` is the same of the level of what fired alone, without the floor for what is open.
    """

    said: Facts[B]
    facts: Facts[B]
    criteria: tuple[Judged[B], ...]
    holding: Mapping[str, B]
    found: Mapping[Level, B]
    reached: Mapping[Level, B]
    possible: Mapping[Level, B]


def translate(logic: Logic[B], rule_set: RuleSet, given: Given[B]) -> Outcome[B]:
    """The decision on the answers given."""
    reading = read(logic, rule_set, given)
    holding = {q.id: judge(logic, q.when, reading.undisputed).yes for q in rule_set.qualifiers}
    settled = {q.id: judge(logic, q.when, reading.settled).yes for q in rule_set.qualifiers}
    criteria = tuple(_judged(logic, criterion, reading.facts, holding, settled) for criterion in rule_set.criteria)
    floor = rule_set.open_floor
    is_open = logic.some(j.unknown for j in criteria if j.criterion.level >= floor)
    found = {level: logic.some(j.fired for j in criteria if j.criterion.level >= level) for level in ABOVE}
    reached = {level: logic.some((found[level], is_open)) if level <= floor else found[level] for level in ABOVE}
    possible = {
        level: logic.some((reached[level], *(j.unknown for j in criteria if j.criterion.level >= level)))
        for level in ABOVE
    }
    return Outcome(reading.said, reading.facts, criteria, holding, found, reached, possible)


def judge(logic: Logic[B], condition: Condition, facts: Facts[B]) -> Truth[B]:
    """The condition on the facts."""
    if isinstance(condition, Is):
        met = is_met(logic, condition, facts)
        return Truth(met, logic.some((met, is_open(logic, condition, facts))))
    parts = [judge(logic, part, facts) for part in condition.parts]
    count = len(parts) if isinstance(condition, AllOf) else 1
    if isinstance(condition, AtLeast):
        count = condition.count
    return Truth(
        at_least(logic, count, [part.yes for part in parts]),
        at_least(logic, count, [part.possible for part in parts]),
    )


def _judged(
    logic: Logic[B], criterion: Criterion, facts: Facts[B], holding: Mapping[str, B], settled: Mapping[str, B]
) -> Judged[B]:
    """Lowered while a qualifier holds; open while that could still be disputed."""
    when = judge(logic, criterion.when, facts)
    lowered, for_good = (logic.some(each[q.id] for q in criterion.unless) for each in (holding, settled))
    fired = logic.every((when.yes, logic.negate(lowered)))
    unknown = logic.every((when.possible, logic.negate(fired), logic.negate(for_good)))
    return Judged(criterion, when, fired, unknown)
