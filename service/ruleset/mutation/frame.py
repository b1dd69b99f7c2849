"""What can be changed around the rules: the scope, the floor, the questions, and the qualifiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from service.ruleset.mutation.mutant import Mutant, Swap, moved, without
from service.ruleset.mutation.variations import in_words, variations
from service.ruleset.whereabouts import Whereabouts
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.model import Criterion, Evidence, Notice, Qualifier, RuleSet
from service.triage.operators import compile_condition
from service.triage.questions import Condition, Is, Item

Judged = TypeVar("Judged", Criterion, Evidence)


def frame_mutants(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    """Every change around the rules."""
    yield from _of_scope(rules, places)
    yield from _of_questions(rules, places)
    yield from _of_contradictions(rules, places)
    for qualifier in rules.rule_set.qualifiers:
        yield from _of_qualifier(rules, places, qualifier)


def _of_scope(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    for says, scope in variations(rules.rule_set.scope, rules.rule_set.items):
        swap = Swap(rules.scope, compile_condition(scope), open_matters=False)
        changed = replace(rules, scope=swap.after)
        yield Mutant(places.scope, f"scope: {says}", changed, touches=swap.touches, proof=swap.proof(rules))
    for level in moved(rules.rule_set.open_floor):
        changed = replace(rules, rule_set=replace(rules.rule_set, open_floor=level))
        yield Mutant(places.floor, f"open_floor: made {level.code}", changed)


def _of_questions(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    for link_id, item in rules.rule_set.items.items():
        for says, other in _item_changes(item):
            items = {**rules.rule_set.items, link_id: other}
            changed = replace(rules, rule_set=replace(rules.rule_set, items=items))
            yield Mutant(places.items[link_id], f"question “{link_id}”: {says}", changed, (link_id,))


def _item_changes(item: Item) -> Iterator[tuple[str, Item]]:
    for index, gate in enumerate(item.asked_when):
        says = f"“{in_words(gate)}” dropped from “asked_when”"
        yield says, replace(item, asked_when=without(item.asked_when, index))
    if item.kind == "boolean":
        yield f"concern: made {str(not item.concern).lower()}", replace(item, concern=not item.concern)
    elif not item.repeats and len(item.options) > 1:
        yield "options: in reverse order", replace(item, options=item.options[::-1])


def _of_contradictions(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    pairs = rules.rule_set.contradictions
    for index, pair in enumerate(pairs):
        changed = replace(rules, rule_set=replace(rules.rule_set, contradictions=without(pairs, index)))
        says = f"contradiction of “{in_words(pair.first)}” and “{in_words(pair.second)}”: dropped"
        yield Mutant(places.contradictions[index], says, changed, (pair.first.item, pair.second.item))


def _of_qualifier(rules: CompiledRuleSet, places: Whereabouts, qualifier: Qualifier) -> Iterator[Mutant]:
    about = (qualifier.id, *(c.id for c in rules.rule_set.criteria if qualifier in c.unless))
    for says, when in variations(qualifier.when, rules.rule_set.items):
        changed = compile_rules(_with_qualifier(rules.rule_set, qualifier, replace(qualifier, when=when)))
        yield Mutant(places.qualifiers[qualifier.id], f"qualifier “{qualifier.id}”: {says}", changed, about)


def _with_qualifier(rule_set: RuleSet, old: Qualifier, new: Qualifier) -> RuleSet:
    """The rule set with another qualifier wherever it stands: under `unless`, and in conditions that name it."""

    def judged(rule: Judged) -> Judged:
        return replace(rule, when=_swapped(rule.when, old.when, new.when))

    def noticed(notice: Notice) -> Notice:
        return notice if notice.when is None else replace(notice, when=_swapped(notice.when, old.when, new.when))

    return replace(
        rule_set,
        criteria=tuple(
            replace(judged(c), unless=tuple(new if q is old else q for q in c.unless)) for c in rule_set.criteria
        ),
        conditions={
            code: replace(condition, evidence=tuple(judged(one) for one in condition.evidence))
            for code, condition in rule_set.conditions.items()
        },
        notices=tuple(noticed(notice) for notice in rule_set.notices),
    )


def _swapped(condition: Condition, old: Condition, new: Condition) -> Condition:
    """The condition with another part where the old one itself, not one that is merely equal, stands."""
    if condition is old:
        return new
    if isinstance(condition, Is):
        return condition
    return replace(condition, parts=tuple(_swapped(part, old, new) for part in condition.parts))
