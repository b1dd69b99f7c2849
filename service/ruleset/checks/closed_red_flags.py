"""A red flag that is not open while nothing is answered, or whose questions are then not reported open."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.whole import Whole
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.decision import Verdict
from service.triage.model import Level


def check(whole: Whole) -> Iterator[Problem]:
    """Every criterion of the highest level that the decision on no answers at all does not leave open."""
    decision = decide(compile_rules(whole.rule_set), {})
    findings = {finding.criterion.id: finding for finding in decision.findings}
    reported = {question.item.link_id for question in decision.open_questions}
    for sheet, path, criterion in whole.criteria():
        finding = findings[criterion.id]
        unreported = [link_id for link_id in finding.open if link_id not in reported]
        said = f"The red flag “{criterion.id}” has no unknown branch:"
        remedy = "Unanswered is not “no”: "
        if criterion.level is not Level.EMERGENCY:
            continue
        if finding.verdict is not Verdict.UNKNOWN:
            said += f" with no answer at all it is {finding.verdict.value}."
            yield sheet.problem((*path, "when"), said, remedy + "let “when” ask a question.")
        elif unreported:
            said += f" with no answer at all {', '.join(unreported)} would not be reported open."
            yield sheet.problem((*path, "when"), said, remedy + "set “open_floor” in ruleset.yaml below emergency.")
