"""The criteria of a rule set as tests of bits and in steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from service.triage.acute_bits import reader_of
from service.triage.bit_tests import BitTest, bit_tests
from service.triage.model import Criterion, RuleSet
from service.triage.questions import AnyOf
from service.triage.steps import Tree, steps_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion and its qualifiers as tests of bits, and in steps."""

    criterion: Criterion
    when: BitTest
    unless: BitTest
    tree: Tree
    qualifiers: tuple[Tree, ...]


@lru_cache(maxsize=16)
def judged_on_bits(rule_set: RuleSet) -> tuple[Judged, ...]:
    """The criteria of a rule set; made once."""
    steps, bits = steps_of(rule_set), reader_of(rule_set).bits
    whens = bit_tests((criterion.when for criterion in rule_set.criteria), bits)
    every = (AnyOf(tuple(qualifier.when for qualifier in criterion.unless)) for criterion in rule_set.criteria)
    return tuple(
        Judged(criterion, when, unless, steps.tree(criterion.when), tuple(steps.tree(q.when) for q in criterion.unless))
        for criterion, when, unless in zip(rule_set.criteria, whens, bit_tests(every, bits), strict=True)
    )
