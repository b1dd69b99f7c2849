"""The level alone, for those who try many sets of answers."""

from __future__ import annotations

from service.triage.compiled import CompiledRuleSet
from service.triage.facts import Reading, read_acutely
from service.triage.judging import level_by, weigh
from service.triage.model import Level
from service.triage.plainly import plainly
from service.triage.questions import Answers


def level_of(rules: CompiledRuleSet, answers: Answers) -> tuple[Level, Reading]:
    """The level that `decide` would give, and how the answers were read, for a fraction of its cost."""
    reading = read_acutely(rules.rule_set, answers)
    seen = plainly(rules, answers)
    if seen:
        return seen.judged().level, reading
    weighed = ((criterion.level, weigh(reading, when, unless).verdict) for criterion, when, unless in rules.criteria)
    return level_by(rules.rule_set.open_floor, weighed), reading
