"""Which single conditions would have to turn out otherwise, thought on facts: what the way on bits is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from service.triage.explanation import MOST_CHANGES
from service.triage.operators import Compiled, Truth, is_met
from service.triage.questions import Facts, Is, Item


class Goal(Enum):
    """What a condition is wanted to be; the values are the truths that meet it."""

    TRUE = frozenset({True})
    FALSE = frozenset({False})
    NOT_TRUE = frozenset({False, None})

    def met_by(self, truth: Truth) -> bool:
        """Whether a condition that is `truth` is as wanted."""
        return truth in self.value


Step = tuple[Is, bool]
"""A single condition, and what it would have to become."""

Way = frozenset[Step]
"""Steps that together reach a goal; the empty way says that it is reached already."""


def ways(compiled: Compiled, facts: Facts, goal: Goal, items: Mapping[str, Item]) -> list[Way]:
    """The smallest ways to the goal, about at most MOST_CHANGES questions; none when it takes more."""
    if goal.met_by(compiled.judge(facts)):
        return [frozenset()]
    if compiled.leaf is not None:
        return _leaf_ways(compiled.leaf, facts, goal, items)
    needed = compiled.count if goal is Goal.TRUE else len(compiled.parts) - compiled.count + 1
    reached: list[list[Way]] = [[frozenset()], *([] for _ in range(needed))]
    for part in compiled.parts:
        through = ways(part, facts, goal, items)
        for done in range(needed, 0, -1):
            reached[done] = smallest([*reached[done], *joined(reached[done - 1], through)])
    return reached[needed]


def _leaf_ways(leaf: Is, facts: Facts, goal: Goal, items: Mapping[str, Item]) -> list[Way]:
    """A single condition turns by its own answer, or is no longer met once its question is not asked any more."""
    if goal is Goal.TRUE:
        return [frozenset({(leaf, True)})]
    found: list[Way] = [frozenset({(leaf, False)})]
    if gates := items[leaf.item].asked_when:
        hidden: list[Way] = [frozenset()]
        for gate in gates:
            closed = goal.met_by(is_met(gate, facts))
            hidden = hidden if closed else joined(hidden, _leaf_ways(gate, facts, goal, items))
        found += hidden
    return smallest(found)


def joined(some: Iterable[Way], others: Iterable[Way]) -> list[Way]:
    """Every way of the one together with every way of the other, so far as they ask few questions."""
    others = list(others)
    return [both for one in some for other in others if _asks_few(both := one | other)]


def _asks_few(way: Way) -> bool:
    """One change may take several steps about the same question."""
    return len(way) <= MOST_CHANGES or len({leaf.item for leaf, _ in way}) <= MOST_CHANGES


def smallest(found: Iterable[Way]) -> list[Way]:
    """The ways that contain no other one, shortest first, otherwise in order."""
    kept: list[Way] = []
    for way in sorted(dict.fromkeys(found), key=len):
        if not any(shorter <= way for shorter in kept):
            kept.append(way)
    return kept
