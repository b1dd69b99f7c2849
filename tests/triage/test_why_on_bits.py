"""What is explained on whole numbers is what trying everything on the answers themselves explains, word for word."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_rules import made_up_rules
from proof.conftest import drawn
from slowly.why import why as slowly_why

from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage import trial
from service.triage.acute_bits import Acute, Plain, acute_bits, plain_bits, reader_of
from service.triage.compiled import CompiledRuleSet, compile_rules, with_generated
from service.triage.decide import decide
from service.triage.facts import read_acutely
from service.triage.model import RuleSet
from service.triage.questions import Answers, Unasked
from service.triage.why import why

LIMB = packaged("rules") / "limb_numbness"
TINY = Path(__file__).parents[1] / "ruleset" / "tiny"
AT_ONCE = 10
EXAMPLES = (2_000 if os.environ.get("CI") else 200) // AT_ONCE
SEEDS = st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE)


@cache
def rules(folder: Path) -> CompiledRuleSet:
    return with_generated(compile_rules(load_rule_set(folder)))


def assert_explains_the_same(rules: CompiledRuleSet, answers: Answers) -> None:
    decision = decide(rules, answers)
    assert why(rules, answers, decision) == slowly_why(rules, answers, decision), answers


@pytest.mark.parametrize("folder", [LIMB, TINY], ids=["limb", "tiny"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(SEEDS)
def test_on_any_answers_the_explanation_is_the_slow_one(folder: Path, seeds: list[int]) -> None:
    for seed in seeds:
        assert_explains_the_same(rules(folder), drawn(rules(folder).rule_set, seed))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64), SEEDS)
def test_by_any_rules_the_explanation_is_the_slow_one(seed: int, seeds: list[int]) -> None:
    made_up = with_generated(compile_rules(made_up_rules(rules(TINY).rule_set, seed)))
    for each in seeds:
        assert_explains_the_same(made_up, drawn(made_up.rule_set, each))


def test_an_option_not_asked_of_a_question_for_one_answer_is_left_to_the_thorough_way() -> None:
    answers: Answers = {"weak": (True,), "weak-onset": (Unasked("sudden"), "gradual"), "numb": (True,)}
    assert plain_bits(reader_of(rules(TINY).rule_set), answers) is None
    assert_explains_the_same(rules(TINY), answers)


def assert_reads_the_same(rule_set: RuleSet, answers: Answers, plain: Plain) -> None:
    reader, reading = reader_of(rule_set), read_acutely(rule_set, answers)
    on_bits = acute_bits(reader, plain)
    given, possible = reader.bits.given_and_possible(reading.facts)
    undisputed, _ = reader.bits.given_and_possible(reading.undisputed)
    settled = {name: said for name, said in reading.undisputed.items() if name not in reading.disputable}
    sure, _ = reader.bits.given_and_possible(settled)
    assert replace(on_bits, conflicts=0) == Acute(given, possible, undisputed, sure, conflicts=0), answers
    conflicting = {conflict.link_ids for conflict in reading.conflicts if len(conflict.link_ids) > 1}
    assert on_bits.conflicts.bit_count() == len(conflicting), answers


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**64), SEEDS)
def test_the_acute_reading_on_bits_is_the_acute_reading(seed: int, seeds: list[int]) -> None:
    limb, made_up = rules(LIMB).rule_set, made_up_rules(rules(TINY).rule_set, seed)
    for each in seeds:
        for rule_set in (limb, made_up):
            answers = drawn(rule_set, each)
            plain = plain_bits(reader_of(rule_set), answers)
            if plain:
                assert_reads_the_same(rule_set, answers, plain)
            else:
                assert any("none" in answers.get(name, ()) for name in without_none(rule_set)), answers


def without_none(rule_set: RuleSet) -> list[str]:
    return [name for name, item in rule_set.items.items() if "none" not in rule_set.codes[name] and item.repeats]


@pytest.mark.parametrize("forgotten", ["_no_longer_asked", "tied", "conflicts"])
def test_what_is_forgotten_on_bits_would_be_seen(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers to questions no longer asked, questions that others depend on, and new contradictions."""
    real_bits, real_reader = trial.acute_bits, trial.reader_of

    def without_conflicts(*of: Any) -> Acute:
        return replace(real_bits(*of), conflicts=0)

    if forgotten == "_no_longer_asked":
        monkeypatch.setattr(trial, "_no_longer_asked", lambda *_: 0)
    elif forgotten == "tied":
        monkeypatch.setattr(trial, "reader_of", lambda rule_set: replace(real_reader(rule_set), tied=0))
    else:
        monkeypatch.setattr(trial, "acute_bits", without_conflicts)
    differs = 0
    for seed in range(40):
        made_up = with_generated(compile_rules(made_up_rules(rules(TINY).rule_set, seed)))
        for each in range(20):
            answers = drawn(made_up.rule_set, each)
            decision = decide(made_up, answers)
            differs += why(made_up, answers, decision) != slowly_why(made_up, answers, decision)
    assert differs
