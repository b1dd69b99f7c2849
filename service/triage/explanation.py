"""The nouns of an explanation, all frozen: changes of answers, what they would lead to, and what to ask next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from service.triage.model import Criterion, Level
from service.triage.questions import Item, Value


class How(Enum):
    """What a change does to the answer that a question has."""

    ANSWERED = "answered"
    INSTEAD = "instead"
    ALSO = "also"
    WITHOUT = "without"

    __hash__ = object.__hash__
    """Each is made once, and by its name it is found ten times as slowly."""


@dataclass(frozen=True, slots=True)
class Change:
    """One question answered otherwise than it is.

    `values` are alternatives: any one of them will do. `now` is the answer as given, empty when there is none.
    """

    item: Item
    how: How
    values: tuple[Value, ...]
    now: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """A criterion that fired, the linkIds of the answers it rests on, and those answers in words."""

    criterion: Criterion
    link_ids: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Changes that together, and no fewer of them, would lead to another level."""

    changes: tuple[Change, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """An unanswered question and what its answer can still do.

    `words` say what is open: the question, or some options of one that was answered in part. `could_reach` is the
    highest level it takes part in, None when it cannot raise the level. `alone` says whether one answer to it is enough
    to raise the level, `tests` are the tests that could still be proposed.
    """

    item: Item
    words: str
    could_reach: Level | None
    alone: bool
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the level is what it is, why it is neither higher nor lower, and what to ask next.

    `raising` holds, for each higher level that can be reached, the smallest sets of changes that reach it; `lowering`
    the smallest sets that give a lower one. A level is missing when more than `MOST_CHANGES` would be needed.
    """

    grounds: tuple[Grounds, ...]
    raising: tuple[WhatIf, ...]
    lowering: tuple[WhatIf, ...]
    ask_next: tuple[NextQuestion, ...]


MOST_CHANGES = 3
"""Sets of more changes are not looked for: they say little about this person."""
