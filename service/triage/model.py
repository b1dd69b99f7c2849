"""The nouns of a rule set, all frozen: levels, sources, criteria, suspected conditions, tests, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from service.triage.questions import Coding, Condition, Contradiction, Group, Item


class Level(IntEnum):
    """How soon a person should be seen; ordered, so that the most acute is the maximum."""

    SELF_CARE = 0
    ROUTINE = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def code(self) -> str:
        """The code in rule files and in CodeSystem/triage-level."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, code: str) -> Level:
        """The level with this code; KeyError when there is none."""
        return cls[code.upper().replace("-", "_")]


@dataclass(frozen=True, slots=True)
class Document:
    """One of the articles that the rules rest on."""

    id: str
    title: str
    publisher: str
    date: str


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue statement and the level that its document states for it; "unstated" and "none" are possible."""

    id: str
    states: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One entry of the criteria catalogue: what a document says, in our words, or a conflict and how it is settled."""

    id: str
    kind: str
    says: str
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Answers that may lower a level, only between the two levels named, because a document says so."""

    id: str
    title: str
    when: Condition
    lowers_from: Level
    lowers_to: Level
    sources: tuple[Source, ...]
    settles: tuple[str, ...]
    basis: str
    why: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A recommended test asked for by a criterion or a suspected condition, with the sources that link the two.

    `soonest` is how soon it can make sense at all: an emergency makes some tests no more urgent than they are.
    """

    test: str
    sources: tuple[str, ...]
    basis: str
    why: str = ""
    soonest: Level = Level.EMERGENCY


Asked = tuple[tuple[str, Level], ...]
"""Tests that are asked for, and how soon each can make sense."""


def asked(asks: tuple[Ask, ...]) -> Asked:
    """The tests asked for and how soon each can make sense; of a test that is named twice the first counts."""
    return tuple({ask.test: ask.soonest for ask in reversed(asks)}.items())


@dataclass(frozen=True)
class Criterion:
    """One rule: when it fires it raises the level to `level`, unless one of its qualifiers is known to hold."""

    id: str
    title: str
    level: Level
    when: Condition
    unless: tuple[Qualifier, ...]
    suspects: tuple[str, ...]
    tests: tuple[Ask, ...]
    tell: str
    sources: tuple[Source, ...]
    settles: tuple[str, ...]
    basis: str
    why: str
    place: str = ""

    @cached_property
    def asks(self) -> Asked:
        """The tests that it asks for."""
        return asked(self.tests)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pattern of answers that makes a condition suspect without setting a level of its own."""

    title: str
    when: Condition
    level: Level
    sources: tuple[str, ...]

    def words(self, because: tuple[str, ...]) -> str:
        """The pattern with the answers that it was found in."""
        return f"{self.title} ({'; '.join(because)})"


@dataclass(frozen=True)
class SuspectedCondition:
    """What may lie behind the numbness, and which tests ask after it."""

    code: str
    title: str
    codings: tuple[Coding, ...]
    sources: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    tests: tuple[Ask, ...]

    @cached_property
    def asks(self) -> Asked:
        """The tests that ask after it."""
        return asked(self.tests)


@dataclass(frozen=True, slots=True)
class ChosenCoding:
    """A coding of a test that is carried always, or only when the answers are known to meet `when`.

    `id` is its name in the rule files.
    """

    id: str
    coding: Coding
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class RecommendedTest:
    """A test that can be proposed."""

    code: str
    title: str
    category: str
    codings: tuple[ChosenCoding, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say beside the level; it changes nothing. `levels` empty means at every level."""

    id: str
    when: Condition | None
    levels: tuple[Level, ...]
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelText:
    """What a level is called and what to do now."""

    title: str
    meaning: str
    do: str


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Everything a rule folder says, compiled. `digest` is the SHA-256 of the rule files without the cases.

    Two are equal only when they are the same object, so that what is prepared from one can be kept by it.
    """

    id: str
    version: str
    status: str
    date: str
    title: str
    description: str
    publisher: str
    copyright: str
    digest: str
    levels: Mapping[Level, LevelText]
    documents: Mapping[str, Document]
    statements: Mapping[str, Statement]
    groups: tuple[Group, ...]
    items: Mapping[str, Item]
    contradictions: tuple[Contradiction, ...]
    scope: Condition
    open_floor: Level
    qualifiers: tuple[Qualifier, ...]
    criteria: tuple[Criterion, ...]
    conditions: Mapping[str, SuspectedCondition]
    tests: Mapping[str, RecommendedTest]
    notices: tuple[Notice, ...]
    categories: Mapping[str, Coding] = field(default_factory=dict)

    @cached_property
    def gated(self) -> tuple[Item, ...]:
        """The questions that are asked only after other answers."""
        return tuple(item for item in self.items.values() if item.asked_when)

    @cached_property
    def places_of_conditions(self) -> Mapping[str, int]:
        """The order of the suspected conditions."""
        return {code: place for place, code in enumerate(self.conditions)}

    @cached_property
    def places_of_tests(self) -> Mapping[str, int]:
        """The order of the tests."""
        return {code: place for place, code in enumerate(self.tests)}

    @cached_property
    def codes(self) -> Mapping[str, frozenset[str]]:
        """The codes of the options of each question."""
        return {link_id: frozenset(option.code for option in item.options) for link_id, item in self.items.items()}
