"""Rules in words: when a criterion fires, for plans, references and people who read rules."""

from __future__ import annotations

from collections.abc import Mapping

from service.triage.model import Criterion, RuleSet
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Is, Item


def criterion_words(criterion: Criterion, rule_set: RuleSet) -> str:
    """When a criterion fires, and to which level, in one sentence."""
    title = rule_set.levels[criterion.level].title
    sentence = f"{title} when {condition_words(criterion.when, rule_set.items)}"
    if criterion.unless:
        sentence += f"; unless known: {'; or '.join(qualifier.title for qualifier in criterion.unless)}"
    return f"{sentence}."


def condition_words(condition: Condition, items: Mapping[str, Item]) -> str:
    """A condition in words, such as "weakness: yes and (confusion: yes or lethargy: yes)"."""
    if isinstance(condition, Is):
        return _leaf_words(condition, items[condition.item])
    if isinstance(condition, AtLeast):
        parts = "; ".join(condition_words(part, items) for part in condition.parts)
        return f"at least {condition.count} of ({parts})"
    joined = {AllOf: " and ", AnyOf: " or "}[type(condition)]
    return joined.join(_part_words(part, items) for part in condition.parts)


def _part_words(part: Condition, items: Mapping[str, Item]) -> str:
    inner = condition_words(part, items)
    return f"({inner})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else inner


def _leaf_words(leaf: Is, item: Item) -> str:
    if item.kind == "boolean":
        return f"{item.label}: {' or '.join(item.option_text(value) for value in leaf.values)}"
    return f"{item.label}: {' or '.join(f'“{item.option_text(value)}”' for value in leaf.values)}"
