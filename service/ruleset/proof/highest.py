"""(b) The highest level still possible is exact: no answer to an open question goes above it, and some reach it.

A question is open when no fact is known of it: unanswered, not hidden, not implied by another answer. A completion
answers open questions, each without contradicting itself, and leaves the rest as it is.

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
from service.ruleset.proof.refute import Claim, Found, refute
from service.ruleset.proof.translation import ABOVE


def highest(ground: Ground) -> Iterator[Found]:
    """Both parts, one query for each criterion in the first and a list of completions for each in the second."""
    yield from refute(ground, _not_too_low(ground), _completes(ground))
    yield from (reachable(ground, judged) for judged in ground.one.outcome.criteria if judged.criterion.level in ABOVE)


def _completes(ground: Ground) -> Formula:
    """`other` answers what is open in `one`, and keeps the rest."""
    kept = []
    for name, item in ground.rule_set.items.items():
        before, after = ground.one.given[name], ground.other.given[name]
        alike = LOGIC.every(after[value] == before[value] for value in after)
        kept.append(z3.If(ground.one.outcome.facts[name].known, alike, agree(item, after)))
    return LOGIC.every(kept)


def _not_too_low(ground: Ground) -> Iterator[Claim]:
    for judged in ground.other.outcome.criteria:
        level = judged.criterion.level
        if level in ABOVE:
            said = f"The highest level possible is said to be below {level.code}, but answers to open questions reach "
            said += f"“{judged.criterion.title}” ({judged.criterion.id})."
            against = [z3.Or(judged.fired, judged.unknown), z3.Not(ground.one.outcome.possible[level])]
            yield Claim(said, against, ("before", "completed"))
