"""What holds of one set of answers, each condition judged by itself: whatever the answers, and whatever the rules."""

from __future__ import annotations

from dataclasses import dataclass

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Conflict, Finding, Judged, Verdict
from service.triage.facts import Reading, read_acutely
from service.triage.judging import judge_one, level_by
from service.triage.model import Evidence, Notice
from service.triage.operators import because
from service.triage.questions import Answers, Coding


@dataclass(frozen=True, slots=True)
class Closely:
    """One set of answers, read with every contradiction in it."""

    rules: CompiledRuleSet
    reading: Reading

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Every contradiction among the answers."""
        return self.reading.conflicts

    def findings(self) -> tuple[Finding, ...]:
        """A finding for each criterion."""
        items = self.rules.rule_set.items
        return tuple(judge_one(items, self.reading, judged) for judged in self.rules.criteria)

    def judged(self) -> Judged:
        """The level and the findings that have something to say."""
        listed = self.findings()
        level = level_by(self.rules.rule_set.open_floor, ((one.criterion.level, one.verdict) for one in listed))
        return Judged(
            level,
            fired=tuple(one for one in listed if one.verdict is Verdict.FIRED),
            above=tuple(one for one in listed if one.verdict is Verdict.UNKNOWN and one.criterion.level > level),
            lowered=tuple(one for one in listed if one.lowered_by),
        )

    def in_scope(self) -> bool:
        """Whether the answers are about what the rules are for."""
        return self.rules.scope.judge(self.reading.facts) is True

    def evidence(self) -> list[tuple[str, Evidence, str]]:
        """The patterns of evidence that hold, with the condition that each points to and the answers in words."""
        facts, items = self.reading.facts, self.rules.rule_set.items
        return [
            (code, one, one.words(because(when, facts, items)))
            for code, one, when in self.rules.evidence
            if when.judge(facts) is True
        ]

    def notices(self) -> list[Notice]:
        """The notices whose condition holds."""
        facts = self.reading.facts
        return [notice for notice, when in self.rules.notices if when is None or when.judge(facts) is True]

    def codings(self, test: str) -> tuple[Coding, ...]:
        """The codings of a test that are carried after these answers."""
        facts = self.reading.facts
        return tuple(coding for coding, when in self.rules.codings[test] if when is None or when.judge(facts) is True)


def closely(rules: CompiledRuleSet, answers: Answers) -> Closely:
    """The answers, read closely."""
    return Closely(rules, read_acutely(rules.rule_set, answers))
