"""(f) Answers that contradict each other never lower the level.

1. Of one question: answered against itself (yes and no, two options of a single choice, "none" beside other options),
   the level is no lower than with one side alone: one value, or the other options, or "none".
2. Of two questions that the rule set declares to contradict each other: with both answers, the level is no lower than
   with either of the two questions unanswered. A question that is open may hold the level at the floor only by being
   open; the level to compare with is then that of what had fired.
"""

from __future__ import annotations

from collections.abc import Iterator

import z3

from service.ruleset.proof.ground import LOGIC, Formula, Ground, agree, no_lower, same_but
from service.ruleset.proof.reading import is_met, picks, values_of
from service.ruleset.proof.refute import Claim, Found, refute
from service.triage.questions import NONE, Item, Unasked


def contradictory(ground: Ground) -> Iterator[Found]:
    """One query for each question, and two for each pair that is declared."""
    yield from refute(ground, _against_itself(ground))
    yield from refute(ground, _against_another(ground))


def _against_itself(ground: Ground) -> Iterator[Claim]:
    lower = z3.Not(no_lower(ground.one.outcome.reached, ground.other.outcome.reached))
    for name, item in ground.rule_set.items.items():
        said = f"Answered against itself, “{item.label}” lowers the level."
        both = [z3.Not(agree(item, ground.one.given[name])), _one_side(ground, item)]
        yield Claim(said, [same_but(ground, name), *both, lower], ("both", "alone"))


def _one_side(ground: Ground, item: Item) -> Formula:
    """`other` gives some of what `one` gives, without contradiction; of a multiple choice, all that goes together."""
    both, alone = ground.one.given[item.link_id], ground.other.given[item.link_id]
    values = values_of(item)
    part = [z3.Implies(alone[value], both[value]) for value in values]
    whole = [z3.Implies(truth, alone[value]) for value, truth in picks(both).items()]
    together = [z3.Or(alone[NONE], LOGIC.every(whole))] if item.repeats else []
    # what is left out is denied, not unasked; else it could leave more open than both sides together
    unasked = [alone[a] == z3.And(both[a], z3.Not(both[a.option])) for a in both if isinstance(a, Unasked)]
    said = LOGIC.some(alone[value] for value in values)
    return LOGIC.every([said, agree(item, alone), *part, *together, *unasked])


def _against_another(ground: Ground) -> Iterator[Claim]:
    lower = z3.Not(no_lower(ground.one.outcome.reached, ground.other.outcome.found))
    for pair in ground.rule_set.contradictions:
        both = [is_met(LOGIC, side, ground.one.outcome.said) for side in (pair.first, pair.second)]
        for side, against in ((pair.first, pair.second), (pair.second, pair.first)):
            labels = [ground.rule_set.items[each.item].label for each in (side, against)]
            said = f"“{labels[0]}”, which contradicts “{labels[1]}”, lowers the level."
            left_out = z3.Not(ground.other.answers(side.item))
            yield Claim(said, [same_but(ground, side.item), *both, left_out, lower], ("both", "alone"))
