"""The translation is the engine: random answers through both give the same verdicts, level and highest level."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from proof.conftest import drawn

from service.ruleset.load import load_rule_set
from service.ruleset.proof.ground import ground
from service.ruleset.proof.logic import Plain, at_least
from service.ruleset.proof.prove import PROPERTIES, prove
from service.ruleset.proof.reading import given_in
from service.ruleset.proof.translation import Outcome, translate
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.decide import decide
from service.triage.decision import Verdict
from service.triage.facts import read_acutely
from service.triage.model import Level, RuleSet
from service.triage.questions import Answers, Unasked

AT_ONCE = 20
EXAMPLES = (20_000 if os.environ.get("CI") else 1_000) // AT_ONCE


@cache
def rules() -> CompiledRuleSet:
    return compile_rules(load_rule_set(packaged("rules") / "limb_numbness"))


def verdicts_of(outcome: Outcome[bool]) -> tuple[Level, Level, list[Verdict]]:
    for judged in outcome.criteria:
        assert not (judged.fired and judged.unknown)
    return (
        Level(sum(outcome.reached.values())),
        Level(sum(outcome.possible.values())),
        [Verdict.FIRED if j.fired else Verdict.UNKNOWN if j.unknown else Verdict.NOT_FIRED for j in outcome.criteria],
    )


def engine(answers: Answers, compiled: CompiledRuleSet) -> tuple[Level, Level, list[Verdict]]:
    decision = decide(compiled, answers)
    return decision.level, decision.highest, [finding.verdict for finding in decision.findings]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(0, 2**64), min_size=AT_ONCE, max_size=AT_ONCE))
def test_the_translation_is_the_engine(seeds: list[int]) -> None:
    rule_set = rules().rule_set
    for seed in seeds:
        answers = drawn(rule_set, seed)
        translated = translate(Plain(), rule_set, given_in(rule_set, answers))
        assert verdicts_of(translated) == engine(answers, rules()), answers


def test_z3_says_the_same_as_plain_booleans() -> None:
    rule_set = rules().rule_set
    one = ground(rule_set, timeout=60).one
    for seed in range(40):
        answers = drawn(rule_set, seed)
        solver = z3.Solver()
        for name, values in given_in(rule_set, answers).items():
            solver.add(*(one.given[name][value] == truth for value, truth in values.items()))
        assert solver.check() == z3.sat
        assert verdicts_of(valued(one.outcome, solver.model())) == engine(answers, rules())


def valued(outcome: Outcome[z3.BoolRef], model: z3.ModelRef) -> Outcome[bool]:
    """The outcome with each formula that the verdicts rest on replaced by its value."""

    def value(formula: z3.BoolRef) -> bool:
        return z3.is_true(model.eval(formula, model_completion=True))

    return replace(
        outcome,
        criteria=tuple(replace(j, fired=value(j.fired), unknown=value(j.unknown)) for j in outcome.criteria),
        reached={level: value(formula) for level, formula in outcome.reached.items()},
        possible={level: value(formula) for level, formula in outcome.possible.items()},
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_at_least_counts(count: int) -> None:
    for number in range(16):
        parts = [bool(number >> bit & 1) for bit in range(4)]
        assert at_least(Plain(), count, parts) == (sum(parts) >= count)


CHAINED = """\
      - id: weak-hours
        type: choice
        text: "How many hours?"
        label: hours of weakness
        asked_when: [{item: weak-onset, is_any: [gradual, sudden]}]
        options:
          - {code: many, text: many}
          - {code: few, text: few}
          - {code: none, text: none}
      - {id: feels,"""


@pytest.mark.parametrize("place", ["after", "before"])
def test_questions_that_hide_questions_in_either_order(small_rules: object, place: str) -> None:
    """The engine goes through the questions once, in their order; the translation must do the same."""
    first = "      - {id: numb, type: boolean"
    edits = [("items.yaml", "      - {id: feels,", CHAINED)]
    if place == "before":
        edits = [("items.yaml", first, CHAINED.replace("      - {id: feels,", first))]
    rule_set: RuleSet = small_rules(*edits)
    compiled = compile_rules(rule_set)
    for seed in range(1_000):
        answers = drawn(rule_set, seed)
        translated = translate(Plain(), rule_set, given_in(rule_set, answers))
        assert verdicts_of(translated) == engine(answers, compiled), answers


def test_a_pair_that_disputes_a_qualifier(small_rules: object) -> None:
    """Contradicted, the qualifier does not hold; while it could be, what it lowers is open."""
    pair = "contradictions:\n  - {first: {item: weak-onset, is: gradual}, second: {item: feels, is: false}}\n"
    rule_set: RuleSet = small_rules(("items.yaml", "contradictions:\n", pair))
    compiled = compile_rules(rule_set)
    lowered: Answers = {"numb": (True,), "weak": (True,), "weak-onset": ("gradual",)}
    assert engine({**lowered, "feels": (True,)}, compiled)[0] is Level.ROUTINE
    assert engine({**lowered, "feels": (False,)}, compiled)[0] is Level.EMERGENCY
    assert engine(lowered, compiled)[:2] == (Level.ROUTINE, Level.EMERGENCY)
    (open_question,) = [q for q in decide(compiled, lowered).open_questions if q.could_reach is Level.EMERGENCY]
    assert open_question.item.link_id == "feels"
    for seed in range(1_000):
        answers = drawn(rule_set, seed)
        translated = translate(Plain(), rule_set, given_in(rule_set, answers))
        assert verdicts_of(translated) == engine(answers, compiled), answers


def test_options_that_were_not_asked_dispute_and_hide(small_rules: object) -> None:
    """One side of a pair, and what a question is asked after, is an option of several: unasked, it is still open."""
    pair = "contradictions:\n  - {first: {item: weak-onset, is: gradual}, second: {item: site, includes: foot}}\n"
    gate = "asked_when: [{item: site, includes: hand}]"
    rule_set: RuleSet = small_rules(
        ("items.yaml", "contradictions:\n", pair), ("items.yaml", "asked_when: [{item: weak, is: true}]", gate)
    )
    compiled = compile_rules(rule_set)
    lowered: Answers = {"weak": (True,), "weak-onset": ("gradual",)}
    closed = decide(compiled, {**lowered, "site": ("hand",)})
    assert (closed.level, closed.highest) == (Level.ROUTINE, Level.ROUTINE)
    in_part = decide(compiled, {**lowered, "site": ("hand", Unasked("foot"))})
    assert (in_part.level, in_part.highest) == (Level.ROUTINE, Level.EMERGENCY)
    (question,) = [q for q in in_part.open_questions if q.could_reach is Level.EMERGENCY]
    assert question.words == "where (not asked about: foot)"
    implied = read_acutely(rule_set, lowered)
    assert implied.facts["site"] == {"hand", Unasked("foot")}
    for seed in range(1_000):
        answers = drawn(rule_set, seed)
        translated = translate(Plain(), rule_set, given_in(rule_set, answers))
        assert verdicts_of(translated) == engine(answers, compiled), answers
    for wanted in PROPERTIES:
        assert prove(ground(rule_set, timeout=60), wanted).failure is None
