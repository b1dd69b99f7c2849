"""The nouns of asking and answering, all frozen: items and their options, answers, facts, and conditions over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | str
"""An answer: true or false to a yes/no question, an option code to a choice."""

NONE = "none"
"""The option that excludes every other one."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """That an option of a multiple choice was not asked: it is neither picked nor "no"."""

    option: str


@dataclass(frozen=True, slots=True)
class Denied:
    """That an option of a multiple choice was asked by itself, and the answer was "no"."""

    option: str


Answer = Value | Unasked | Denied
"""What a response can say to a question. The last two come from other people's questionnaires only: a multiple choice
of ours is asked as a whole, and what was not picked is "no"."""

Answers = Mapping[str, tuple[Answer, ...]]
"""What a response says: linkId to the answers given, in the order given. A linkId that is absent is unanswered."""

Facts = Mapping[str, frozenset[Answer]]
"""Answers after the more acute reading: what is so, and which options were not asked. Absent is unknown; what is in
the set neither as a value nor as unasked is "no"."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a terminology that others publish."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Is:
    """True when the item was answered with one of `values`; `operator` is a key of OPERATORS and gives the words."""

    item: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when at least `count` parts are."""

    count: int
    parts: tuple[Condition, ...]


Condition = Is | AllOf | AnyOf | AtLeast


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an item."""

    code: str
    text: str
    codings: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One question. Options of a single choice stand with the most acute first: of two given, the first counts.

    `concern` is the answer of a yes/no question that counts when both are given.
    `asked_when` are alternatives; a positive answer to the item implies the first of them.
    """

    link_id: str
    group: str
    kind: str  # "boolean" or "choice"
    repeats: bool
    text: str
    label: str
    concern: bool = True
    options: tuple[Option, ...] = ()
    codings: tuple[Coding, ...] = ()
    asked_when: tuple[Is, ...] = ()

    def __hash__(self) -> int:
        """By its linkId alone: equal questions have equal ones, and all of it would take long."""
        return hash(self.link_id)

    def option_text(self, value: Value) -> str:
        """The words of an answer: yes, no, or the option's text."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return next((option.text for option in self.options if option.code == value), value)

    def answer_text(self, answer: Answer) -> str:
        """The same for whatever a response can say."""
        if isinstance(answer, Unasked):
            return f"{self.option_text(answer.option)}: not asked"
        return f"not {self.option_text(answer.option)}" if isinstance(answer, Denied) else self.option_text(answer)


@dataclass(frozen=True, slots=True)
class Group:
    """A page of the questionnaire."""

    link_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two answers that cannot both be so. Neither is dropped: what is more acute counts."""

    first: Is
    second: Is
