"""An explanation in words: the same sentences for FHIR notes and issues, the command line and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TypeVar

from service.triage.decision import Decision
from service.triage.explanation import MOST_CHANGES, Change, Explanation, How, NextQuestion, WhatIf
from service.triage.model import Level, RuleSet
from service.triage.questions import Item, Value

MOST_TOLD = 12
"""So many of one kind are told in one sentence; the rest is counted, and stands in full where the structure does."""

FEW_TESTS = 3
"""So many tests are named; more of them are counted."""

Told = TypeVar("Told")

_NOT_LOWER = f"No change of up to {MOST_CHANGES} answers would make it lower."
_TOGETHER = {1: "One answer", 2: "Two answers together", 3: "Three answers together"}


@lru_cache(maxsize=4096)
def change_in_words(change: Change) -> str:
    """One answer that would be otherwise, such as "weakness: yes instead of no"."""
    values = _either(change.item, change.values)
    if change.how is How.ALSO:
        return f"{change.item.label}: also {values}"
    if change.how is How.WITHOUT:
        return f"{change.item.label}: without {values}"
    if change.how is How.INSTEAD:
        return f"{change.item.label}: {values} instead of {_all(change.item, change.now)}"
    return f"{change.item.label}: {values}"


def changes_in_words(what_if: WhatIf) -> str:
    """All the answers of one set of changes."""
    return " and ".join(change_in_words(change) for change in what_if.changes)


def what_if_in_words(what_if: WhatIf, rule_set: RuleSet) -> str:
    """A set of changes and what it would lead to, as one sentence."""
    return f"It would be {rule_set.levels[what_if.level].title} with {changes_in_words(what_if)}."


def next_in_words(question: NextQuestion, rule_set: RuleSet) -> str:
    """An open question and what its answer can still do."""
    can = []
    if question.could_reach is not None:
        alone = "by itself" if question.alone else "with other answers"
        can.append(f"could make it {rule_set.levels[question.could_reach].title} {alone}")
    if question.tests:
        few = len(question.tests) <= FEW_TESTS
        tests = [rule_set.tests[code].title for code in question.tests] if few else [f"{len(question.tests)} tests"]
        can.append(f"could add {', '.join(tests)}")
    return f"{question.words} ({'; '.join(can)})"


def why_not_higher(explanation: Explanation, decision: Decision, rule_set: RuleSet) -> list[str]:
    """A sentence for each higher level, most acute first."""
    return [
        _toward(level, [one for one in explanation.raising if one.level is level], rule_set)
        for level in _higher(decision)
    ]


def why_not_lower(explanation: Explanation, decision: Decision, rule_set: RuleSet) -> list[str]:
    """A sentence for each lower level that few changes lead to; nothing at the lowest level."""
    if decision.level is Level.SELF_CARE:
        return []
    by_level = groupby(explanation.lowering, key=lambda what_if: what_if.level)
    told = [_toward(level, list(found), rule_set) for level, found in by_level]
    return told or [_NOT_LOWER]


def explanation_notes(explanation: Explanation, decision: Decision, rule_set: RuleSet) -> list[str]:
    """Why neither higher nor lower, and what to ask next, one text each."""
    texts = [
        *why_not_higher(explanation, decision, rule_set),
        *why_not_lower(explanation, decision, rule_set),
    ]
    if explanation.ask_next:
        asked = _listed(explanation.ask_next, lambda question: next_in_words(question, rule_set))
        texts.append(f"Ask next, in this order: {asked}.")
    return texts


def explanation_lines(explanation: Explanation, decision: Decision, rule_set: RuleSet) -> list[str]:
    """The same for a terminal, where nothing is cut short."""
    lines = ["Why not higher"]
    for level in _higher(decision):
        lines += _lines_toward(level, [one for one in explanation.raising if one.level is level], rule_set)
    if decision.level is Level.EMERGENCY:
        lines.append("  It is the highest level.")
    lines += ["", "Why not lower"]
    if not explanation.lowering:
        lowest = decision.level is Level.SELF_CARE
        lines.append(f"  {'It is the lowest level.' if lowest else _NOT_LOWER}")
    for level, found in groupby(explanation.lowering, key=lambda what_if: what_if.level):
        lines += _lines_toward(level, list(found), rule_set)
    lines += ["", "What to ask next"]
    return lines + ([f"  - {next_in_words(one, rule_set)}" for one in explanation.ask_next] or ["  nothing is open"])


def _lines_toward(level: Level, found: Sequence[WhatIf], rule_set: RuleSet) -> list[str]:
    if not found:
        return [f"  {_toward(level, found, rule_set)}"]
    head = f"  {_TOGETHER[len(found[0].changes)]} would make it {rule_set.levels[level].title}:"
    return [head, *(f"  - {changes_in_words(what_if)}" for what_if in found)]


def _higher(decision: Decision) -> list[Level]:
    return sorted((level for level in Level if level > decision.level), reverse=True)


def _toward(level: Level, found: Sequence[WhatIf], rule_set: RuleSet) -> str:
    title = rule_set.levels[level].title
    if not found:
        return f"No change of up to {MOST_CHANGES} answers would make it {title}."
    size = len(found[0].changes)
    return f"{_TOGETHER[size]} would make it {title}: {_listed(found, changes_in_words)}."


def _listed(each: Sequence[Told], in_words: Callable[[Told], str]) -> str:
    more = [f"and {len(each) - MOST_TOLD} more"] if len(each) > MOST_TOLD else []
    return "; ".join([*map(in_words, each[:MOST_TOLD]), *more])


def _either(item: Item, values: Iterable[Value]) -> str:
    return " or ".join(_told(item, value) for value in values)


def _all(item: Item, values: Iterable[Value]) -> str:
    return " and ".join(_told(item, value) for value in values)


def _told(item: Item, value: Value) -> str:
    text = item.option_text(value)
    return text if isinstance(value, bool) else f"“{text}”"
