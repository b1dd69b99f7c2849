"""Why not higher, why not lower, what to ask next: held against trying every change there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from proof.conftest import drawn

from service.ruleset.generate import draw
from service.ruleset.load import load_rule_set
from service.ruleset.weights import load_weights
from service.settings import packaged
from service.triage.changes import changes_of
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision
from service.triage.explanation import Change, Explanation, How, WhatIf
from service.triage.explanation_words import (
    change_in_words,
    explanation_lines,
    explanation_notes,
    next_in_words,
    what_if_in_words,
)
from service.triage.levels import level_of
from service.triage.model import Level
from service.triage.questions import Answers, Is, Item, Value
from service.triage.trial import trial_of
from service.triage.why import why

LIMB = packaged("rules") / "limb_numbness"
TINY = Path(__file__).parents[1] / "ruleset" / "tiny"

Said = frozenset[tuple[str, frozenset[Value]]]
"""Answers without their order."""


@cache
def rules(folder: Path = LIMB) -> CompiledRuleSet:
    return compile_rules(load_rule_set(folder))


def explained(answers: Answers, folder: Path = LIMB) -> tuple[Decision, Explanation]:
    decision = decide(rules(folder), answers)
    return decision, why(rules(folder), answers, decision)


def given_as(**answers: object) -> Answers:
    return {
        name.replace("_", "-"): tuple(value) if isinstance(value, list) else (value,) for name, value in answers.items()
    }


# Trying everything


def is_asked(item: Item, answers: Answers) -> bool:
    return not item.asked_when or any(set(gate.values) & set(answers.get(gate.item, ())) for gate in item.asked_when)


def distance(item: Item, before: tuple[Value, ...], now: tuple[Value, ...]) -> int:
    """How many changes it takes to answer a question otherwise; an option more or less is one."""
    if set(before) == set(now):
        return 0
    if item.repeats:
        picked, left = set(before) - {"none"}, set(now) - {"none"}
        return max(len(picked ^ left), 1)
    return 1


def is_reached(answers: Answers, other: Answers, items: Mapping[str, Item]) -> bool:
    """Whether nothing is left out of `other` that was answered, unless it is no longer asked there."""
    return all(name in other or not is_asked(items[name], other) for name in answers)


def after(answers: Answers, changes: Iterable[Change], values: Iterable[Value], items: Mapping[str, Item]) -> Answers:
    """The answers after the changes; what is no longer asked is left out, what never was asked stays as it was."""
    changed = dict(answers)
    for change, value in zip(changes, values, strict=True):
        name = change.item.link_id
        now = tuple(one for one in changed.get(name, ()) if one != "none")
        left = tuple(one for one in now if one != value) or ("none",)
        changed[name] = {How.ALSO: (*now, value), How.WITHOUT: left}.get(change.how, (value,))
    asked = {name for name in changed if is_asked(items[name], answers)}
    while gone := [name for name in changed if name in asked and not is_asked(items[name], changed)]:
        for name in gone:
            del changed[name]
    return changed


def told(what_ifs: Iterable[WhatIf], answers: Answers, items: Mapping[str, Item]) -> dict[Level, set[Said]]:
    """What the sets of changes come to, by level."""
    found: dict[Level, set[Said]] = {}
    for one in what_ifs:
        for values in product(*(change.values for change in one.changes)):
            found.setdefault(one.level, set()).add(said(after(answers, one.changes, values, items)))
    return found


def said(answers: Answers) -> Said:
    return frozenset((name, frozenset(values)) for name, values in answers.items())


def tiny_answers() -> Iterator[Answers]:
    """Every set of answers to the tiny questionnaire that contradicts nothing."""
    yes_no: list[tuple[Value, ...]] = [(), (True,), (False,)]
    sites: list[tuple[Value, ...]] = [(), ("none",), ("foot",), ("hand",), ("foot", "hand")]
    onsets: list[tuple[Value, ...]] = [(), ("sudden",), ("gradual",)]
    for numb, weak, onset, site, feels in product(yes_no, yes_no, onsets, sites, yes_no):
        every = {"numb": numb, "weak": weak, "weak-onset": onset, "site": site, "feels": feels}
        answers = {link_id: values for link_id, values in every.items() if values}
        if not level_of(rules(TINY), answers)[1].conflicts:
            yield answers


def nearest(answers: Answers, others: list[tuple[Answers, Level]]) -> dict[Level, tuple[int, set[Said]]]:
    """For each level, the fewest changes that lead to it, up to three, and what they come to."""
    items = rules(TINY).rule_set.items
    found: dict[Level, tuple[int, set[Said]]] = {}
    for other, level in others:
        if is_reached(answers, other, items):
            changed = [items[name] for name in other if name in items]
            far = sum(distance(item, answers.get(item.link_id, ()), other[item.link_id]) for item in changed)
            least, sets = found.get(level, (4, set()))
            if far == least < 4:
                sets.add(said(other))
            elif far < least:
                found[level] = (far, {said(other)})
    return found


def test_what_is_told_is_all_that_up_to_three_changes_can_do() -> None:
    items = rules(TINY).rule_set.items
    every = [(answers, level_of(rules(TINY), answers)[0]) for answers in tiny_answers()]
    for answers, level in every:
        decision, explanation = explained(answers, TINY)
        assert decision.level is level
        expected = nearest(answers, every)
        assert told(explanation.raising, answers, items) == {
            at: sets for at, (_, sets) in expected.items() if at > level
        }, answers
        lower = {at: found for at, found in expected.items() if at < level}
        fewest = min((far for far, _ in lower.values()), default=0)
        assert told(explanation.lowering, answers, items) == {
            at: sets for at, (far, sets) in lower.items() if far == fewest
        }, answers
    assert len(every) == 200


def single_changes(item: Item, answers: Answers) -> Iterator[tuple[Value, ...]]:
    now = answers.get(item.link_id, ())
    picked = tuple(value for value in now if value != "none")
    for value in (True, False) if item.kind == "boolean" else [option.code for option in item.options]:
        if item.repeats and picked and value in picked:
            yield tuple(one for one in picked if one != value) or ("none",)
        elif value not in now and not (item.repeats and picked and value == "none"):
            yield (*picked, value) if item.repeats else (value,)


def people() -> list[Answers]:
    items = rules().rule_set.items
    weights = load_weights(LIMB, rules().rule_set)
    drawn_people = (draw(items, weights, seed=3, number=number).answers for number in range(200))
    return [answers for answers in drawn_people if not level_of(rules(), answers)[1].conflicts]


@pytest.mark.parametrize("number", range(25))
def test_on_the_shipped_rules_no_single_change_is_forgotten(number: int) -> None:
    items, answers = rules().rule_set.items, people()[number]
    decision, explanation = explained(answers)
    expected: dict[Level, set[Said]] = {}
    for item in items.values():
        for values in single_changes(item, answers):
            changed = after(answers | {item.link_id: values}, (), (), items)
            changed = {name: given for name, given in changed.items() if is_asked(items[name], changed)}
            level, reading = level_of(rules(), changed)
            if not reading.conflicts and level is not decision.level and item.link_id in changed:
                expected.setdefault(level, set()).add(said(changed))
    singles = [one for one in (*explanation.raising, *explanation.lowering) if len(one.changes) == 1]
    assert told(singles, answers, items) == expected


@settings(max_examples=60, deadline=None)
@example(594183)
@given(st.integers(0, 2**64))
def test_every_set_that_is_told_leads_where_it_says_and_no_part_of_it_does(seed: int) -> None:
    items, answers = rules().rule_set.items, drawn(rules().rule_set, seed)
    decision, explanation = explained(answers)
    for one in (*explanation.raising, *explanation.lowering):
        assert one.level is not decision.level
        for values in product(*(change.values for change in one.changes)):
            changed = after(answers, one.changes, values, items)
            assert decide(rules(), changed).level is one.level, (answers, one, values)
            pairs = list(zip(one.changes, values, strict=True))
            for part in (part for size in range(1, len(pairs)) for part in combinations(pairs, size)):
                lesser = after(answers, [change for change, _ in part], [value for _, value in part], items)
                level, reading = level_of(rules(), lesser)
                known = {conflict.link_ids for conflict in level_of(rules(), answers)[1].conflicts}
                contradicts = any(conflict.link_ids not in known for conflict in reading.conflicts)
                assert contradicts or level is not one.level, (answers, one, part)


# What it says


def test_an_emergency_cannot_be_higher_and_says_what_would_lower_it() -> None:
    decision, explanation = explained(given_as(numbness=True, weakness=True))
    assert decision.level is Level.EMERGENCY
    assert explanation.raising == ()
    lines = explanation_lines(explanation, decision, rules().rule_set)
    assert lines[:2] == ["Why not higher", "  It is the highest level."]
    assert [what_if_in_words(one, rules().rule_set) for one in explanation.lowering] == [
        "It would be Routine with weakness of a limb: no instead of yes.",
        "It would be Routine with how the weakness began: “gradually, over weeks or longer”.",
    ]


def test_each_kind_of_change_has_its_words() -> None:
    site = rules().rule_set.items["numbness-site"]
    weakness = rules().rule_set.items["weakness"]

    def words(item: Item, how: How, *values: Value, now: tuple[Value, ...] = ()) -> str:
        return change_in_words(Change(item, how, values, now))

    assert words(weakness, How.ANSWERED, True) == "weakness of a limb: yes"
    assert words(weakness, How.INSTEAD, True, now=(False,)) == "weakness of a limb: yes instead of no"
    assert words(site, How.ALSO, "face", "toes", now=("foot",)) == "where it is numb: also “the face” or “toes”"
    assert words(site, How.WITHOUT, "face", now=("face", "foot")) == "where it is numb: without “the face”"


def test_a_change_brings_the_question_along_after_which_it_is_asked() -> None:
    said = trial_of(rules(TINY), {"weak": (False,)}).said
    (found,) = changes_of(said, said.steps.leaves[Is("weak-onset", "is", ("gradual",))].on)
    assert [change_in_words(said.change(change)) for change in found] == [
        "weakness: yes instead of no",
        "onset of weakness: “gradually”",
    ]


def test_the_notes_tell_the_first_dozen_and_count_the_rest() -> None:
    decision, explanation = explained(given_as(numbness=True, numbness_onset="gradual", numbness_site=["foot"]))
    emergency, urgent, lower, ask = explanation_notes(explanation, decision, rules().rule_set)
    assert emergency.startswith("One answer would make it Emergency: confusion: yes; loss of consciousness: yes; ")
    assert emergency.endswith(" more.")
    assert emergency.count(";") == 12
    assert urgent.startswith("One answer would make it Urgent: ")
    assert lower == "No change of up to 3 answers would make it lower."
    assert ask.startswith("Ask next, in this order: ")


def test_a_level_that_takes_several_answers_says_how_many() -> None:
    decision, explanation = explained({"feels": (True,)}, TINY)
    assert decision.level is Level.ROUTINE
    assert explanation_notes(explanation, decision, rules(TINY).rule_set)[:2] == [
        "Three answers together would make it Emergency: numb: yes and weakness: yes and can feel: no instead of yes.",
        "Two answers together would make it Urgent: where: “foot” and where: also “hand”.",
    ]


def test_nothing_is_lower_than_self_care() -> None:
    answers = next(answers for answers in people() if level_of(rules(), answers)[0] is Level.SELF_CARE)
    decision, explanation = explained(answers)
    assert explanation.lowering == ()
    lines = explanation_lines(explanation, decision, rules().rule_set)
    assert lines[lines.index("Why not lower") + 1] == "  It is the lowest level."
    assert not any("would make it lower" in text for text in explanation_notes(explanation, decision, rules().rule_set))


def test_what_fired_names_the_questions_and_answers_it_rests_on() -> None:
    _, explanation = explained(given_as(numbness=True, loss_of_bladder_control=True))
    first = explanation.grounds[0]
    assert first.criterion.id == "bladder-control-lost"
    assert first.link_ids == ("loss-of-bladder-control",)
    assert first.because == ("loss of bladder control: yes",)


# What to ask next


def test_the_question_that_can_raise_the_level_most_and_by_itself_stands_first() -> None:
    decision, explanation = explained(given_as(numbness=True, numbness_site=["foot"]))
    asked = explanation.ask_next
    keys = [(-(one.could_reach or Level.SELF_CARE), not one.alone, -len(one.tests)) for one in asked]
    assert keys == sorted(keys)
    assert asked[0].could_reach is Level.EMERGENCY
    assert asked[0].alone
    assert {one.item.link_id for one in asked} >= {one.item.link_id for one in decision.open_questions}
    assert next_in_words(asked[0], rules().rule_set).startswith(
        f"{asked[0].item.label} (could make it Emergency by itself"
    )


def test_a_question_that_could_only_add_a_test_is_asked_after_those_and_says_which() -> None:
    decision, explanation = explained(given_as(numbness=True, loss_of_bladder_control=True))
    assert decision.open_questions == ()
    assert explanation.ask_next
    proposed = {proposal.test.code for proposal in (*decision.proposals, *decision.withheld)}
    for one in explanation.ask_next:
        assert one.could_reach is None
        assert not one.alone
        assert one.tests
        assert not proposed & set(one.tests)
    assert " (could add " in next_in_words(explanation.ask_next[0], rules().rule_set)


def test_in_an_emergency_no_question_is_worth_asking_for_a_routine_test() -> None:
    _, explanation = explained(given_as(numbness=True, loss_of_bladder_control=True))
    assert not any("pet" in one.tests for one in explanation.ask_next)


def test_what_is_answered_or_hidden_is_not_asked() -> None:
    answers = given_as(numbness=True, weakness=False)
    _, explanation = explained(answers)
    asked = {one.item.link_id for one in explanation.ask_next}
    assert not asked & {"numbness", "weakness", "weakness-onset"}
