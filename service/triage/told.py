"""What is said of each rule, made once for the same answers to the questions that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from service.triage.bits import Bits
from service.triage.decision import Finding, Verdict
from service.triage.facts import Reading, disputable
from service.triage.judging import Judgeable, judge_one, open_finding
from service.triage.model import Evidence, Qualifier, RuleSet
from service.triage.operators import Compiled, because, decisive_leaves, items_of
from service.triage.questions import Condition, Facts

T = TypeVar("T")

KEPT_PER_RULE = 32
"""So many are kept for each rule on the average: memory is bounded, whatever is answered."""


@dataclass(frozen=True, slots=True)
class Told:
    """Findings and evidence in words, by the bits of answers of which nothing was left to a closer reading.

    Each takes the place of a criterion or of a pattern of evidence, what is given, and what is possible. What is kept
    holds words of the rules only, and nothing that tells whose answers they were.
    """

    fired: Callable[[int, int, int], Finding]
    still_open: Callable[[int, int, int], Finding]
    lowered: Callable[[int, int, int], Finding]
    evidence: Callable[[int, int, int], str]


@dataclass(frozen=True, slots=True)
class _Saying:
    """How each is said anew, from the facts of the questions that it reads."""

    rule_set: RuleSet
    criteria: Sequence[Judgeable]
    patterns: Sequence[tuple[Evidence, Compiled]]

    def fired(self, place: int, facts: Facts) -> Finding:
        criterion, when, _ = self.criteria[place]
        return Finding(criterion, Verdict.FIRED, because(when, facts, self.rule_set.items))

    def still_open(self, place: int, facts: Facts) -> Finding:
        criterion, when, _ = self.criteria[place]
        return open_finding(criterion, decisive_leaves(when, facts), facts)

    def lowered(self, place: int, facts: Facts) -> Finding:
        reading = Reading(facts, facts, disputable(self.rule_set, facts), ())
        return judge_one(self.rule_set.items, reading, self.criteria[place])

    def evidence(self, place: int, facts: Facts) -> str:
        pattern, when = self.patterns[place]
        return pattern.words(because(when, facts, self.rule_set.items))


def told_of(
    rule_set: RuleSet, bits: Bits, criteria: Sequence[Judgeable], patterns: Sequence[tuple[Evidence, Compiled]]
) -> Told:
    """For criteria and patterns of evidence in the order of their places."""
    say = _Saying(rule_set, criteria, patterns)
    reads = [[criterion.when] for criterion, _, _ in criteria]
    concerned = [[criterion.when, *_qualifying(criterion.unless, rule_set)] for criterion, _, _ in criteria]
    return Told(
        fired=_kept(say.fired, reads, bits),
        still_open=_kept(say.still_open, reads, bits),
        lowered=_kept(say.lowered, concerned, bits),
        evidence=_kept(say.evidence, [[pattern.when] for pattern, _ in patterns], bits),
    )


def _qualifying(unless: Iterable[Qualifier], rule_set: RuleSet) -> Iterator[Condition]:
    """What may lower a criterion, and every answer that could contradict one to a question that it rests on."""
    rests_on = {link_id for qualifier in unless for link_id in items_of(qualifier.when)}
    yield from (qualifier.when for qualifier in unless)
    for pair in rule_set.contradictions:
        if rests_on & {pair.first.item, pair.second.item}:
            yield from (pair.first, pair.second)


def _kept(
    make: Callable[[int, Facts], T], reads: Sequence[Sequence[Condition]], bits: Bits
) -> Callable[[int, int, int], T]:
    """The same from bits; each rule is made anew only for other answers to the questions that its conditions read."""
    questions = [tuple(dict.fromkeys(name for one in listed for name in items_of(one))) for listed in reads]
    masks = [sum(bits.every[name] for name in names) for names in questions]

    @lru_cache(maxsize=KEPT_PER_RULE * len(reads))
    def made(place: int, given: int, possible: int) -> T:
        return make(place, bits.facts(given, possible, questions[place]))

    def of(place: int, given: int, possible: int) -> T:
        mask = masks[place]
        return made(place, given & mask, possible & mask)

    return of
