"""A test that nothing asks for, so that it can never be proposed."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.checks.unreachable_conditions import reached_conditions
from service.ruleset.places import find
from service.ruleset.whole import Whole


def check(whole: Whole) -> Iterator[Problem]:
    """Every test that no criterion asks for, and no condition that something points to."""
    rules = whole.rule_set
    reached = reached_conditions(rules)
    asked = {ask.test for criterion in rules.criteria for ask in criterion.tests}
    asked |= {ask.test for code, condition in rules.conditions.items() if code in reached for ask in condition.tests}
    for sheet, path, code in find(whole.sheets, "tests.yaml", "*/code"):
        if code not in asked:
            said = f"Nothing asks for the test “{code}”: no criterion, no condition that can be suspected."
            yield sheet.problem(path, said, "Let one ask for it under “tests”, or remove it.")
