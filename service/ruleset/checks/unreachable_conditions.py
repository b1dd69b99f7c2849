"""A suspected condition that nothing points to, and one said to be unreachable that something points to."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.places import find
from service.ruleset.whole import Whole
from service.triage.model import RuleSet


def check(whole: Whole) -> Iterator[Problem]:
    """Every condition without a criterion, evidence or substance that does not say why under `unreachable`."""
    reached = reached_conditions(whole.rule_set)
    for sheet, path, condition in find(whole.sheets, "conditions.yaml", "*"):
        code = condition["code"]
        if code not in reached and "unreachable" not in condition:
            said = f"Nothing points to the condition “{code}”: no criterion, no evidence, no substance."
            remedy = "Add evidence, or say under “unreachable” why there is none."
            yield sheet.problem((*path, "code"), said, remedy)
        if code in reached and "unreachable" in condition:
            said = f"The condition “{code}” is said to be unreachable, but something points to it."
            yield sheet.problem((*path, "unreachable"), said, "Remove “unreachable”.", at_key=True)


def reached_conditions(rule_set: RuleSet) -> set[str]:
    """The conditions that something points to."""
    by_criteria = {code for criterion in rule_set.criteria for code in criterion.suspects}
    return by_criteria | {code for code, condition in rule_set.conditions.items() if condition.evidence}
