"""A question that no rule reads: whoever answers it answers in vain."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.places import find
from service.ruleset.whole import Whole
from service.triage.model import RuleSet
from service.triage.operators import items_of
from service.triage.questions import Condition


def check(whole: Whole) -> Iterator[Problem]:
    """Every question that stands in no condition of anything."""
    read = {link_id for condition in _conditions(whole.rule_set) for link_id in items_of(condition)}
    for sheet, path, link_id in find(whole.sheets, "items.yaml", "groups/*/items/*/id"):
        if link_id not in read:
            said = f"No rule reads the question “{link_id}”."
            yield sheet.problem(path, said, "Name it in a condition, or do not ask it.")


def _conditions(rules: RuleSet) -> Iterator[Condition]:
    """Everything that is judged by answers; a contradiction only reports them."""
    yield rules.scope
    yield from (gate for item in rules.items.values() for gate in item.asked_when)
    yield from (qualifier.when for qualifier in rules.qualifiers)
    yield from (criterion.when for criterion in rules.criteria)
    yield from (evidence.when for condition in rules.conditions.values() for evidence in condition.evidence)
    yield from (chosen.when for test in rules.tests.values() for chosen in test.codings if chosen.when is not None)
    yield from (notice.when for notice in rules.notices if notice.when is not None)
