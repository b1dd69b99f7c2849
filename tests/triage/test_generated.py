"""The generated functions decide what the conditions decide one by one, on any answers, and can be read."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_rules import made_up_rules
from proof.conftest import drawn

from service.ruleset.generate import draw
from service.ruleset.load import load_rule_set
from service.ruleset.weights import Weights, load_weights
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules, with_generated
from service.triage.decide import decide
from service.triage.decision import Decision, Finding, Verdict
from service.triage.facts import still_asked
from service.triage.generated import generated
from service.triage.levels import level_of
from service.triage.model import RuleSet
from service.triage.plainly import plainly
from service.triage.questions import Answers

LIMB = packaged("rules") / "limb_numbness"
TINY = Path(__file__).parents[1] / "ruleset" / "tiny"
AT_ONCE = 20
EXAMPLES = (20_000 if os.environ.get("CI") else 1_000) // AT_ONCE


@cache
def both(folder: Path) -> tuple[CompiledRuleSet, CompiledRuleSet]:
    rules = compile_rules(load_rule_set(folder))
    return rules, with_generated(rules)


def person(rules: CompiledRuleSet, seed: int) -> Answers:
    """The answers of somebody likely, of whom some questions were not asked."""
    weights, die = weights_of(rules.rule_set), random.Random(seed)
    answers = draw(rules.rule_set.items, weights, seed=1, number=seed).answers
    share = die.random()
    kept = {name: values for name, values in answers.items() if die.random() < share or share > 0.7}
    return kept if seed % 4 == 0 else still_asked(kept, rules.rule_set.items)


@cache
def weights_of(rule_set: RuleSet) -> Weights:
    return load_weights(LIMB, rule_set)


def spoken(decision: Decision) -> tuple[Decision, list[Finding]]:
    """The decision, and its findings without the words of those that neither fired nor were lowered."""
    silent = [f if f.verdict is Verdict.FIRED or f.lowered_by else replace(f, because=()) for f in decision.findings]
    return decision, silent


@pytest.mark.parametrize("folder", [LIMB, TINY], ids=["limb", "tiny"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE))
def test_the_generated_functions_decide_the_same(folder: Path, seeds: list[int]) -> None:
    plain, fast = both(folder)
    for seed in seeds:
        answers = drawn(plain.rule_set, seed)
        assert spoken(decide(fast, answers)) == spoken(decide(plain, answers)), answers
        assert level_of(fast, answers) == level_of(plain, answers), answers


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE))
def test_people_with_and_without_all_their_answers_are_judged_the_same(seeds: list[int]) -> None:
    plain, fast = both(LIMB)
    for seed in seeds:
        answers = person(fast, seed)
        assert spoken(decide(fast, answers)) == spoken(decide(plain, answers)), answers
        assert level_of(fast, answers) == level_of(plain, answers), answers


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64), st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE))
def test_so_do_those_of_any_rules(seed: int, seeds: list[int]) -> None:
    """Of rules drawn by chance, too, whose questions hide each other in chains."""
    plain = compile_rules(made_up_rules(both(TINY)[0].rule_set, seed))
    fast = with_generated(plain)
    for each in seeds:
        answers = drawn(plain.rule_set, each)
        for said in (answers, still_asked(answers, plain.rule_set.items), _without_parts(answers)):
            assert spoken(decide(fast, said)) == spoken(decide(plain, said)), said


def _without_parts(answers: Answers) -> Answers:
    """One answer to each question, and none that says that an option was denied or not asked."""
    return {name: values[:1] for name, values in answers.items() if values and isinstance(values[0], bool | str)}


def test_a_fault_in_a_generated_function_would_be_seen() -> None:
    """One criterion swallowed, one pattern of evidence more: neither goes unnoticed among a few hundred answers."""
    plain, fast = both(LIMB)
    assert fast.prepared
    real = fast.prepared.generated

    def swallows(given: int, possible: int) -> tuple[list[int], list[int], list[int]]:
        fired, still_open, lowered = real.criteria(given, possible)
        return [place for place in fired if place != 40], still_open, lowered

    faulty = replace(fast, prepared=replace(fast.prepared, generated=replace(real, criteria=swallows)))
    die = random.Random(1)
    drawn_answers = [drawn(plain.rule_set, die.getrandbits(64)) for _ in range(500)]
    assert any(spoken(decide(faulty, answers)) != spoken(decide(plain, answers)) for answers in drawn_answers)


def test_the_source_says_each_rule_in_words() -> None:
    prepared = both(TINY)[1].prepared
    assert prepared
    assert prepared.generated.source.splitlines()[2:17] == [
        "def criteria(given, possible):",
        "    fired, still_open, lowered = [], [], []",
        "    if possible & 0xe1:",
        "        if possible & 0xe1:",
        "            # weak-limb (emergency): numb: yes and weakness: yes",
        "            if (possible & 0x1) and (possible & 0x4):",
        "                # unless known: It came gradually",
        "                if (given & 0x20):",
        "                    lowered.append(0)",
        "                else:",
        "                    (fired if (given & 0x1) and (given & 0x4) else still_open).append(0)",
        "            # numb-all-over (urgent): at least 2 of (where: “foot”; where: “hand”)",
        "            if bool(possible & 0x40) + bool(possible & 0x80) >= 2:",
        "                (fired if bool(given & 0x40) + bool(given & 0x80) >= 2 else still_open).append(1)",
        "            # gradual-weakness (routine): onset of weakness: “gradually”",
    ]


def test_nearly_all_answers_are_judged_all_at_once() -> None:
    """Of people as they are drawn; only who contradicts himself is read closely."""
    _, fast = both(LIMB)
    people = [person(fast, seed) for seed in range(200)]
    closely_read = [answers for answers in people if plainly(fast, answers) is None]
    assert 0 < len(closely_read) < 60
    assert all(decide(fast, answers).conflicts for answers in closely_read)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1e", "\x85", "\u2028", "\x00", "\ud800"])
def test_words_of_the_rules_never_become_code(end: str) -> None:
    rules = load_rule_set(TINY)
    hostile = f"x{end}raise SystemExit('ran'){end}  (“"
    items = {name: replace(item, text=hostile, label=hostile) for name, item in rules.items.items()}
    conditions = {
        name: replace(one, evidence=tuple(replace(pattern, title=hostile) for pattern in one.evidence))
        for name, one in rules.conditions.items()
    }
    criteria = tuple(
        replace(one, unless=tuple(replace(qualifier, title=hostile) for qualifier in one.unless))
        for one in rules.criteria
    )
    spoiled = replace(rules, items=items, conditions=conditions, criteria=criteria)
    made = generated(spoiled)
    code = [line.partition("#")[0].rstrip() for line in made.source.splitlines()]
    assert code == [line.partition("#")[0].rstrip() for line in generated(rules).source.splitlines()]
    assert "raise SystemExit" in made.source
