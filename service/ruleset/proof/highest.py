"""(b) The highest level still possible is exact: no answer to an open question goes above it, and some reach it.

A question is open when no fact is known of it: unanswered, not hidden, not implied by another answer. An option is open
when it was not asked although the question was answered in part. A completion answers open questions, each without
contradicting itself, says of open options that they are picked or not, and leaves the rest as it is. It may leave
options unasked. So to say less, or that an option was not asked, never lowers the highest level possible.

1. Not too low: no completion has a criterion fired or open above the highest level possible before. Completions may
   even answer questions that they themselves leave hidden.
2. Not too high: each open criterion above self-care is made to fire by some completion (`reachable.py`). The highest
   level, if it is above the level, is that of an open criterion; when that fires, the level is there, and no higher
   because of 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import z3

from service.ruleset.proof.ground import LOGIC, Formula, Ground, agree
from service.ruleset.proof.reachable import reachable
from service.ruleset.proof.reading import picks
from service.ruleset.proof.refute import Claim, Found, refute
from service.ruleset.proof.translation import ABOVE
from service.triage.questions import NONE, Item, Unasked


def highest(ground: Ground) -> Iterator[Found]:
    """Both parts, one query for each criterion in the first and a list of completions for each in the second."""
    yield from refute(ground, _not_too_low(ground), _completes(ground))
    yield from (reachable(ground, judged) for judged in ground.one.outcome.criteria if judged.criterion.level in ABOVE)


def _completes(ground: Ground) -> Formula:
    """`other` answers what is open in `one`, and keeps the rest."""
    kept = []
    for name, item in ground.rule_set.items.items():
        before, after = ground.one.given[name], ground.other.given[name]
        fact = ground.one.outcome.facts[name]
        alike = LOGIC.every(after[value] == before[value] for value in after)
        if fact.unasked:
            alike = z3.If(LOGIC.some(fact.unasked.values()), _adds(ground, item), alike)
        kept.append(z3.If(fact.known, alike, agree(item, after)))
    return LOGIC.every(kept)


def _adds(ground: Ground, item: Item) -> Formula:
    """`other` says more of the options that were not asked, and of no other ones.

    What was answered stays answered: with "none" when nothing is picked. It contradicts itself if it did before.
    """
    before, after = ground.one.given[item.link_id], ground.other.given[item.link_id]
    unasked = ground.one.outcome.facts[item.link_id].unasked
    kept = [z3.Or(after[option] == before[option], truth) for option, truth in unasked.items()]
    less = [z3.Implies(after[Unasked(option)], truth) for option, truth in unasked.items()]
    picked = LOGIC.some(picks(before).values())
    disputed = z3.And(before[NONE], picked)
    none = [z3.Implies(disputed, after[NONE]), z3.Implies(after[NONE], z3.Or(disputed, agree(item, after)))]
    said = z3.Implies(ground.one.answers(item.link_id), z3.Or(after[NONE], *picks(after).values()))
    return LOGIC.every([*kept, *less, *none, said])


def _not_too_low(ground: Ground) -> Iterator[Claim]:
    for judged in ground.other.outcome.criteria:
        level = judged.criterion.level
        if level in ABOVE:
            said = f"The highest level possible is said to be below {level.code}, but answers to open questions reach "
            said += f"“{judged.criterion.title}” ({judged.criterion.id})."
            against = [z3.Or(judged.fired, judged.unknown), z3.Not(ground.one.outcome.possible[level])]
            yield Claim(said, against, ("before", "completed"))
