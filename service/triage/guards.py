"""Conditions in a tree, so that one look at the answers that any of a group needs passes over the whole group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from service.triage.bits import NOTHING, Bits
from service.triage.questions import AllOf, Condition, Is

T = TypeVar("T")

TOGETHER = 8
"""So many conditions, or groups of them, stand behind one look."""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions by their places, or groups of them. None holds without one of the bits in `needs`."""

    needs: int
    places: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()


def grouped(conditions: Sequence[Condition], bits: Bits) -> Group:
    """All conditions, those that need similar answers beside each other; the deeper, the more of them there are."""
    needs = [needed(condition, bits) for condition in conditions]
    near = sorted(range(len(needs)), key=lambda place: (needs[place] & -needs[place], needs[place], place))
    level = [Group(_any(needs[one] for one in chunk), places=tuple(sorted(chunk))) for chunk in _chunks(near)]
    while len(level) > TOGETHER:
        level = [Group(_any(one.needs for one in chunk), groups=tuple(chunk)) for chunk in _chunks(level)]
    return Group(_any(one.needs for one in level), groups=tuple(level))


def needed(condition: Condition, bits: Bits) -> int:
    """Bits of which one must be there for the condition to hold: of "all" the part that needs the fewest."""
    if isinstance(condition, Is):
        return bits.mask(condition.item, condition.values)
    parts = [needed(part, bits) for part in condition.parts]
    return min(parts, key=int.bit_count) if isinstance(condition, AllOf) else _any(parts)


def _any(masks: Iterable[int]) -> int:
    return reduce(or_, masks, NOTHING)


def _chunks(listed: list[T]) -> list[list[T]]:
    return [listed[start : start + TOGETHER] for start in range(0, len(listed), TOGETHER)]
