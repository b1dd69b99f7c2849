"""What a new version of a rule set changes for those who answered: who moves up or down, and by which criteria."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from service.ruleset.intended import IntendedChange
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.model import Level, RuleSet
from service.triage.questions import Answer, Answers, Item


@dataclass(frozen=True, slots=True)
class Sample:
    """One response as each version reads it, and the linkIds of answers that a version does not know."""

    id: str
    before: Answers
    after: Answers
    unread_before: tuple[str, ...] = ()
    unread_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """What the change of version does to one response.

    `causes` are the criteria that lifted it and no longer do, or that lift it now and did not; `intended` the changes
    that the new version declares for all of them, and empty when one of them is not declared.
    """

    sample: Sample
    before: Level
    after: Level
    was_final: bool
    is_final: bool
    causes: tuple[str, ...]
    intended: tuple[IntendedChange, ...]
    tests_added: tuple[str, ...]
    tests_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """All responses that move between the same levels for the same reason."""

    before: Level
    after: Level
    causes: tuple[str, ...]
    intended: tuple[IntendedChange, ...]
    ids: tuple[str, ...]

    @property
    def needs_a_reason(self) -> bool:
        """Whether this takes people out of emergency without being intended."""
        return self.before is Level.EMERGENCY and self.after < self.before and not self.intended


@dataclass(frozen=True, slots=True)
class Impact:
    """What the change of version does to all responses."""

    shifts: tuple[Shift, ...]
    intended: tuple[IntendedChange, ...]

    @property
    def levels(self) -> Counter[tuple[Level, Level]]:
        """How many responses go from which level to which."""
        return Counter((shift.before, shift.after) for shift in self.shifts)

    def moves(self, *, up: bool) -> tuple[Move, ...]:
        """Who moves up, or down: the largest and most acute moves first."""
        moved = [shift for shift in self.shifts if (shift.after > shift.before if up else shift.after < shift.before)]
        ids: dict[tuple[Level, Level, tuple[str, ...], tuple[IntendedChange, ...]], list[str]] = {}
        for shift in moved:
            ids.setdefault((shift.before, shift.after, shift.causes, shift.intended), []).append(shift.sample.id)
        found = [Move(*reason, ids=tuple(names)) for reason, names in ids.items()]
        return tuple(
            sorted(found, key=lambda move: (-max(move.before, move.after), not move.needs_a_reason, -len(move.ids)))
        )

    @property
    def lost(self) -> int:
        """How many are moved down from emergency without that being intended."""
        return sum(len(move.ids) for move in self.moves(up=False) if move.needs_a_reason)

    @property
    def causes(self) -> dict[str, tuple[int, int]]:
        """How many each criterion moves up and down, those that move most first."""
        up, down = (
            Counter(c for move in self.moves(up=way) for c in move.causes * len(move.ids)) for way in (True, False)
        )
        names = sorted({*up, *down}, key=lambda name: (-down[name] - up[name], name))
        return {name: (up[name], down[name]) for name in names}

    def status_changes(self, *, to_final: bool) -> tuple[str, ...]:
        """Whose preliminary level becomes final, or whose final level becomes preliminary."""
        return tuple(s.sample.id for s in self.shifts if s.was_final != s.is_final and s.is_final is to_final)

    @property
    def tests(self) -> dict[str, tuple[int, int]]:
        """For how many each test is proposed anew, and for how many it no longer is."""
        added = Counter(test for shift in self.shifts for test in shift.tests_added)
        removed = Counter(test for shift in self.shifts for test in shift.tests_removed)
        return {name: (added[name], removed[name]) for name in sorted({*added, *removed})}

    @property
    def unread(self) -> tuple[Counter[str], Counter[str]]:
        """The linkIds whose answers the old version, and the new one, does not know; in how many responses."""
        return (
            Counter(name for shift in self.shifts for name in shift.sample.unread_before),
            Counter(name for shift in self.shifts for name in shift.sample.unread_after),
        )

    @property
    def unneeded(self) -> tuple[IntendedChange, ...]:
        """Declared changes that explain no move of these responses."""
        used = {change for shift in self.shifts for change in shift.intended}
        return tuple(change for change in self.intended if change not in used)


def compare(
    old: CompiledRuleSet, new: CompiledRuleSet, samples: Iterable[Sample], intended: tuple[IntendedChange, ...]
) -> Impact:
    """Every sample decided by both versions; `intended` are the changes that the new one declares."""
    return Impact(tuple(_shift(old, new, sample, intended) for sample in samples), intended)


def known_answers(rule_set: RuleSet, answers: Answers) -> tuple[Answers, tuple[str, ...]]:
    """The answers that the rule set can read, and the linkIds of those that it cannot."""
    known: dict[str, tuple[Answer, ...]] = {}
    unread = []
    for link_id, values in answers.items():
        item = rule_set.items.get(link_id)
        fitting = tuple(value for value in values if item and _fits(item, value))
        if fitting:
            known[link_id] = fitting
        if fitting != values:
            unread.append(link_id)
    return known, tuple(unread)


def _fits(item: Item, value: Answer) -> bool:
    if isinstance(value, bool):
        return item.kind == "boolean"
    return any(option.code == value for option in item.options)


def _shift(old: CompiledRuleSet, new: CompiledRuleSet, sample: Sample, intended: tuple[IntendedChange, ...]) -> Shift:
    before, after = decide(old, sample.before), decide(new, sample.after)
    tests_before = [proposal.test.code for proposal in before.proposals]
    tests_after = [proposal.test.code for proposal in after.proposals]
    return Shift(
        sample=sample,
        before=before.level,
        after=after.level,
        was_final=before.complete,
        is_final=after.complete,
        causes=_causes(before, after),
        intended=_declared(before, after, intended),
        tests_added=tuple(test for test in tests_after if test not in tests_before),
        tests_removed=tuple(test for test in tests_before if test not in tests_after),
    )


def _causes(before: Decision, after: Decision) -> tuple[str, ...]:
    """The criteria that fire above the lower level on the side of the higher one; else those that are open there."""
    high, low = (before, after) if before.level > after.level else (after, before)
    concerned = [f for f in high.findings if f.criterion.level > low.level]
    if fired := [f.criterion.id for f in concerned if f.verdict is Verdict.FIRED]:
        return tuple(fired)
    was_open = {f.criterion.id for f in low.findings if f.verdict is Verdict.UNKNOWN}
    is_open = [f.criterion.id for f in concerned if f.verdict is Verdict.UNKNOWN] if high.level > low.level else []
    return tuple(f"{name} (open)" for name in is_open if name not in was_open)


def _declared(before: Decision, after: Decision, intended: tuple[IntendedChange, ...]) -> tuple[IntendedChange, ...]:
    """The declared changes by which this may move down so far; empty unless every criterion concerned has one."""
    lifted = [f.criterion for f in before.fired if f.criterion.level > after.level]
    allowed = {(c.criterion, c.before): c for c in intended if c.after <= after.level}
    found = [allowed.get((criterion.id, criterion.level)) for criterion in lifted]
    return tuple(change for change in found if change) if all(found) else ()
