"""A criterion that adds nothing, because another one of its level or a higher one fires whenever it does.

Each question is taken by itself, whatever it is asked after: a criterion that says in its own words what a default
says of everything is not blamed for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.problems import Problem
from service.ruleset.possible import possible_facts
from service.ruleset.whole import Whole
from service.triage.model import Criterion, RuleSet
from service.triage.operators import compile_condition, items_of
from service.triage.questions import Facts


def check(whole: Whole) -> Iterator[Problem]:
    """Every such criterion with the first that makes it needless; of two that are equal, the later one."""
    criteria = whole.rule_set.criteria
    needless: set[str] = set()
    shadows: dict[str, Criterion] = {}
    for one in reversed(criteria):
        other = next((o for o in criteria if o.id not in needless | {one.id} and _covers(whole.rule_set, o, one)), None)
        if other:
            needless.add(one.id)
            shadows[one.id] = other
    for sheet, path, criterion in whole.criteria():
        if shadow := shadows.get(criterion.id):
            said = f"The criterion “{criterion.id}” adds nothing: whenever it fires, so does “{shadow.id}” "
            said += f"({shadow.level.code}), with all that it suspects and asks for."
            remedy = "Remove it, or give it a condition, a suspicion, a test or a level of its own."
            yield sheet.problem(path, said, remedy)


def _covers(rule_set: RuleSet, other: Criterion, one: Criterion) -> bool:
    """Whether `other` says all that `one` says, as soon, and fires whenever it does."""
    if other.level < one.level or not set(one.suspects) <= set(other.suspects) or not _asks_as_soon(other, one):
        return False
    if not set(items_of(other.when)) & set(items_of(one.when)):
        return False
    conditions = [criterion.when for criterion in (other, one)]
    conditions += [qualifier.when for criterion in (other, one) for qualifier in criterion.unless]
    tried = possible_facts(rule_set.items, conditions)
    if tried is None:
        return False
    first, second = _fires(other), _fires(one)
    fired = [facts for facts in tried if second(facts)]
    return bool(fired) and all(first(facts) for facts in fired)


def _asks_as_soon(other: Criterion, one: Criterion) -> bool:
    asked = {ask.test: min(other.level, ask.soonest) for ask in other.tests}
    return all(ask.test in asked and asked[ask.test] >= min(one.level, ask.soonest) for ask in one.tests)


def _fires(criterion: Criterion) -> Callable[[Facts], bool]:
    when, unless = compile_condition(criterion.when), [compile_condition(q.when) for q in criterion.unless]
    return lambda facts: when.judge(facts) is True and all(one.judge(facts) is not True for one in unless)
