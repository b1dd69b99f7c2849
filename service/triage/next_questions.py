"""What to ask next: the open questions in the order of what their answers can still change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.triage.acute_bits import Acute, reader_of
from service.triage.bit_criteria import judged_on_bits
from service.triage.bit_tests import BitTest, bit_tests
from service.triage.bits import NOTHING
from service.triage.decision import Decision
from service.triage.explanation import NextQuestion, WhatIf
from service.triage.model import Ask, Level, RuleSet
from service.triage.steps import Tree, steps_of

Tests = int
"""Recommended tests, a bit for each, in the order of the rules."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pattern of evidence: whether it holds, what it asks, and the tests that are worth it from each level on."""

    holds: BitTest
    tree: Tree
    tests: Mapping[Level, Tests]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is asked for once a criterion, by id, fires or a pattern of evidence holds in people of `scope`.

    `bit` is the bit of each test.
    """

    bit: Mapping[str, Tests]

    scope: BitTest
    criteria: Mapping[str, Mapping[Level, Tests]]
    evidence: tuple[Evidence, ...]


def next_questions(
    rule_set: RuleSet, acute: Acute, decision: Decision, raising: Iterable[WhatIf]
) -> tuple[NextQuestion, ...]:
    """The open questions that can still raise the level or bring a test.

    By level, then by whether one answer is enough, then by the number of tests, then as in the questionnaire.
    """
    still_open = {question.item.link_id: question for question in decision.open_questions}
    alone = {change.item.link_id for one in raising if len(one.changes) == 1 for change in one.changes}
    tests = _tests_still_open(rule_set, acute, decision)
    found = []
    for link_id, item in rule_set.items.items():
        if question := still_open.get(link_id):
            asked = (question.words, question.could_reach, link_id in alone)
            found.append(NextQuestion(item, *asked, tests.get(link_id, ())))
        elif link_id in tests:
            found.append(NextQuestion(item, item.label, None, False, tests[link_id]))
    return tuple(sorted(found, key=lambda one: (-(one.could_reach or Level.SELF_CARE), not one.alone, -len(one.tests))))


@lru_cache(maxsize=16)
def _waiting_of(rule_set: RuleSet) -> Waiting:
    """What the rules of a rule set wait for; made once."""
    conditions, steps = rule_set.conditions, steps_of(rule_set)
    every = [(condition, one) for condition in conditions.values() for one in condition.evidence]
    scope, *tests = bit_tests([rule_set.scope, *(one.when for _, one in every)], reader_of(rule_set).bits)
    bit = {code: 1 << place for place, code in enumerate(rule_set.tests)}

    def worth(level: Level, asks: Iterable[Ask]) -> dict[Level, Tests]:
        found = dict.fromkeys(Level, NOTHING)
        for ask in asks:
            for least in Level:
                found[least] |= bit[ask.test] if min(level, ask.soonest) >= least else NOTHING
        return found

    criteria = {}
    for criterion in rule_set.criteria:
        suspected = (ask for code in criterion.suspects for ask in conditions[code].tests)
        criteria[criterion.id] = worth(criterion.level, (*criterion.tests, *suspected))
    evidence = tuple(
        Evidence(holds, steps.tree(one.when), worth(one.level, condition.tests))
        for holds, (condition, one) in zip(tests, every, strict=True)
    )
    return Waiting(bit, scope, criteria, evidence)


def _tests_still_open(rule_set: RuleSet, acute: Acute, decision: Decision) -> dict[str, tuple[str, ...]]:
    """The tests that an answer to each question could add to those proposed, in the order of the rules."""
    waiting = _waiting_of(rule_set)
    found: dict[str, Tests] = {}
    least = Level.URGENT if decision.level is Level.EMERGENCY else Level.ROUTINE  # the rest is left to the department
    for link_id, tests in _waited_for(rule_set, waiting, acute, decision):
        found[link_id] = found.get(link_id, NOTHING) | tests[least]
    proposed = sum(waiting.bit[proposal.test.code] for proposal in (*decision.proposals, *decision.withheld))
    return {link_id: _named(waiting, new) for link_id, tests in found.items() if (new := tests & ~proposed)}


def _named(waiting: Waiting, tests: Tests) -> tuple[str, ...]:
    return tuple(code for code, bit in waiting.bit.items() if tests & bit)


def _waited_for(
    rule_set: RuleSet, waiting: Waiting, acute: Acute, decision: Decision
) -> Iterator[tuple[str, Mapping[Level, Tests]]]:
    """Each question that a criterion or a pattern of evidence waits for, and what would be asked for then."""
    for place, one in enumerate(judged_on_bits(rule_set)):
        if one.criterion.level > Level.SELF_CARE and one.when(acute.possible) and not one.unless(acute.settled):
            tests = waiting.criteria[one.criterion.id]
            if one.unless(acute.undisputed):
                yield from ((link_id, tests) for link_id in decision.findings[place].open)
            elif not one.when(acute.given):
                yield from ((link_id, tests) for link_id in _open(one.tree, acute))
    if waiting.scope(acute.possible):
        for pattern in waiting.evidence:
            if pattern.holds(acute.possible) and not pattern.holds(acute.given):
                yield from ((link_id, pattern.tests) for link_id in _open(pattern.tree, acute))


def _open(tree: Tree, acute: Acute) -> Iterator[str]:
    """The questions that leave an open condition open."""
    if tree.leaf is not None:
        yield tree.leaf.asks.item
    for part in tree.parts:
        if part.holds(acute.possible) and not part.holds(acute.given):
            yield from _open(part, acute)
