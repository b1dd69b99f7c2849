"""A rule set with one change, and what is needed to tell soon whether a case notices it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from service.ruleset.mutation.sameness import differ, never_differ
from service.triage.compiled import CompiledRuleSet
from service.triage.model import Level
from service.triage.operators import Compiled
from service.triage.questions import Facts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mutant:
    """Rules with one change. `about` are the ids that it concerns; only facts that it `touches` can show it.

    `proof` tells whether nothing can show it, which is costly and so asked only of what no case noticed.
    """

    where: str
    says: str
    rules: CompiledRuleSet
    about: tuple[str, ...] = ()
    touches: Callable[[Facts], bool] = lambda _: True
    proof: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Swap:
    """One condition in place of another. Which questions are open is of no matter where a rule cannot raise a level."""

    before: Compiled
    after: Compiled
    open_matters: bool = True

    def touches(self, facts: Facts) -> bool:
        """Whether the two are told apart by these facts."""
        return differ(self.before, self.after, open_matters=self.open_matters)(facts)

    def proof(self, rules: CompiledRuleSet) -> Callable[[], bool]:
        """Whether no facts tell the two apart."""
        return lambda: never_differ(self.before, self.after, rules.rule_set, open_matters=self.open_matters)


def without(parts: tuple[T, ...], index: int) -> tuple[T, ...]:
    """All but one."""
    return (*parts[:index], *parts[index + 1 :])


def instead(parts: tuple[T, ...], index: int, part: T) -> tuple[T, ...]:
    """All, with another one in one place."""
    return (*parts[:index], part, *parts[index + 1 :])


def moved(level: Level, lowest: Level = Level.SELF_CARE) -> Iterator[Level]:
    """The levels next to this one."""
    yield from (other for other in Level if abs(other - level) == 1 and other >= lowest)
