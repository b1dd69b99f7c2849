"""A list of problems that keeps the first fifty and counts the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable

from service.problems import Kind, Problem

MOST_COUNTED = 1_000
"""So many problems are counted: who makes more of them gains nothing from their number."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class ProblemList:
    """Problems in the order found, so that a hostile body cannot make a reply without end."""

    def __init__(self, limit: int = 50) -> None:
        self._limit = limit
        self._kept: list[Problem] = []
        self._left_out = 0

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self._kept)

    def add(self, problem: Problem) -> None:
        """Keep a problem, or count it when the list is full."""
        if len(self._kept) < self._limit:
            self._kept.append(problem)
        else:
            self._left_out += 1

    def take(self, listed: Iterable[Problem]) -> None:
        """Keep the problems that another list gave, with its last line when it had more than it lists."""
        self._kept += listed

    @property
    def enough(self) -> bool:
        """Whether it may as well be looked for no more: more were found than are counted."""
        return len(self._kept) + self._left_out > MOST_COUNTED

    def structure(self, where: str, message: str, remedy: str = "") -> None:
        """Keep a problem of FHIR structure."""
        self.add(Problem(Kind.STRUCTURE, where, message, remedy))

    def listed(self) -> list[Problem]:
        """The problems kept, and one more line when there were others."""
        if not self._left_out:
            return list(self._kept)
        first = self._kept[0]
        more = f"more than {MOST_COUNTED - self._limit}" if self.enough else f"{self._left_out} more"
        rest = Problem(first.kind, first.where.split(".")[0], f"And {more} problems that are not listed.")
        return [*self._kept, rest]


def is_plain_name(name: str) -> bool:
    """Whether a key that a caller sent may be said back: it looks like an element's name, not like anyone's data."""
    return _NAME.fullmatch(name) is not None
