"""The little logic that the translation is written in, so that plain booleans and z3's both run through one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

B = TypeVar("B")
"""What stands for a truth: bool, or a z3 expression."""


class Logic(Protocol[B]):
    """And, or, not."""

    def every(self, parts: Iterable[B]) -> B:
        """True when all parts are, and when there are none."""

    def some(self, parts: Iterable[B]) -> B:
        """True when at least one part is."""

    def negate(self, part: B) -> B:
        """True when the part is not."""


class Plain:
    """Python's own booleans."""

    def every(self, parts: Iterable[bool]) -> bool:
        """True when all parts are."""
        return all(parts)

    def some(self, parts: Iterable[bool]) -> bool:
        """True when at least one part is."""
        return any(parts)

    def negate(self, part: bool) -> bool:
        """True when the part is not."""
        return not part


def at_least(logic: Logic[B], count: int, parts: Sequence[B]) -> B:
    """True when at least `count` parts are: a ladder whose rung n says "at least n of the parts so far"."""
    if count == 1:
        return logic.some(parts)
    if count == len(parts):
        return logic.every(parts)
    rungs = [logic.every(()), *(logic.some(()) for _ in range(count))]
    for part in parts:
        climbed = [logic.some((rungs[n], logic.every((rungs[n - 1], part)))) for n in range(1, count + 1)]
        rungs = [rungs[0], *climbed]
    return rungs[count]
