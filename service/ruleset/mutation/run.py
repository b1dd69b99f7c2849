"""Runs the cases on every mutant until one fails, and tells which changes none of them notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from service.ruleset.cases import Case
from service.ruleset.expected import misses
from service.ruleset.mutation.frame import frame_mutants
from service.ruleset.mutation.mutant import Mutant
from service.ruleset.mutation.rules import rule_mutants
from service.ruleset.whereabouts import Whereabouts
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.facts import read_acutely
from service.triage.questions import Facts


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no case notices: where the rule stands, and what was changed."""

    where: str
    says: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.where}: {self.says}; no case notices."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many changes were tried, those that no case noticed, and how many turned out to change nothing at all."""

    tried: int
    survivors: tuple[Survivor, ...]
    idle: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """A case with what it answers and every id that it expects something of."""

    case: Case
    facts: Facts
    names: frozenset[str]


def try_mutants(rules: CompiledRuleSet, places: Whereabouts, cases: Iterable[Case]) -> Outcome:
    """Every change of the rules, each run against the cases. A change that provably changes nothing does not count."""
    trials = [_Trial(case, read_acutely(rules.rule_set, case.answers).facts, frozenset(_names(case))) for case in cases]
    tried, idle, survivors = 0, 0, []
    for mutant in mutants(rules, places):
        if _is_noticed(mutant, trials):
            tried += 1
        elif mutant.proof():
            idle += 1
        else:
            tried += 1
            survivors.append(Survivor(mutant.where, mutant.says))
    return Outcome(tried, tuple(survivors), idle)


def mutants(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    """Every change."""
    return chain(frame_mutants(rules, places), rule_mutants(rules, places))


def _is_noticed(mutant: Mutant, trials: list[_Trial]) -> bool:
    """Whether a case fails; those that name the most of what was changed run first, for they are the likeliest to.

    The case that noticed goes to the front: it is likely to notice the next change of the same rule, too.
    """
    about = frozenset(mutant.about)
    for trial in sorted(trials, key=lambda trial: -len(about & trial.names)):
        if mutant.touches(trial.facts) and next(
            misses(trial.case.expect, decide(mutant.rules, trial.case.answers)), ""
        ):
            trials.remove(trial)
            trials.insert(0, trial)
            return True
    return False


def _names(case: Case) -> Iterator[str]:
    expect = case.expect
    yield from chain(expect.decides, expect.fires, expect.silent, expect.unknown, expect.open, expect.conflicts)
    yield from chain(expect.suspects, expect.no_suspects, expect.suspects_at, expect.because, expect.not_because)
    yield from chain(expect.tests, expect.no_tests, expect.tests_at, expect.asked_by, *expect.asked_by.values())
    yield from chain(expect.codings, *expect.codings.values(), expect.notices, expect.no_notices)
