"""A criterion that can never fire: nothing meets its condition, or a qualifier holds whenever something does."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.possible import gates_of, is_asked, possible_facts
from service.ruleset.whole import Whole
from service.triage.operators import compile_condition


def check(whole: Whole) -> Iterator[Problem]:
    """Every such criterion, as far as its combinations of answers are few enough to be tried."""
    items = whole.rule_set.items
    for sheet, path, criterion in whole.criteria():
        conditions = [criterion.when, *(qualifier.when for qualifier in criterion.unless)]
        gates = gates_of(items, conditions)
        tried = possible_facts(items, [*conditions, *(gate for several in gates.values() for gate in several)])
        if tried is None:
            continue
        when, unless = compile_condition(criterion.when), [compile_condition(q.when) for q in criterion.unless]
        met = [facts for facts in tried if when.judge(facts) is True and is_asked(facts, gates)]
        said = f"The criterion “{criterion.id}” can never fire:"
        if not met:
            remedy = "Correct it: a question that takes one answer cannot have two, nor be asked after another."
            yield sheet.problem((*path, "when"), f"{said} no answers meet its “when”.", remedy)
        elif all(any(qualifier.judge(facts) is True for qualifier in unless) for facts in met):
            named = " or ".join(f"“{qualifier.id}”" for qualifier in criterion.unless)
            remedy = "Remove the qualifier, or widen “when”."
            yield sheet.problem((*path, "unless"), f"{said} whenever its “when” is met, {named} holds.", remedy)
