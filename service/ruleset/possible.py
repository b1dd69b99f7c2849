"""Every combination of facts that a few conditions can tell apart, so that a question about them can be settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, product
from math import prod

from service.triage.operators import compile_condition, leaves_of
from service.triage.questions import Condition, Facts, Is, Item, Value

LARGEST = 50_000
"""More combinations than this are not tried; what depends on them is left undecided."""


def possible_facts(items: Mapping[str, Item], conditions: Iterable[Condition]) -> list[Facts] | None:
    """The combinations, or None when there are too many.

    Answers that no condition tells apart stand for each other, and no answer stands for every unanswered question:
    as there is no negation, what is not known to be so never makes a condition true.
    """
    wanted: dict[str, list[frozenset[Value]]] = {}
    for leaf in (leaf for condition in conditions for leaf in leaves_of(condition)):
        wanted.setdefault(leaf.item, []).append(frozenset(leaf.values))
    answers = {link_id: _answers(items[link_id], sets) for link_id, sets in wanted.items()}
    if prod(len(choices) for choices in answers.values()) > LARGEST:
        return None
    return [dict(zip(answers, chosen, strict=True)) for chosen in product(*answers.values())]


def gates_of(items: Mapping[str, Item], conditions: Iterable[Condition]) -> dict[str, tuple[Is, ...]]:
    """Of the questions that the conditions ask, and of those that hide them, what each is asked after."""
    found: dict[str, tuple[Is, ...]] = {}
    ahead = [leaf.item for condition in conditions for leaf in leaves_of(condition)]
    while ahead:
        link_id = ahead.pop()
        if link_id not in found:
            found[link_id] = items[link_id].asked_when
            ahead += [gate.item for gate in items[link_id].asked_when]
    return {link_id: gates for link_id, gates in found.items() if gates}


def is_asked(facts: Facts, gates: Mapping[str, tuple[Is, ...]]) -> bool:
    """Whether every question with a positive answer is one that is asked after the other answers."""
    return all(
        any(compile_condition(gate).judge(facts) is True for gate in alternatives)
        for link_id, alternatives in gates.items()
        if facts.get(link_id, frozenset()) - {False}
    )


def _answers(item: Item, wanted: list[frozenset[Value]]) -> list[frozenset[Value]]:
    """No answer, and each answer or set of answers of which the conditions take note."""
    alike: dict[tuple[bool, ...], Value] = {}
    for value in sorted(frozenset().union(*wanted), key=str):
        alike.setdefault(tuple(value in values for values in wanted), value)
    sizes = range(len(alike) + 1) if item.repeats else range(2)
    return [frozenset(chosen) for size in sizes for chosen in combinations(alike.values(), size)]
