"""What level other answers would lead to, tried on whole numbers; the thorough way where those cannot say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from service.triage.acute_bits import Acute, Plain, Reader, acute_bits, plain_bits, reader_of
from service.triage.bit_tests import BitTest, bit_tests
from service.triage.bits import NOTHING
from service.triage.changes import Said, changed_answers
from service.triage.compiled import CompiledRuleSet
from service.triage.explanation import How
from service.triage.facts import read_acutely
from service.triage.levels import level_of
from service.triage.model import Criterion, Level, RuleSet
from service.triage.questions import NONE, Answers, AnyOf, Value
from service.triage.steps import steps_of

Single = tuple[int, How, Value]
"""A change to one value: the place of the question, how, and the value."""


@dataclass(frozen=True, slots=True)
class AtLevel:
    """What gives a level: any of the criteria without qualifiers, or one whose qualifiers do not hold."""

    level: Level
    plain: BitTest
    qualified: tuple[tuple[BitTest, BitTest], ...]

    def holds(self, facts: int, lowering: int) -> bool:
        """Whether some criterion is true of `facts` and lowered by nothing in `lowering`."""
        return bool(self.plain(facts)) or any(when(facts) and not unless(lowering) for when, unless in self.qualified)


@dataclass(frozen=True, slots=True)
class Levels:
    """What gives each level, most acute first, and what, true or open, gives the level that open criteria hold."""

    each: tuple[AtLevel, ...]
    floor: AtLevel

    def of(self, given: int, possible: int, undisputed: int, settled: int) -> Level:
        """The level that `decide` gives to these facts; the numbers are those of Acute."""
        for at in self.each:
            if at.holds(given, undisputed):
                return at.level
            if at.level is self.floor.level and self.floor.holds(possible, settled):
                return at.level
        return Level.SELF_CARE


@lru_cache(maxsize=16)
def levels_of(rule_set: RuleSet) -> Levels:
    """The levels of a rule set as tests of bits; made once."""

    def at(level: Level, criteria: list[Criterion]) -> AtLevel:
        plain = AnyOf(tuple(criterion.when for criterion in criteria if not criterion.unless))
        qualified = [criterion for criterion in criteria if criterion.unless]
        conditions = [criterion.when for criterion in qualified]
        unless = [AnyOf(tuple(qualifier.when for qualifier in criterion.unless)) for criterion in qualified]
        any_plain, *tests = bit_tests([plain, *conditions, *unless], reader_of(rule_set).bits)
        return AtLevel(level, any_plain, tuple(zip(tests[: len(qualified)], tests[len(qualified) :], strict=True)))

    floor = rule_set.open_floor
    return Levels(
        tuple(at(level, [one for one in rule_set.criteria if one.level is level]) for level in sorted(Level)[::-1]),
        at(floor, [one for one in rule_set.criteria if one.level >= floor]),
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """The answers as they are, to try changes on.

    Without `plain` everything is tried the thorough way. `asked` are all bits of the questions that depend on other
    answers and are asked, `bound` of those whose answers can change what others mean; `known` holds the levels of the
    changes that were tried.
    """

    rules: CompiledRuleSet
    said: Said
    reader: Reader
    levels: Levels
    acute: Acute
    plain: Plain | None
    asked: int
    bound: int
    known: dict[tuple[Single, ...], Level | None]

    def level_after(self, changes: tuple[Single, ...]) -> Level | None:
        """The level after the changes; None when they contradict an answer that is not changed."""
        if changes not in self.known:
            self.known[changes] = _tried(self, changes)
        return self.known[changes]


def trial_of(rules: CompiledRuleSet, answers: Answers) -> Trial:
    """The trial of these answers; thorough when the rules have no generated functions or an answer has no bit."""
    reader = reader_of(rules.rule_set)
    plain = plain_bits(reader, answers) if rules.prepared else None
    acute = acute_bits(reader, plain) if plain else _read_thoroughly(reader, answers)
    said = Said(steps_of(rules.rule_set), answers, acute.given)
    asked, bound = NOTHING, reader.tied
    if plain:
        for item in reader.gated:
            asked |= item.every if plain.said & item.gates else NOTHING
            bound |= NOTHING if plain.given & item.gates else item.every
    return Trial(rules, said, reader, levels_of(rules.rule_set), acute, plain, asked, bound, {})


def _read_thoroughly(reader: Reader, answers: Answers) -> Acute:
    reading = read_acutely(reader.rule_set, answers)
    given, possible = reader.bits.given_and_possible(reading.facts)
    undisputed, _ = reader.bits.given_and_possible(reading.undisputed)
    return Acute(given, possible, undisputed, settled=NOTHING, conflicts=NOTHING)


def _tried(trial: Trial, changes: tuple[Single, ...]) -> Level | None:
    plain = trial.plain
    if plain is None:
        return _thoroughly(trial, changes)
    bound = NOTHING
    for place, how, value in changes:
        every = trial.said.steps.every[place]
        bound |= every & trial.bound
        if (how is How.ALSO or how is How.WITHOUT) and (every & (plain.disputed | plain.in_part) or value == NONE):
            return _thoroughly(trial, changes)
    if not bound:
        return _with(trial, changes)
    after = acute_bits(trial.reader, _changed(trial, plain, changes))
    if after.conflicts & ~trial.acute.conflicts:
        return None
    return trial.levels.of(after.given, after.possible, after.undisputed, after.settled)


def _thoroughly(trial: Trial, changes: tuple[Single, ...]) -> Level | None:
    """The level by the way that every response goes."""
    answers = trial.said.answers
    singles = [trial.said.change((place, how, (value,))) for place, how, value in changes]
    level, reading = level_of(trial.rules, changed_answers(answers, singles, trial.rules.rule_set))
    known = {conflict.link_ids for conflict in read_acutely(trial.rules.rule_set, answers).conflicts}
    return level if all(conflict.link_ids in known for conflict in reading.conflicts) else None


def _with(trial: Trial, changes: Iterable[Single]) -> Level:
    """The level after changes to questions on which nothing else depends."""
    acute, steps = trial.acute, trial.said.steps
    given, possible, undisputed, settled = acute.given, acute.possible, acute.undisputed, acute.settled
    for place, how, value in changes:
        every, bit = steps.every[place], NOTHING if value == NONE else steps.own[place][value]
        if how is How.WITHOUT:
            given, possible, undisputed, settled = given & ~bit, possible & ~bit, undisputed & ~bit, settled & ~bit
            continue
        gone = NOTHING if how is How.ALSO else every
        given, possible = given & ~gone | bit, possible & ~gone | bit
        undisputed, settled = undisputed & ~gone | bit, settled & ~gone | bit
    return trial.levels.of(given, possible, undisputed, settled)


def _changed(trial: Trial, plain: Plain, changes: Iterable[Single]) -> Plain:
    """Each answer by itself after the changes, without the answers to questions that are then no longer asked."""
    given, closed, unasked, said, disputed = plain.given, plain.closed, plain.unasked, plain.said, plain.disputed
    for place, how, value in changes:
        own, every = trial.said.steps.own[place], trial.said.steps.every[place]
        bit, none = own.get(value, NOTHING), own.get(NONE, NOTHING)
        if how is How.WITHOUT:
            given, said = given & ~bit, said & ~bit
            said |= NOTHING if said & every else none
            continue
        gone = none if how is How.ALSO else every
        given, said = given & ~gone | bit & ~none, said & ~gone | bit
        closed, unasked, disputed = closed | every, unasked & ~gone, disputed & ~gone
    if hidden := _no_longer_asked(trial, said):
        given, closed, unasked, said = given & ~hidden, closed & ~hidden, unasked & ~hidden, said & ~hidden
        disputed &= ~hidden
    return Plain(given, closed, unasked, said, disputed)


def _no_longer_asked(trial: Trial, said: int) -> int:
    """All bits of the questions that were asked after the answers as they are, and are not after what is `said`."""
    hidden = more = NOTHING
    while True:
        for item in trial.reader.gated:
            if trial.asked & item.every and not said & ~hidden & item.gates:
                more |= item.every
        if more == hidden:
            return hidden
        hidden = more
