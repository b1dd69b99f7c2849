"""From answers, some of them contradictory or to hidden questions, to facts by the more acute reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.triage.decision import Conflict
from service.triage.model import RuleSet
from service.triage.questions import Answers, Facts, Is, Item, Value

NONE = "none"
"""The option that excludes every other one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts to judge by, and every contradiction met on the way to them.

    Only facts that are `undisputed` may lower a level: those without the questions whose answers contradict each other.
    `disputable` are questions with an answer that others, still open, could contradict: linkId to these others.
    """

    facts: Facts
    undisputed: Facts
    disputable: Mapping[str, tuple[str, ...]]
    conflicts: tuple[Conflict, ...]


def read_acutely(rule_set: RuleSet, answers: Answers) -> Reading:
    """Facts for every item that is known; whatever two answers dispute is read as the more acute of the two."""
    conflicts: list[Conflict] = []
    facts: dict[str, frozenset[Value]] = {}
    for item in rule_set.items.values():
        if given := answers.get(item.link_id):
            facts[item.link_id] = _one_reading(item, given, conflicts)
    for item in rule_set.items.values():
        _imply_gate(rule_set, item, answers, facts, conflicts)
    for item in rule_set.items.values():
        if item.link_id not in facts and _is_hidden(item, facts):
            facts[item.link_id] = frozenset()
    for pair in rule_set.contradictions:
        if all(not facts.get(side.item, frozenset()).isdisjoint(side.values) for side in (pair.first, pair.second)):
            sides = [_told(rule_set.items[side.item], facts[side.item]) for side in (pair.first, pair.second)]
            conflicts.append(
                Conflict(
                    link_ids=(pair.first.item, pair.second.item),
                    says=f"{sides[0]} does not go with {sides[1]}",
                    counted="both answers, each for what it adds to the concern",
                )
            )
    disputed = {link_id for conflict in conflicts if not conflict.hidden for link_id in conflict.link_ids}
    undisputed = {link_id: values for link_id, values in facts.items() if link_id not in disputed}
    return Reading(facts, undisputed, _disputable(rule_set, facts), tuple(conflicts))


def _disputable(rule_set: RuleSet, facts: Facts) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in rule_set.contradictions:
        for side, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if _is_met(side, facts) and other.item not in facts:
                found[side.item] = (*found.get(side.item, ()), other.item)
    return found


def _one_reading(item: Item, given: tuple[Value, ...], conflicts: list[Conflict]) -> frozenset[Value]:
    values = tuple(dict.fromkeys(given))
    if item.repeats:
        picked = frozenset(value for value in values if value != NONE)
        kept = picked
        disputed = bool(picked) and NONE in values
    else:
        kept = frozenset(values if len(values) == 1 else (_most_acute(item, values),))
        disputed = len(values) > 1
        kept = kept - {NONE}
    if disputed:
        conflicts.append(
            Conflict(
                link_ids=(item.link_id,),
                says=f"{_told(item, frozenset(values))} cannot all be so",
                counted=_told(item, kept),
            )
        )
    return kept


def _most_acute(item: Item, values: tuple[Value, ...]) -> Value:
    if item.kind == "boolean":
        return item.concern
    return next(option.code for option in item.options if option.code in values)


def _is_met(gate: Is, facts: Facts) -> bool | None:
    given = facts.get(gate.item)
    return None if given is None else not given.isdisjoint(gate.values)


def _is_hidden(item: Item, facts: Facts) -> bool:
    return bool(item.asked_when) and all(_is_met(gate, facts) is False for gate in item.asked_when)


def _imply_gate(
    rule_set: RuleSet, item: Item, answers: Answers, facts: dict[str, frozenset[Value]], conflicts: list[Conflict]
) -> None:
    """An answer to a question that should not have been asked: a positive one tells that its gate was met.

    Positive is also what a contradiction let go, such as the "yes" of a yes and no where "no" is the concern.
    """
    given = facts.get(item.link_id)
    if given is None or not item.asked_when or any(_is_met(gate, facts) for gate in item.asked_when):
        return
    gate = item.asked_when[0]
    gate_item = rule_set.items[gate.item]
    gate_said = _told(gate_item, facts[gate.item]) if gate.item in facts else f"{gate_item.label}: not answered"
    positive = bool({*given, *answers.get(item.link_id, ())} - {False, NONE})
    if positive:
        facts[gate.item] = facts.get(gate.item, frozenset()) - {False} | frozenset(gate.values)
    elif gate.item not in facts:
        return
    conflicts.append(
        Conflict(
            link_ids=(item.link_id, gate.item),
            says=f"{_told(item, given)} was answered although “{gate_said}” hides the question",
            counted=_told(gate_item, facts[gate.item]) if positive else "the hidden answer changed nothing",
            hidden=True,
            harmless=not positive,
        )
    )


def _told(item: Item, values: frozenset[Value]) -> str:
    order: list[Value] = [True, False, *(option.code for option in item.options)]
    texts = [item.option_text(value) for value in order if value in values]
    told = texts[0] if len(texts) == 1 else " and ".join(f"“{text}”" for text in texts)
    return f"{item.label}: {told or item.option_text(NONE)}"
