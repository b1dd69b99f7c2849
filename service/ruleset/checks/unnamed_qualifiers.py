"""A qualifier that nothing names, so that it lowers nothing."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.checks.unfit_conditions import CONDITIONS
from service.ruleset.conditions import leaves
from service.ruleset.known import CRITERIA
from service.ruleset.places import find
from service.ruleset.whole import Whole


def check(whole: Whole) -> Iterator[Problem]:
    """Every qualifier that stands under no `unless` and in no condition."""
    named = {name for _, _, name in find(whole.sheets, CRITERIA, "*/unless/*")}
    for file, pattern, _ in CONDITIONS:
        for _, path, condition in find(whole.sheets, file, pattern):
            named |= {leaf["qualifier"] for _, leaf in leaves(condition, path) if "qualifier" in leaf}
    for sheet, path, name in find(whole.sheets, "qualifiers.yaml", "*/id"):
        if name not in named:
            said = f"Nothing names the qualifier “{name}”."
            yield sheet.problem(path, said, "Name it under “unless” of a criterion, or remove it.")
