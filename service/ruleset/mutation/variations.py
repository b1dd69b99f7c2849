"""The small changes that can be made to one condition, each with its words: dropped, negated, widened, narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from service.triage.questions import NONE, AllOf, AnyOf, AtLeast, Condition, Is, Item, Value

Variation = tuple[str, Condition]
"""What was changed, in words, and the changed condition."""


def variations(
    condition: Condition, items: Mapping[str, Item], elsewhere: tuple[Condition, ...] = ()
) -> Iterator[Variation]:
    """Every different condition that one change makes of this one; what is written `elsewhere` is left as it is."""
    seen: list[Condition] = [condition]
    for says, changed in _changes(condition, items, elsewhere):
        if changed not in seen:
            seen.append(changed)
            yield says, changed


def in_words(condition: Condition) -> str:
    """A condition much as it is written, such as "weakness is true"."""
    if isinstance(condition, Is):
        values = ", ".join(str(value).lower() for value in condition.values)
        return f"{condition.item} {condition.operator.replace('_any', ' any of')} {values}"
    parts = "; ".join(in_words(part) for part in condition.parts)
    return f"{_form(condition)} ({parts})"


def _form(condition: AllOf | AnyOf | AtLeast) -> str:
    if isinstance(condition, AtLeast):
        return f"at least {condition.count} of"
    return "all of" if isinstance(condition, AllOf) else "any of"


def _changes(condition: Condition, items: Mapping[str, Item], elsewhere: tuple[Condition, ...]) -> Iterator[Variation]:
    if any(condition is other for other in elsewhere):
        return
    if isinstance(condition, Is):
        yield from _leaf_changes(condition, items[condition.item])
        return
    yield from _form_changes(condition)
    for index, part in enumerate(condition.parts):
        for says, changed in _changes(part, items, elsewhere):
            parts = (*condition.parts[:index], changed, *condition.parts[index + 1 :])
            yield says, replace(condition, parts=parts)


def _form_changes(condition: AllOf | AnyOf | AtLeast) -> Iterator[Variation]:
    parts, needed = condition.parts, condition.count if isinstance(condition, AtLeast) else 1
    if len(parts) == 1:
        return
    if needed < len(parts):
        for index, part in enumerate(parts):
            dropped = replace(condition, parts=(*parts[:index], *parts[index + 1 :]))
            yield f"“{in_words(part)}” dropped from “{_form(condition)}”", dropped
    if isinstance(condition, AtLeast):
        for count in (needed - 1, needed + 1):
            if 1 <= count <= len(parts):
                changed = AtLeast(count, parts)
                yield f"“{_form(condition)}” made “{_form(changed)}”", changed
        return
    other = AnyOf(parts) if isinstance(condition, AllOf) else AllOf(parts)
    yield f"“{_form(condition)}” made “{_form(other)}”", other


def _leaf_changes(leaf: Is, item: Item) -> Iterator[Variation]:
    """The answers turned round, one more of them, and one less."""
    options = [option.code for option in item.options if option.code != NONE]
    every: list[Value] = [True, False] if item.kind == "boolean" else [*options]
    others = [value for value in every if value not in leaf.values]
    many = ("is" if leaf.operator.startswith("is") else "includes") + "_any"

    def made(how: str, values: list[Value]) -> Variation:
        changed = Is(leaf.item, leaf.operator if len(values) == 1 == len(leaf.values) else many, tuple(values))
        return f"“{in_words(leaf)}” {how} “{in_words(changed)}”", changed

    if others:
        yield made("negated:", others)
        yield made("widened:", [*leaf.values, _next(every, others, leaf.values[-1])])
    if len(leaf.values) > 1:
        for dropped in leaf.values:
            yield made("narrowed:", [value for value in leaf.values if value != dropped])


def _next(every: list[Value], others: list[Value], last: Value) -> Value:
    """The first of the others that stands after the last wanted answer; the first of all when none does."""
    at = every.index(last)
    return next((value for value in every[at + 1 :] if value in others), others[0])
