"""From answers, some of them contradictory or to hidden questions, to facts by the more acute reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.triage.decision import Conflict
from service.triage.model import RuleSet
from service.triage.operators import is_met
from service.triage.questions import NONE, Answer, Answers, Denied, Facts, Is, Item, Unasked, Value


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts to judge by, and every contradiction met on the way to them.

    Only facts that are `undisputed` may lower a level: those without the questions whose answers contradict each other.
    `disputable` are questions with an answer that others, still open, could contradict: linkId to what would do so.
    """

    facts: Facts
    undisputed: Facts
    disputable: Mapping[str, tuple[Is, ...]]
    conflicts: tuple[Conflict, ...]


def read_acutely(rule_set: RuleSet, answers: Answers) -> Reading:
    """Facts for every item that is known; whatever two answers dispute is read as the more acute of the two."""
    conflicts: list[Conflict] = []
    facts: dict[str, frozenset[Answer]] = {}
    for link_id, item in rule_set.items.items():
        given = answers.get(link_id, ())
        if len(given) == 1 and isinstance(given[0], (bool, str)):
            facts[link_id] = _alone(given[0])
        elif _says_something(item, given):
            facts[link_id] = _one_reading(item, given, conflicts)
    for item in rule_set.gated:
        _imply_gate(rule_set, item, answers, facts, conflicts)
    for item in rule_set.gated:
        if _is_hidden(item, facts):
            facts[item.link_id] = frozenset(v for v in facts.get(item.link_id, ()) if not isinstance(v, Unasked))
    for pair in rule_set.contradictions:
        if is_met(pair.first, facts) and is_met(pair.second, facts):
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
    return Reading(facts, undisputed, disputable(rule_set, facts), tuple(conflicts))


def disputable(rule_set: RuleSet, facts: Facts) -> dict[str, tuple[Is, ...]]:
    """The questions with an answer that others, still open, could contradict, and what would do so."""
    found: dict[str, tuple[Is, ...]] = {}
    for pair in rule_set.contradictions:
        for side, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if is_met(side, facts) and is_met(other, facts) is None:
                found[side.item] = (*found.get(side.item, ()), other)
    return found


def _says_something(item: Item, given: tuple[Answer, ...]) -> bool:
    """Whether a question was answered: not when none of its options was asked."""
    if not any(isinstance(value, Unasked) for value in given):
        return bool(given)
    options = [option.code for option in item.options if option.code != NONE]
    return not (options and all(_is_unasked(option, given) for option in options))


def _is_unasked(option: str, given: tuple[Answer, ...]) -> bool:
    return Unasked(option) in given and option not in given and Denied(option) not in given


def _one_reading(item: Item, given: tuple[Answer, ...], conflicts: list[Conflict]) -> frozenset[Answer]:
    values = tuple(dict.fromkeys(given))
    kept: frozenset[Answer]
    if item.repeats:
        picked = frozenset(value for value in values if isinstance(value, str) and value != NONE)
        kept = picked | {v for v in values if isinstance(v, Unasked) and _is_unasked(v.option, values)}
        against = {v for v in values if v == NONE or (isinstance(v, Denied) and v.option in picked)}
        disputing: frozenset[Answer] = picked | against if picked and against else frozenset()
    else:
        disputing = frozenset(values) if len(values) > 1 else frozenset()
        kept = frozenset([_most_acute(item, values)] if disputing else values) - {NONE}
    if disputing:
        conflicts.append(
            Conflict(
                link_ids=(item.link_id,),
                says=f"{_told(item, disputing)} cannot all be so",
                counted=_told(item, kept),
            )
        )
    return kept


@lru_cache(maxsize=1024)
def _alone(value: Value) -> frozenset[Answer]:
    """The facts of a question with one plain answer; each is made once."""
    return frozenset() if value == NONE else frozenset({value})


def _most_acute(item: Item, values: tuple[Answer, ...]) -> Value:
    if item.kind == "boolean":
        return item.concern
    return next(option.code for option in item.options if option.code in values)


def _is_hidden(item: Item, facts: Facts) -> bool:
    return all(is_met(gate, facts) is False for gate in item.asked_when)


def _imply_gate(
    rule_set: RuleSet, item: Item, answers: Answers, facts: dict[str, frozenset[Answer]], conflicts: list[Conflict]
) -> None:
    """An answer to a question that should not have been asked: a positive one tells that its gate was met.

    Positive is also what a contradiction let go, such as the "yes" of a yes and no where "no" is the concern.
    """
    given = facts.get(item.link_id)
    if given is None or any(is_met(gate, facts) for gate in item.asked_when):
        return
    gate = item.asked_when[0]
    gate_item = rule_set.items[gate.item]
    gate_said = _told(gate_item, facts[gate.item]) if gate.item in facts else f"{gate_item.label}: not answered"
    said = {*given, *answers.get(item.link_id, ())} - {False, NONE}
    positive = any(not isinstance(value, Unasked | Denied) for value in said)
    if positive:
        facts[gate.item] = _implied(gate_item, gate, facts)
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


def _implied(item: Item, gate: Is, facts: Facts) -> frozenset[Answer]:
    """The facts of a question with the gate's values added; of one that was open nothing else becomes known by it."""
    options = (option.code for option in item.options if item.repeats and option.code != NONE)
    before = facts.get(gate.item, frozenset(Unasked(option) for option in options))
    return before - {False, *(Unasked(v) for v in gate.values if isinstance(v, str))} | frozenset(gate.values)


def _told(item: Item, values: frozenset[Answer]) -> str:
    codes = [option.code for option in item.options]
    order: list[Answer] = [True, False, *codes, *map(Denied, codes)]
    texts = [item.answer_text(value) for value in order if value in values]
    told = texts[0] if len(texts) == 1 else " and ".join(f"“{text}”" for text in texts)
    in_part = any(isinstance(value, Unasked) for value in values)
    return f"{item.label}: {told or ('none of those asked' if in_part else item.option_text(NONE))}"


def is_asked(item: Item, answers: Answers) -> bool:
    """Whether the questionnaire asks the question after these answers, taken as they were given."""
    return not item.asked_when or any(set(gate.values) & set(answers.get(gate.item, ())) for gate in item.asked_when)


def still_asked(answers: Answers, items: Mapping[str, Item], *, leave: Collection[str] = ()) -> Answers:
    """The answers without those to questions that are not asked after the others; those in `leave` stay."""
    shown = dict(answers)
    while gone := [name for name in shown if name not in leave and not is_asked(items[name], shown)]:
        for name in gone:
            del shown[name]
    return shown
