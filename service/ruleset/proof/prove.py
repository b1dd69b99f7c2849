"""Every property in one table, and the run of one of them up to its first failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from service.ruleset.proof.alone import emergency_alone, self_care_is_safe, total
from service.ruleset.proof.contradictory import contradictory
from service.ruleset.proof.ground import Ground, ground
from service.ruleset.proof.highest import highest
from service.ruleset.proof.monotone import monotone
from service.ruleset.proof.refute import Failure, Found
from service.ruleset.proof.telling import told

__all__ = ["PROPERTIES", "Property", "Result", "ground", "prove", "told"]


@dataclass(frozen=True, slots=True)
class Property:
    """What is proven, under the letter that names it, and how: one result for each query."""

    letter: str
    says: str
    prove: Callable[[Ground], Iterator[Found]]


PROPERTIES = (
    Property("a", "a sign of concern never lowers, a qualifier only within its range", monotone),
    Property("b", "the highest level still possible is exact", highest),
    Property("c", "each emergency criterion alone gives emergency", emergency_alone),
    Property("d", "self-care only when nothing above it fired or is open", self_care_is_safe),
    Property("e", "every set of answers gets exactly one level and status", total),
    Property("f", "answers that contradict each other never lower", contradictory),
)


@dataclass(frozen=True, slots=True)
class Result:
    """How many queries were asked, and the first failure, at which the rest was left."""

    queries: int
    failure: Failure | None


def prove(ground: Ground, wanted: Property) -> Result:
    """The property, query after query."""
    queries = 0
    for found in wanted.prove(ground):
        queries += 1
        if found is not None:
            return Result(queries, found)
    return Result(queries, None)
