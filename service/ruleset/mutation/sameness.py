"""Proves something of conditions by trying every set of answers that they can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product
from math import prod

from service.triage.model import RuleSet
from service.triage.operators import Compiled, decisive_leaves
from service.triage.questions import NONE, Facts, Is, Item, Value

MOST = 100_000
"""With more combinations than this to try, nothing is proven."""

Fact = frozenset[Value] | None


def differ(before: Compiled, after: Compiled, *, open_matters: bool = True) -> Callable[[Facts], bool]:
    """Whether facts are judged differently, or leave other questions open where that matters."""

    def told_apart(facts: Facts) -> bool:
        verdict = before.judge(facts)
        if after.judge(facts) is not verdict:
            return True
        return open_matters and verdict is None and _open(before, facts) != _open(after, facts)

    return told_apart


def never_differ(before: Compiled, after: Compiled, rule_set: RuleSet, *, open_matters: bool = True) -> bool:
    """Whether no facts that `rule_set` can read from any answers tell the two apart; False when that is not proven."""
    return _never(differ(before, after, open_matters=open_matters), (before, after), rule_set)


def always(premise: Compiled, conclusion: Compiled, rule_set: RuleSet) -> bool:
    """Whether the conclusion holds whenever the premise does; False when that is not proven."""

    def fails(facts: Facts) -> bool:
        return premise.judge(facts) is True and conclusion.judge(facts) is not True

    return _never(fails, (premise, conclusion), rule_set)


def _never(happens: Callable[[Facts], bool], judged: tuple[Compiled, ...], rule_set: RuleSet) -> bool:
    """Whether it happens with no facts that can be; they need only hold what is judged, and what hides it."""
    wanted = [leaf for compiled in judged for leaf in _leaves(compiled)]
    read = _with_gates({leaf.item for leaf in wanted}, rule_set)
    items = [rule_set.items[link_id] for link_id in read]
    gates = [gate for item in items for gate in item.asked_when]
    domains = [_domain(item, wanted, gates) for item in items]
    if prod(len(domain) for domain in domains) > MOST:
        return False
    for combination in product(*domains):
        facts = {link_id: fact for link_id, fact in zip(read, combination, strict=True) if fact is not None}
        if happens(facts) and all(_can_be(rule_set, item, facts) for item in items):
            return False
    return True


def _open(compiled: Compiled, facts: Facts) -> set[str]:
    return {leaf.item for leaf in decisive_leaves(compiled, facts)}


def _leaves(compiled: Compiled) -> Iterator[Is]:
    if compiled.leaf is not None:
        yield compiled.leaf
    for part in compiled.parts:
        yield from _leaves(part)


def _with_gates(link_ids: Iterable[str], rule_set: RuleSet) -> list[str]:
    """These questions, and those that hide them, and those that hide these."""
    found: list[str] = []
    ahead = sorted(link_ids)
    while ahead:
        link_id = ahead.pop()
        if link_id not in found:
            found.append(link_id)
            ahead += [gate.item for gate in rule_set.items[link_id].asked_when]
    return found


def _domain(item: Item, wanted: list[Is], gates: list[Is]) -> list[Fact]:
    """Every fact about the item that can be told apart: options that the same leaves want are one.

    A single choice that hides another question can be implied beside what was answered, so that it holds several.
    """
    if item.kind == "boolean":
        return [None, frozenset({True}), frozenset({False}), *([frozenset()] if item.asked_when else [])]
    reading = [leaf for leaf in (*wanted, *gates) if leaf.item == item.link_id]
    alike: dict[tuple[bool, ...], Value] = {}
    for option in item.options:
        if option.code != NONE:
            alike.setdefault(tuple(option.code in leaf.values for leaf in reading), option.code)
    kinds = list(alike.values())
    many = item.repeats or any(gate.item == item.link_id for gate in gates)
    most = len(kinds) if many else 1
    picked = [frozenset(some) for size in range(most + 1) for some in combinations(kinds, size)]
    return [None, *picked]


def _can_be(rule_set: RuleSet, item: Item, facts: Facts) -> bool:
    """Whether reading answers can leave the item like this: a positive answer meets a gate, a hidden one is closed."""
    if not item.asked_when or any(False in gate.values for gate in item.asked_when):
        return True
    met = [None if gate.item not in facts else not facts[gate.item].isdisjoint(gate.values) for gate in item.asked_when]
    if item.link_id in facts:
        return True in met or not facts[item.link_id] - {False}
    hides_first = any(rule_set.items[gate.item].asked_when for gate in item.asked_when)
    return hides_first or any(one is not False for one in met)
