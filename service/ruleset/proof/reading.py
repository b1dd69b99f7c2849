"""What `triage/facts.py` does to answers, as formulas: contradictions, `none`, and `asked_when` both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from service.ruleset.proof.logic import B, Logic, at_least
from service.triage.facts import NONE
from service.triage.model import RuleSet
from service.triage.questions import Answers, Is, Item, Value

Given = Mapping[str, Mapping[Value, B]]
"""For each question and each of its values, whether that value was given. None given: unanswered."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[B]):
    """Whether a question is known, and which values are its fact. A value implies `known`."""

    known: B
    values: Mapping[Value, B]


Facts = dict[str, Fact[B]]


@dataclass(frozen=True, slots=True)
class Reading(Generic[B]):
    """Each question read by itself; the facts; these without the questions whose answers are contradicted.

    `settled` are without those, too, that an open question could still contradict.
    """

    said: Facts[B]
    facts: Facts[B]
    undisputed: Facts[B]
    settled: Facts[B]


def values_of(item: Item) -> tuple[Value, ...]:
    """Everything that the question can be answered with."""
    return (True, False) if item.kind == "boolean" else tuple(option.code for option in item.options)


def given_in(rule_set: RuleSet, answers: Answers) -> dict[str, dict[Value, bool]]:
    """Answers as truths, to run the translation on."""
    return {
        name: {value: value in answers.get(name, ()) for value in values_of(item)}
        for name, item in rule_set.items.items()
    }


def read(logic: Logic[B], rule_set: RuleSet, given: Given[B]) -> Reading[B]:
    """All facts: hidden questions imply their gate or are closed by it, one after the other as the engine does it."""
    said = {name: _one_reading(logic, item, given[name]) for name, item in rule_set.items.items()}
    facts = dict(said)
    for item in rule_set.items.values():
        _imply_gate(logic, item, given[item.link_id], facts)
    for name, item in rule_set.items.items():
        if item.asked_when:
            closed = logic.every(_is_refused(logic, gate, facts) for gate in item.asked_when)
            facts[name] = Fact(logic.some((facts[name].known, closed)), facts[name].values)
    own = {name: _against_itself(logic, item, given[name]) for name, item in rule_set.items.items()}
    undisputed = _without(logic, rule_set, facts, own, lambda other: is_met(logic, other, facts))
    return Reading(
        said=said,
        facts=facts,
        undisputed=undisputed,
        settled=_without(logic, rule_set, undisputed, own, lambda other: logic.negate(facts[other.item].known)),
    )


def _without(
    logic: Logic[B], rule_set: RuleSet, facts: Facts[B], own: Mapping[str, B], disputes: Callable[[Is], B]
) -> Facts[B]:
    """The facts, unknown where a question is answered against itself or the other side of a pair disputes it."""
    left = {}
    for name, fact in facts.items():
        sides = [(pair.first, pair.second) for pair in rule_set.contradictions]
        against = [
            logic.every((is_met(logic, side, facts), disputes(other)))
            for side, other in (*sides, *((second, first) for first, second in sides))
            if side.item == name
        ]
        calm = logic.negate(logic.some([own[name], *against]))
        values = {value: logic.every((truth, calm)) for value, truth in fact.values.items()}
        left[name] = Fact(logic.every((fact.known, calm)), values)
    return left


def _against_itself(logic: Logic[B], item: Item, given: Mapping[Value, B]) -> B:
    """Two values of one answer, or "none" beside other options."""
    if item.repeats:
        picked = logic.some(truth for value, truth in given.items() if value != NONE)
        return logic.every((picked, given[NONE])) if NONE in given else logic.some(())
    return at_least(logic, 2, list(given.values())) if len(given) > 1 else logic.some(())


def is_met(logic: Logic[B], leaf: Is, facts: Facts[B]) -> B:
    """Whether the question is known to have one of the values wanted."""
    values = facts[leaf.item].values
    return logic.some(values[value] for value in leaf.values if value in values)


def _one_reading(logic: Logic[B], item: Item, given: Mapping[Value, B]) -> Fact[B]:
    order = [item.concern, not item.concern] if item.kind == "boolean" else list(given)
    values: dict[Value, B] = {}
    for place, value in enumerate(order):
        more_acute = [] if item.repeats else [logic.negate(given[before]) for before in order[:place]]
        values[value] = logic.some(()) if value == NONE else logic.every((given[value], *more_acute))
    return Fact(logic.some(given.values()), values)


def _is_refused(logic: Logic[B], gate: Is, facts: Facts[B]) -> B:
    return logic.every((facts[gate.item].known, logic.negate(is_met(logic, gate, facts))))


def _imply_gate(logic: Logic[B], item: Item, given: Mapping[Value, B], facts: Facts[B]) -> None:
    """A positive answer tells that the first gate was met, unless some gate is known to be."""
    if not item.asked_when:
        return
    gate = item.asked_when[0]
    values = (*facts[item.link_id].values.items(), *given.items())
    positive = logic.some(truth for value, truth in values if value is not False and value != NONE)
    met = logic.some(is_met(logic, each, facts) for each in item.asked_when)
    implied = logic.every((positive, logic.negate(met)))
    old = facts[gate.item]
    changed = dict(old.values)
    for value, truth in old.values.items():
        if value in gate.values:
            changed[value] = logic.some((truth, implied))
        elif value is False:
            changed[value] = logic.every((truth, logic.negate(implied)))
    facts[gate.item] = Fact(logic.some((old.known, implied)), changed)
