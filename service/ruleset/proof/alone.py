"""What holds of one set of answers: (c) an emergency criterion suffices, (d) what self-care needs, (e) total."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from service.ruleset.proof.ground import LOGIC, Formula, Ground, Ladder, reaches
from service.ruleset.proof.reading import Fact, picks
from service.ruleset.proof.refute import Claim, Failure, Found, new_solver, refute
from service.ruleset.proof.translation import ABOVE, judge
from service.triage.model import Level


def emergency_alone(ground: Ground) -> Iterator[Found]:
    """(c) Answers that meet an emergency criterion as they are given make an emergency, whatever else is answered.

    "As given": whatever contradicts them and whatever should have hidden their questions. Only a qualifier of the
    criterion that is known to hold lowers it. Each emergency criterion can fire at all, else this would say nothing.
    """
    yield from refute(ground, _met_but_no_emergency(ground))
    for judged in ground.one.outcome.criteria:
        if judged.criterion.level is Level.EMERGENCY:
            yield _can_fire(ground, judged.criterion.id, judged.fired)


def _met_but_no_emergency(ground: Ground) -> Iterator[Claim]:
    one = ground.one
    as_given = {name: Fact(one.answers(name), picks(given)) for name, given in one.given.items()}
    for judged in one.outcome.criteria:
        criterion = judged.criterion
        if criterion.level is Level.EMERGENCY:
            met = judge(LOGIC, criterion.when, as_given).yes
            unlowered = [z3.Not(one.outcome.holding[qualifier.id]) for qualifier in criterion.unless]
            said = f"“{criterion.title}” ({criterion.id}) is met and not lowered, but the level is no emergency."
            yield Claim(said, [met, *unlowered, z3.Not(one.outcome.reached[Level.EMERGENCY])])


def _can_fire(ground: Ground, name: str, fired: Formula) -> Found:
    solver = new_solver(ground)
    solver.add(fired)
    verdict = solver.check()
    if verdict == z3.sat:
        return None
    undecided = solver.reason_unknown() if verdict == z3.unknown else ""
    return Failure(f"No answers at all make the emergency criterion {name} fire.", undecided=undecided)


def self_care_is_safe(ground: Ground) -> Iterator[Found]:
    """(d) At self-care no criterion above self-care fired, and none is open."""
    return refute(ground, _overlooked(ground))


def _overlooked(ground: Ground) -> Iterator[Claim]:
    outcome = ground.one.outcome
    for judged in outcome.criteria:
        criterion = judged.criterion
        if criterion.level > Level.SELF_CARE:
            said = f"The level is self-care, but “{criterion.title}” ({criterion.id}) has fired or is open."
            yield Claim(said, [z3.Or(judged.fired, judged.unknown), z3.Not(outcome.reached[Level.ROUTINE])])


def total(ground: Ground) -> Iterator[Found]:
    """(e) Each criterion has one verdict; there is one level, one highest level, no lower, and so one status.

    Each level that can come out is one that the rule set describes. The status is final when the highest level possible
    is the level, and preliminary when it is higher.
    """
    return refute(ground, _not_one(ground))


def _not_one(ground: Ground) -> Iterator[Claim]:
    outcome = ground.one.outcome
    for judged in outcome.criteria:
        said = f"“{judged.criterion.title}” ({judged.criterion.id}) has two verdicts."
        yield Claim(said, [judged.fired, judged.unknown])
    for ladder, told in ((outcome.reached, "level"), (outcome.possible, "highest level possible")):
        exactly_one = z3.PbEq([(_is(ladder, level), 1) for level in Level], 1)
        yield Claim(f"There is not exactly one {told}.", [z3.Not(exactly_one)])
    for level in ABOVE:
        against = [outcome.reached[level], z3.Not(outcome.possible[level])]
        yield Claim(f"The highest level possible is below the level, {level.code}.", against)
    for level in Level:
        if level not in ground.rule_set.levels:
            yield Claim(
                f"The level can be {level.code}, which the rule set does not describe.", [_is(outcome.reached, level)]
            )


def _is(ladder: Ladder, level: Level) -> Formula:
    """The ladder ends here: this level is reached and the next is not. One with a rung missing ends twice."""
    return z3.And(reaches(ladder, level), *(z3.Not(ladder[after]) for after in ABOVE if after == level + 1))
