"""Which single conditions would have to turn out otherwise for a whole condition to hold, or not to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.triage.bits import NOTHING
from service.triage.explanation import MOST_CHANGES
from service.triage.steps import REACHED, Leaf, Steps, Tree, Way


def to_hold(steps: Steps, tree: Tree, facts: int) -> list[Way]:
    """The smallest ways to make it true, about at most MOST_CHANGES questions; none when it takes more.

    `facts` are the bits of what is given.
    """
    leaf = tree.leaf
    if leaf is not None:
        return [REACHED if facts & leaf.mask else leaf.on]
    return _enough(steps, tree, tree.count, to_hold, facts)


def to_fail(steps: Steps, tree: Tree, facts: int) -> list[Way]:
    """The same to make it anything but true, or false when `facts` are the bits of what is given or open."""
    leaf = tree.leaf
    if leaf is not None:
        return _leaf_fails(steps, leaf, facts) if facts & leaf.mask else [REACHED]
    return _enough(steps, tree, len(tree.parts) - tree.count + 1, to_fail, facts)


def _enough(
    steps: Steps, tree: Tree, needed: int, ways: Callable[[Steps, Tree, int], list[Way]], facts: int
) -> list[Way]:
    """The ways for so many of the parts."""
    if needed == 1:
        return smallest([way for part in tree.parts for way in ways(steps, part, facts)])
    if needed == len(tree.parts):
        return _each(steps, tree, ways, facts)
    reached: list[list[Way]] = [[REACHED], *([] for _ in range(needed))]
    for part in tree.parts:
        through = ways(steps, part, facts)
        for done in range(needed, 0, -1):
            reached[done] = smallest([*reached[done], *joined(steps, reached[done - 1], through)])
    return reached[needed]


def _each(steps: Steps, tree: Tree, ways: Callable[[Steps, Tree, int], list[Way]], facts: int) -> list[Way]:
    """The ways for all of the parts."""
    reached = [REACHED]
    for part in tree.parts:
        through = ways(steps, part, facts)
        if through != [REACHED]:
            reached = smallest(joined(steps, reached, through))
            if not reached:
                break
    return reached


def _leaf_fails(steps: Steps, leaf: Leaf, facts: int) -> list[Way]:
    """A single condition turns by its own answer, or is no longer met once its question is not asked any more."""
    if not leaf.gates:
        return [leaf.off]
    hidden = [REACHED]
    for gate in leaf.gates:
        if facts & gate.mask:
            hidden = joined(steps, hidden, _leaf_fails(steps, gate, facts))
    return smallest([leaf.off, *hidden])


def joined(steps: Steps, some: Iterable[Way], others: Iterable[Way]) -> list[Way]:
    """Every way of the one together with every way of the other, so far as they ask few questions."""
    others = list(others)
    return [both for one in some for other in others if _asks_few(steps, both := one | other)]


def _asks_few(steps: Steps, way: Way) -> bool:
    """One change may take several steps about the same question."""
    if way.bit_count() <= MOST_CHANGES:
        return True
    for _ in range(MOST_CHANGES):
        way &= ~steps.beside[way & -way]
        if not way:
            return True
    return False


def smallest(found: Iterable[Way]) -> list[Way]:
    """The ways that contain no other one, shortest first, otherwise in order."""
    every = list(dict.fromkeys(found))
    if len(every) <= 1:
        return every
    single = NOTHING
    longer: list[Way] = []
    kept: list[Way] = []
    for way in sorted(every, key=int.bit_count):
        if way & (way - 1) == 0:
            if way == REACHED:
                return [REACHED]
            single |= way
            kept.append(way)
        elif not way & single and not any(shorter & way == shorter for shorter in longer):
            longer.append(way)
            kept.append(way)
    return kept
