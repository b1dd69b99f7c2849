"""What `triage/facts.py` does to answers, as formulas: contradictions, `none`, `asked_when`, options not asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from service.ruleset.proof.logic import B, Logic, at_least
from service.triage.model import RuleSet
from service.triage.questions import NONE, Answer, Answers, Denied, Is, Item, Unasked, Value

Given = Mapping[str, Mapping[Answer, B]]
"""For each question and each of its values, whether that value was given; for each option of a multiple choice, whether
it is said to be unasked. None given: unanswered."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[B]):
    """Whether a question is known, which values are its fact, and which options were not asked.

    A value implies `known`, and so does an option that was not asked: then others were.
    """

    known: B
    values: Mapping[Value, B]
    unasked: Mapping[str, B] = field(default_factory=dict)


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
    """Everything that the question can be answered with; a multiple choice always with `none`, as others may ask it."""
    if item.kind == "boolean":
        return (True, False)
    codes = tuple(option.code for option in item.options)
    return codes if NONE in codes or not item.repeats else (*codes, NONE)


def sayings_of(item: Item) -> tuple[Answer, ...]:
    """The same, and that an option was not asked. What is denied is told by `none`, or by being neither."""
    unasked = [Unasked(option.code) for option in item.options if item.repeats and option.code != NONE]
    return (*values_of(item), *unasked)


def picks(given: Mapping[Value, B] | Mapping[Answer, B]) -> dict[Value, B]:
    """The values given, without `none`."""
    return {value: truth for value, truth in given.items() if isinstance(value, bool | str) and value != NONE}


def given_in(rule_set: RuleSet, answers: Answers) -> dict[str, dict[Answer, bool]]:
    """Answers as truths, to run the translation on."""
    return {
        name: {value: _is_given(value, answers.get(name, ())) for value in sayings_of(item)}
        for name, item in rule_set.items.items()
    }


def _is_given(value: Answer, given: tuple[Answer, ...]) -> bool:
    if isinstance(value, Unasked):
        return value in given and Denied(value.option) not in given
    if value != NONE:
        return value in given
    denied = [answer.option for answer in given if isinstance(answer, Denied)]
    picked = [answer for answer in given if isinstance(answer, bool | str)]
    return NONE in given or any(option in given for option in denied) or (bool(denied) and not picked)


def read(logic: Logic[B], rule_set: RuleSet, given: Given[B]) -> Reading[B]:
    """All facts: hidden questions imply their gate or are closed by it, one after the other as the engine does it."""
    said = {name: _one_reading(logic, item, given[name]) for name, item in rule_set.items.items()}
    facts = dict(said)
    for item in rule_set.items.values():
        _imply_gate(logic, item, given[item.link_id], facts)
    for name, item in rule_set.items.items():
        if item.asked_when:
            closed = logic.every(_is_refused(logic, gate, facts) for gate in item.asked_when)
            still = {o: logic.every((truth, logic.negate(closed))) for o, truth in facts[name].unasked.items()}
            facts[name] = Fact(logic.some((facts[name].known, closed)), facts[name].values, still)
    own = {name: _against_itself(logic, item, given[name]) for name, item in rule_set.items.items()}
    undisputed = _without(logic, rule_set, facts, own, lambda other: is_met(logic, other, facts))

    def could_dispute(other: Is) -> B:
        return logic.every((logic.negate(is_met(logic, other, facts)), is_open(logic, other, facts)))

    return Reading(
        said=said,
        facts=facts,
        undisputed=undisputed,
        settled=_without(logic, rule_set, undisputed, own, could_dispute),
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
        unasked = {option: logic.every((truth, calm)) for option, truth in fact.unasked.items()}
        left[name] = Fact(logic.every((fact.known, calm)), values, unasked)
    return left


def _against_itself(logic: Logic[B], item: Item, given: Mapping[Answer, B]) -> B:
    """Two values of one answer, or "none" beside other options."""
    if item.repeats:
        return logic.every((logic.some(picks(given).values()), given[NONE]))
    return at_least(logic, 2, list(given.values())) if len(given) > 1 else logic.some(())


def is_met(logic: Logic[B], leaf: Is, facts: Facts[B]) -> B:
    """Whether the question is known to have one of the values wanted."""
    values = facts[leaf.item].values
    return logic.some(values[value] for value in leaf.values if value in values)


def is_open(logic: Logic[B], leaf: Is, facts: Facts[B]) -> B:
    """Whether the question is open, or one of the values wanted was not asked."""
    fact = facts[leaf.item]
    unasked = [truth for option, truth in fact.unasked.items() if option in leaf.values]
    return logic.some((logic.negate(fact.known), *unasked))


def _one_reading(logic: Logic[B], item: Item, given: Mapping[Answer, B]) -> Fact[B]:
    order = [item.concern, not item.concern] if item.kind == "boolean" else list(values_of(item))
    values: dict[Value, B] = {}
    for place, value in enumerate(order):
        more_acute = [] if item.repeats else [logic.negate(given[before]) for before in order[:place]]
        values[value] = logic.some(()) if value == NONE else logic.every((given[value], *more_acute))
    said = [answer for answer in given if isinstance(answer, Unasked)]
    if not said:
        return Fact(logic.some(given.values()), values)
    unasked: dict[str, B] = {a.option: logic.every((given[a], logic.negate(given[a.option]))) for a in said}
    known = logic.every((logic.some(given.values()), logic.negate(logic.every(unasked.values()))))
    return Fact(known, values, {option: logic.every((truth, known)) for option, truth in unasked.items()})


def _is_refused(logic: Logic[B], gate: Is, facts: Facts[B]) -> B:
    return logic.negate(logic.some((is_met(logic, gate, facts), is_open(logic, gate, facts))))


def _imply_gate(logic: Logic[B], item: Item, given: Mapping[Answer, B], facts: Facts[B]) -> None:
    """A positive answer tells that the first gate was met, unless some gate is known to be."""
    if not item.asked_when:
        return
    gate = item.asked_when[0]
    values = (*picks(facts[item.link_id].values).items(), *picks(given).items())
    positive = logic.some(truth for value, truth in values if value is not False)
    met = logic.some(is_met(logic, each, facts) for each in item.asked_when)
    implied = logic.every((positive, logic.negate(met)))
    old = facts[gate.item]
    changed = dict(old.values)
    for value, truth in old.values.items():
        if value in gate.values:
            changed[value] = logic.some((truth, implied))
        elif value is False:
            changed[value] = logic.every((truth, logic.negate(implied)))
    opened = logic.every((implied, logic.negate(old.known)))
    unasked = {
        option: logic.every((truth, logic.negate(implied))) if option in gate.values else logic.some((truth, opened))
        for option, truth in old.unasked.items()
    }
    facts[gate.item] = Fact(logic.some((old.known, implied)), changed, unasked)
