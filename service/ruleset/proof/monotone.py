"""(a) One more sign of concern never lowers the level; a qualifier lowers it only within its range.

An answer is turned on: yes in place of no or of nothing; an option more in a multiple choice, in place of "none" if
that stood alone, whether it was "no" before or not asked; an option of a single choice that was unanswered. All else is
answered alike before and after, and so is which other options were not asked. Then

1. if no qualifier reads the answer, the level is no lower than before. For a yes/no question the sign is its `concern`;
   where that is "no", the question must be asked on what else was answered.
2. if a qualifier reads it and the level is lower than before, then some qualifier that did not hold before holds now,
   names the level before or a more acute one as where it lowers from, and the level now or a lower one as where to.
3. whatever was answered: a criterion whose condition is true fires, or one of its qualifiers holds that may lower from
   the criterion's level, and the level is not below where that qualifier may lower to.

The first answer to a choice says "no" of all its other options that are not said to be unasked. So if nothing was said,
criteria may become silent that held the level at the floor only by being open; the level "before" is then that of what
had fired. Nothing that had fired is ever lost this way, and (d) holds the level up while anything else is open.
"""

from __future__ import annotations

from collections.abc import Iterator

import z3

from service.ruleset.proof.ground import LOGIC, Formula, Ground, Ladder, no_lower, reaches, same_but
from service.ruleset.proof.reading import is_met, picks, values_of
from service.ruleset.proof.refute import Claim, Found, refute
from service.ruleset.proof.translation import ABOVE
from service.triage.model import Level, Qualifier, RuleSet
from service.triage.operators import leaves_of
from service.triage.questions import NONE, Item, Value

BEFORE_AFTER = ("before", "after")


def monotone(ground: Ground) -> Iterator[Found]:
    """The three parts, one query for each answer and each criterion with a qualifier."""
    yield from refute(ground, _turned_on(ground))
    yield from refute(ground, _within_range(ground))


def qualifying(rule_set: RuleSet) -> set[tuple[str, Value]]:
    """Every answer that a qualifier reads."""
    leaves = [leaf for qualifier in rule_set.qualifiers for leaf in leaves_of(qualifier.when)]
    return {(leaf.item, value) for leaf in leaves for value in leaf.values}


def _turned_on(ground: Ground) -> Iterator[Claim]:
    declared = qualifying(ground.rule_set)
    for item in ground.rule_set.items.values():
        alike = same_but(ground, item.link_id)
        for value in values_of(item):
            told = f"{item.label}: {item.option_text(value)}"
            lower = z3.Not(no_lower(ground.other.outcome.reached, _level_before(ground, item)))
            against = [alike, _turn(ground, item, value), lower]
            if (item.link_id, value) in declared:
                against += [z3.Not(_allows(ground, item, qualifier)) for qualifier in ground.rule_set.qualifiers]
                yield Claim(f"“{told}” lowers the level further than a qualifier declares.", against, BEFORE_AFTER)
            elif value != NONE and (item.kind != "boolean" or value == item.concern):
                yield Claim(f"The sign of concern “{told}” lowers the level.", against, BEFORE_AFTER)


def _turn(ground: Ground, item: Item, value: Value) -> Formula:
    """The answer is not given before, and it is after."""
    before, after = ground.one.given[item.link_id], ground.other.given[item.link_id]
    if item.repeats:
        kept = [after[other] == before[other] for other in after if other not in (value, NONE)]
        none = after[NONE] == z3.And(before[NONE], LOGIC.some(picks(before).values()))
        return LOGIC.every([z3.Not(before[value]), after[value], *kept, none])
    only = [after[other] if other == value else z3.Not(after[other]) for other in after]
    if item.kind == "boolean":
        asked = [LOGIC.some(is_met(LOGIC, gate, ground.one.outcome.said) for gate in item.asked_when)]
        return LOGIC.every([z3.Not(before[value]), *only, *(asked if item.asked_when and value is False else [])])
    return LOGIC.every([z3.Not(ground.one.answers(item.link_id)), *only])


def _level_before(ground: Ground, item: Item) -> Ladder:
    """The level before; of what had fired alone, if the question is a choice of which nothing was known or said."""
    outcome = ground.one.outcome
    if item.kind == "boolean":
        return outcome.reached
    known = z3.Or(outcome.facts[item.link_id].known, ground.one.answers(item.link_id))
    return {level: z3.Or(outcome.found[level], z3.And(outcome.reached[level], known)) for level in ABOVE}


def _allows(ground: Ground, item: Item, qualifier: Qualifier) -> Formula:
    """The qualifier has come to hold, and its range covers the level before and the level now."""
    before, after = ground.one.outcome, ground.other.outcome
    higher = [level for level in ABOVE if level > qualifier.lowers_from]
    return LOGIC.every(
        [
            after.holding[qualifier.id],
            z3.Not(before.holding[qualifier.id]),
            reaches(after.reached, qualifier.lowers_to),
            *(z3.Not(_level_before(ground, item)[level]) for level in higher),
        ]
    )


def _within_range(ground: Ground) -> Iterator[Claim]:
    outcome = ground.one.outcome
    for judged in outcome.criteria:
        criterion = judged.criterion
        if criterion.level is Level.SELF_CARE:
            continue
        ways = [
            z3.And(outcome.holding[qualifier.id], reaches(outcome.reached, qualifier.lowers_to))
            for qualifier in criterion.unless
            if qualifier.lowers_from >= criterion.level
        ]
        kept = reaches(outcome.reached, criterion.level)
        said = f"“{criterion.title}” ({criterion.id}) is lowered further than a qualifier of it declares."
        yield Claim(said, [judged.when.yes, z3.Not(LOGIC.some([kept, *ways]))])
