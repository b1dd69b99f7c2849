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
from proof.conftest import drawn

from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules, with_generated
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.judging import level_of

LIMB = packaged("rules") / "limb_numbness"
TINY = Path(__file__).parents[1] / "ruleset" / "tiny"
AT_ONCE = 20
EXAMPLES = (20_000 if os.environ.get("CI") else 1_000) // AT_ONCE


@cache
def both(folder: Path) -> tuple[CompiledRuleSet, CompiledRuleSet]:
    rules = compile_rules(load_rule_set(folder))
    return rules, with_generated(rules)


def spoken(decision: Decision) -> Decision:
    """The decision without the words of criteria that neither fired nor were lowered: no one needs them."""
    silent = [f if f.verdict is Verdict.FIRED or f.lowered_by else replace(f, because=()) for f in decision.findings]
    return replace(decision, findings=tuple(silent))


@pytest.mark.parametrize("folder", [LIMB, TINY], ids=["limb", "tiny"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE))
def test_the_generated_functions_decide_the_same(folder: Path, seeds: list[int]) -> None:
    plain, fast = both(folder)
    for seed in seeds:
        answers = drawn(plain.rule_set, seed)
        assert spoken(decide(fast, answers)) == spoken(decide(plain, answers)), answers
        assert level_of(fast, answers) == level_of(plain, answers), answers


def test_a_fault_in_a_generated_function_would_be_seen() -> None:
    """One criterion swallowed, one pattern of evidence more: neither goes unnoticed among a few hundred answers."""
    plain, fast = both(LIMB)
    assert fast.generated
    real = fast.generated

    def swallows(given: int, possible: int, undisputed: int) -> tuple[list[int], list[int], list[int]]:
        fired, still_open, lowered = real.criteria(given, possible, undisputed)
        return [place for place in fired if place != 40], still_open, lowered

    faulty = replace(fast, generated=replace(real, criteria=swallows))
    die = random.Random(1)
    drawn_answers = [drawn(plain.rule_set, die.getrandbits(64)) for _ in range(500)]
    assert any(spoken(decide(faulty, answers)) != spoken(decide(plain, answers)) for answers in drawn_answers)


def test_the_source_says_each_rule_in_words() -> None:
    generated = both(TINY)[1].generated
    assert generated
    assert generated.source.splitlines()[2:16] == [
        "def criteria(given, possible, undisputed):",
        "    fired, still_open, lowered = [], [], []",
        "    # weak-limb (emergency): numb: yes and weakness: yes",
        "    if (possible & 0x1) and (possible & 0x4):",
        "        # unless known: It came gradually",
        "        if (undisputed & 0x20):",
        "            lowered.append(0)",
        "        else:",
        "            (fired if (given & 0x1) and (given & 0x4) else still_open).append(0)",
        "    # numb-all-over (urgent): at least 2 of (where: “foot”; where: “hand”)",
        "    if bool(possible & 0x40) + bool(possible & 0x80) >= 2:",
        "        (fired if bool(given & 0x40) + bool(given & 0x80) >= 2 else still_open).append(1)",
        "    # gradual-weakness (routine): onset of weakness: “gradually”",
        "    if possible & 0x20:",
    ]
