"""What holds of one set of answers, by the functions generated from the rules: where bits say all there is to say."""

from __future__ import annotations

from dataclasses import dataclass

from service.triage.compiled import CompiledRuleSet, Prepared
from service.triage.decision import Conflict, Finding, Judged, Verdict
from service.triage.model import Evidence, Level, Notice
from service.triage.operators import items_of
from service.triage.questions import Answers, Coding


@dataclass(frozen=True, slots=True)
class Plainly:
    """One set of answers that do not contradict each other, as bits: what is given, and what is given or still open."""

    rules: CompiledRuleSet
    prepared: Prepared
    given: int
    possible: int

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """None."""
        return ()

    def findings(self) -> tuple[Finding, ...]:
        """A finding for each criterion; those that neither fired nor are open or lowered have no words."""
        found, told = list(self.prepared.silent), self.prepared.told
        fired, still_open, lowered = self.prepared.generated.criteria(self.given, self.possible)
        for places, finding in ((fired, told.fired), (still_open, told.still_open), (lowered, told.lowered)):
            for place in places:
                found[place] = finding(place, self.given, self.possible)
        return tuple(found)

    def judged(self) -> Judged:
        """The level and the findings that have something to say."""
        given, possible, told, levels = self.given, self.possible, self.prepared.told, self.prepared.levels
        fired, still_open, qualified = self.prepared.generated.criteria(given, possible)
        lowered = [told.lowered(place, given, possible) for place in qualified] if qualified else []
        still_open += [place for place, one in zip(qualified, lowered, strict=True) if one.verdict is Verdict.UNKNOWN]
        level = max([levels[place] for place in fired], default=Level.SELF_CARE)
        highest = max([levels[place] for place in still_open], default=Level.SELF_CARE)
        floor = self.rules.rule_set.open_floor
        if highest >= floor:
            level = max(level, floor)
        above: list[Finding] = []
        if highest > level:
            qualifying = set(qualified)
            above = [
                (told.lowered if place in qualifying else told.still_open)(place, given, possible)
                for place in sorted(still_open)
                if levels[place] > level
            ]
        return Judged(
            level,
            fired=tuple([told.fired(place, given, possible) for place in fired]),
            above=tuple(above),
            lowered=tuple([one for one in lowered if one.lowered_by]),
        )

    def in_scope(self) -> bool:
        """Whether the answers are about what the rules are for."""
        return self.prepared.generated.scope(self.given)

    def evidence(self) -> list[tuple[str, Evidence, str]]:
        """The patterns of evidence that hold, with the condition that each points to and the answers in words."""
        told, patterns, given = self.prepared.told, self.rules.evidence, self.given
        holding = self.prepared.generated.evidence(given)
        return [(patterns[place][0], patterns[place][1], told.evidence(place, given, given)) for place in holding]

    def notices(self) -> list[Notice]:
        """The notices whose condition holds."""
        return [self.rules.notices[place][0] for place in self.prepared.generated.notices(self.given)]

    def codings(self, test: str) -> tuple[Coding, ...]:
        """The codings of a test that are carried after these answers."""
        always = self.prepared.always.get(test)
        if always is not None:
            return always
        conditions = [one.when for one in self.rules.rule_set.tests[test].codings if one.when]
        read = [link_id for condition in conditions for link_id in items_of(condition)]
        facts = self.prepared.generated.bits.facts(self.given, self.possible, read)
        return tuple(coding for coding, when in self.rules.codings[test] if when is None or when.judge(facts) is True)


def plainly(rules: CompiledRuleSet, answers: Answers) -> Plainly | None:
    """The answers as bits; None when they contradict each other, stand where nothing was asked or are given in part.

    None, too, when nothing was generated from the rules.
    """
    if rules.prepared is None:
        return None
    generated = rules.prepared.generated
    both = generated.bits.given_and_closed(answers)
    possible = generated.possible(*both) if both else None
    return None if both is None or possible is None else Plainly(rules, rules.prepared, both[0], possible)
