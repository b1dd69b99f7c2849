"""The search for a set of answers that refutes a claim: it is proven when there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import z3

from service.ruleset.proof.ground import Answered, Formula, Ground, answers_in
from service.triage.questions import Answers, Unasked

MILLISECONDS = 1_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What should hold, in words that tell what it means when it does not; `against` would refute it.

    `shown` names the sets of answers that a refutation consists of.
    """

    broken: str
    against: Sequence[Formula]
    shown: Sequence[str] = ("",)


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that is refuted by the answers named in `witness`, or, when that is empty, left undecided."""

    broken: str
    witness: tuple[tuple[str, Answers], ...] = ()
    undecided: str = ""


Found = Failure | None
"""The end of one query: None when the claim is proven."""


def new_solver(ground: Ground) -> Formula:
    """A solver for truths, that gives up after the timeout."""
    solver = z3.SolverFor("QF_FD")
    solver.set("timeout", max(1, int(ground.timeout * MILLISECONDS)))
    return solver


def refute(ground: Ground, claims: Iterator[Claim], *assumed: Formula) -> Iterator[Found]:
    """Each claim in turn, under what is assumed for all of them."""
    solver = new_solver(ground)
    solver.add(*assumed)
    for claim in claims:
        solver.push()
        solver.add(*claim.against)
        yield _found(ground, solver, claim)
        solver.pop()


def _found(ground: Ground, solver: Formula, claim: Claim) -> Found:
    verdict = solver.check()
    if verdict == z3.unsat:
        return None
    if verdict == z3.unknown:
        return Failure(claim.broken, undecided=solver.reason_unknown())
    sets = (ground.one, ground.other)[: len(claim.shown)]
    model = smallest(solver, sets)
    return Failure(claim.broken, tuple((name, answers_in(model, a)) for name, a in zip(claim.shown, sets, strict=True)))


def smallest(solver: Formula, sets: Sequence[Answered]) -> Formula:
    """A model in which no further answer could be left out, for people to read.

    What was not asked is left out first, so that the rest can be written as a response to our questionnaire.
    """
    model = solver.model()
    left_out: list[Formula] = []
    said = [pair for answered in sets for given in answered.given.values() for pair in given.items()]
    for _, truth in sorted(said, key=lambda pair: not isinstance(pair[0], Unasked)):
        solver.push()
        solver.add(*left_out, z3.Not(truth))
        if solver.check() == z3.sat:
            model = solver.model()
            left_out.append(z3.Not(truth))
        solver.pop()
    return model
