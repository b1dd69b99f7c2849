"""Every property holds for the rules that are served, and the prover finds a fault planted against each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest

from service.ruleset.load import load_rule_set
from service.ruleset.proof.ground import Symbols, ground
from service.ruleset.proof.logic import Plain
from service.ruleset.proof.prove import PROPERTIES, Property, Result, prove, told
from service.ruleset.proof.reading import given_in, values_of
from service.ruleset.proof.refute import Failure
from service.ruleset.proof.translation import Outcome, translate
from service.settings import packaged
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.model import Level, RuleSet
from service.triage.questions import Answers, Item, Unasked, Value
from service.triage.words import explain

BY_LETTER = {each.letter: each for each in PROPERTIES}
Rules = Callable[..., RuleSet]


def run(rule_set: RuleSet, letter: str) -> Result:
    return prove(ground(rule_set, timeout=60), BY_LETTER[letter])


def failing(rule_set: RuleSet, letter: str) -> Failure:
    failure = run(rule_set, letter).failure
    assert failure is not None
    assert not failure.undecided
    return failure


def decisions(rule_set: RuleSet, failure: Failure) -> list[Decision]:
    """What the engine says to the witness."""
    return [decide(compile_rules(rule_set), answers) for _, answers in failure.witness]


def names(failure: Failure) -> list[str]:
    return [name for name, _ in failure.witness]


@pytest.mark.parametrize("wanted", PROPERTIES, ids=lambda wanted: wanted.letter)
def test_the_rules_that_are_served(wanted: Property) -> None:
    done = run(load_rule_set(packaged("rules") / "limb_numbness"), wanted.letter)
    assert done.failure is None
    assert done.queries > 50


@pytest.mark.parametrize("wanted", PROPERTIES, ids=lambda wanted: wanted.letter)
def test_the_small_rules(small_rules: Rules, wanted: Property) -> None:
    assert run(small_rules(), wanted.letter).failure is None


def test_a_sign_of_concern_that_lowers(small_rules: Rules) -> None:
    rule_set = small_rules(
        (
            "criteria/emergency.yaml",
            "when: {item: weak, is: true}",
            "when: {all: [{item: weak, is: true}, {item: numb, is: false}]}",
        ),
    )
    failure = failing(rule_set, "a")
    assert failure.broken == "The sign of concern “numb: yes” lowers the level."
    assert names(failure) == ["before", "after"]
    before, after = decisions(rule_set, failure)
    assert after.level < before.level
    first, second = (answers for _, answers in failure.witness)
    assert {key for key in first | second if first.get(key) != second.get(key)} == {"numb"}


NO_ROUTINE = ("criteria/routine.yaml", "when: {qualifier: came-gradually}", "when: {item: site, includes: hand}")


def test_a_qualifier_that_lowers_below_its_range(small_rules: Rules) -> None:
    rule_set = small_rules(NO_ROUTINE)
    failure = failing(rule_set, "a")
    assert failure.broken == "“onset of weakness: gradually” lowers the level further than a qualifier declares."
    before, after = decisions(rule_set, failure)
    assert before.level > Level.ROUTINE > after.level


def test_a_criterion_that_is_lowered_below_the_range_by_answers_that_were_there_before(small_rules: Rules) -> None:
    """The third part of (a), which needs no change of answers."""
    rule_set = small_rules(NO_ROUTINE)
    found = [each for each in BY_LETTER["a"].prove(ground(rule_set, timeout=60)) if each]
    assert found[-1].broken == "“A weak limb” (weak-limb) is lowered further than a qualifier of it declares."
    (decision,) = decisions(rule_set, found[-1])
    (lowered,) = [finding for finding in decision.findings if finding.lowered_by]
    assert decision.level < min(qualifier.lowers_to for qualifier in lowered.lowered_by)


def test_a_highest_level_that_is_too_low(small_rules: Rules) -> None:
    """Open because of its second condition, the question still implies the first when it is answered."""
    two_ways = "[{item: weak, is: true}, {item: site, includes: foot}]"
    rule_set = small_rules(("items.yaml", "asked_when: [{item: weak, is: true}]", f"asked_when: {two_ways}"))
    failure = failing(rule_set, "b")
    assert "below emergency" in failure.broken
    assert names(failure) == ["before", "completed"]
    before, completed = decisions(rule_set, failure)
    assert completed.highest > before.highest
    first, second = (answers for _, answers in failure.witness)
    assert first.items() <= second.items()


def test_a_highest_level_that_is_too_high(small_rules: Rules) -> None:
    never = "{all: [{item: weak-onset, is: sudden}, {item: weak-onset, is: gradual}]}"
    rule_set = small_rules(("criteria/emergency.yaml", "when: {item: weak, is: true}", f"when: {never}"))
    failure = failing(rule_set, "b")
    assert failure.broken == "“A weak limb” (weak-limb) is open, but no answers to open questions make it fire."
    ((_, answers),) = failure.witness
    (decision,) = decisions(rule_set, failure)
    assert decision.highest is Level.EMERGENCY
    compiled = compile_rules(rule_set)
    reached = {decide(compiled, completed).level for completed in completions(rule_set, answers)}
    assert max(reached) < decision.highest


def completions(rule_set: RuleSet, answers: Answers) -> Iterator[Answers]:
    """Every way to answer what is unanswered, contradictions left out."""
    left = [item for name, item in rule_set.items.items() if name not in answers]
    for chosen in product(*(choices(item) for item in left)):
        yield {**answers, **{item.link_id: values for item, values in zip(left, chosen, strict=True) if values}}


def choices(item: Item) -> list[tuple[Value, ...]]:
    values = values_of(item)
    several = [pair for pair in combinations(values, 2) if "none" not in pair] if item.repeats else []
    return [(), *((value,) for value in values), *several]


SUDDEN_LAST = (
    "items.yaml",
    "          - {code: sudden, text: suddenly}\n          - {code: gradual, text: gradually}\n",
    "          - {code: gradual, text: gradually}\n          - {code: sudden, text: suddenly}\n",
)
SUDDEN = ("criteria/emergency.yaml", "when: {item: weak, is: true}", "when: {item: weak-onset, is: sudden}")
NO_QUALIFIER = ("criteria/emergency.yaml", "  unless: [came-gradually]\n", "")


def test_an_emergency_that_another_answer_hides(small_rules: Rules) -> None:
    assert run(small_rules(SUDDEN, NO_QUALIFIER), "c").failure is None
    rule_set = small_rules(SUDDEN, NO_QUALIFIER, SUDDEN_LAST)
    failure = failing(rule_set, "c")
    assert failure.broken == "“A weak limb” (weak-limb) is met and not lowered, but the level is no emergency."
    ((_, answers),) = failure.witness
    assert set(answers["weak-onset"]) == {"sudden", "gradual"}
    (decision,) = decisions(rule_set, failure)
    assert decision.level < Level.EMERGENCY
    alone = decide(compile_rules(rule_set), {**answers, "weak-onset": ("sudden",)})
    assert alone.level is Level.EMERGENCY


def test_an_emergency_that_cannot_be(small_rules: Rules) -> None:
    rule_set = small_rules(
        ("criteria/emergency.yaml", "when: {item: weak, is: true}", "when: {qualifier: came-gradually}")
    )
    failure = [each for each in BY_LETTER["c"].prove(ground(rule_set, timeout=60)) if each][-1]
    assert failure.broken == "No answers at all make the emergency criterion weak-limb fire."
    assert failure.witness == ()
    compiled = compile_rules(rule_set)
    fired = {f.criterion.id for answers in completions(rule_set, {}) for f in decide(compiled, answers).fired}
    assert fired == {criterion.id for criterion in rule_set.criteria} - {"weak-limb"}


def test_self_care_with_something_open(small_rules: Rules) -> None:
    rule_set = small_rules(("ruleset.yaml", "open_floor: routine", "open_floor: urgent"))
    failure = failing(rule_set, "d")
    (decision,) = decisions(rule_set, failure)
    assert decision.level is Level.SELF_CARE
    above = [f for f in decision.findings if f.criterion.level > Level.SELF_CARE and f.verdict is not Verdict.NOT_FIRED]
    assert above
    assert f"({above[0].criterion.id})" in failure.broken


def test_a_level_that_the_rule_set_does_not_describe(small_rules: Rules) -> None:
    whole = small_rules()
    rule_set = replace(whole, levels={level: text for level, text in whole.levels.items() if level is not Level.URGENT})
    failure = failing(rule_set, "e")
    assert failure.broken == "The level can be urgent, which the rule set does not describe."
    (decision,) = decisions(rule_set, failure)
    assert decision.level is Level.URGENT
    with pytest.raises(KeyError):
        explain(decision, rule_set)


def forgets_the_level(logic: Symbols, rule_set: RuleSet, given: object) -> Outcome[object]:
    """A translation in which an emergency does not count as at least urgent."""
    outcome = translate(logic, rule_set, given)
    urgent = [judged.fired for judged in outcome.criteria if judged.criterion.level is Level.URGENT]
    return replace(outcome, reached={**outcome.reached, Level.URGENT: logic.some(urgent)})


def forgets_what_is_open(logic: Symbols, rule_set: RuleSet, given: object) -> Outcome[object]:
    """A translation whose highest level is that of what fired."""
    outcome = translate(logic, rule_set, given)
    return replace(outcome, possible=outcome.found)


def fires_and_is_open(logic: Symbols, rule_set: RuleSet, given: object) -> Outcome[object]:
    """A translation with criteria that fire and are open as well."""
    outcome = translate(logic, rule_set, given)
    return replace(outcome, criteria=tuple(replace(each, unknown=each.when.possible) for each in outcome.criteria))


@pytest.mark.parametrize(
    ("doctored", "said"),
    [
        (forgets_the_level, "There is not exactly one level."),
        (forgets_what_is_open, "The highest level possible is below the level, routine."),
        (fires_and_is_open, "“A weak limb” (weak-limb) has two verdicts."),
    ],
)
def test_an_engine_without_exactly_one_level(small_rules: Rules, doctored: object, said: str) -> None:
    """No rules can break (e), only the engine: so the fault is in the translation, and the engine does not have it."""
    rule_set = small_rules()
    failure = prove(ground(rule_set, timeout=60, translate=doctored), BY_LETTER["e"]).failure
    assert failure is not None
    assert failure.broken == said
    ((_, answers),) = failure.witness
    wrong = doctored(Plain(), rule_set, given_in(rule_set, answers))
    right = translate(Plain(), rule_set, given_in(rule_set, answers))
    made = [(each.reached, each.possible, [(j.fired, j.unknown) for j in each.criteria]) for each in (wrong, right)]
    assert made[0] != made[1]
    (decision,) = decisions(rule_set, failure)
    assert decision.level == sum(right.reached.values())


def test_a_contradiction_that_lowers(small_rules: Rules) -> None:
    weak = '{id: weak, type: boolean, text: "Weak?", label: weakness}'
    rule_set = small_rules(("items.yaml", weak, weak.replace("label", "concern: false, label")))
    failure = failing(rule_set, "f")
    assert failure.broken == "Answered against itself, “weakness” lowers the level."
    assert names(failure) == ["both", "alone"]
    both, alone = decisions(rule_set, failure)
    assert both.level < alone.level
    assert set(failure.witness[0][1]["weak"]) == {True, False}


def reads_unasked_as_no(logic: Symbols, rule_set: RuleSet, given: object) -> Outcome[object]:
    """A translation whose verdicts take an option that was not asked for one that was not picked."""
    no = logic.some(())
    never = {
        name: {value: no if isinstance(value, Unasked) else truth for value, truth in values.items()}
        for name, values in given.items()
    }
    right = translate(logic, rule_set, given)
    return replace(translate(logic, rule_set, never), said=right.said, facts=right.facts)


FOOT = ("criteria/emergency.yaml", "when: {item: weak, is: true}", "when: {item: site, includes: foot}")


def test_an_option_that_was_not_asked_read_as_no(small_rules: Rules) -> None:
    rule_set = small_rules(FOOT, NO_QUALIFIER)
    failure = prove(ground(rule_set, timeout=60, translate=reads_unasked_as_no), BY_LETTER["b"]).failure
    assert failure is not None
    assert "The highest level possible is said to be below emergency" in failure.broken
    (_, before), (_, completed) = failure.witness
    assert Unasked("foot") in before["site"]
    assert "foot" in completed["site"]
    right, _ = decisions(rule_set, failure)
    assert right.highest is Level.EMERGENCY
    lines = told(failure, compile_rules(rule_set))
    assert lines[1] == (
        "Before (level routine, highest possible emergency): where: none of these and foot: not asked; nothing else"
    )


PAIR = "contradictions:\n  - {first: {item: weak-onset, is: gradual}, second: {item: feels, is: false}}\n"


def test_a_pair_that_lowers(small_rules: Rules) -> None:
    """With the pair all is proven; without it in the translation, the prover finds what the pair is for."""
    rule_set = small_rules(("items.yaml", "contradictions:\n", PAIR))
    for wanted in PROPERTIES:
        assert run(rule_set, wanted.letter).failure is None

    def forgets_the_pairs(logic: Symbols, rules: RuleSet, given: object) -> Outcome[object]:
        return translate(logic, replace(rules, contradictions=()), given)

    doctored = ground(rule_set, timeout=60, translate=forgets_the_pairs)
    failure = prove(doctored, BY_LETTER["f"]).failure
    assert failure is not None
    assert failure.broken == "“onset of weakness”, which contradicts “can feel”, lowers the level."
    unpaired = replace(rule_set, contradictions=())
    both, alone = decisions(unpaired, failure)
    assert both.level < alone.level
    both, alone = decisions(rule_set, failure)
    assert both.level >= alone.level


def test_what_is_not_decided_in_time_is_not_proven() -> None:
    rule_set = load_rule_set(packaged("rules") / "limb_numbness")
    failure = prove(ground(rule_set, timeout=0.001), BY_LETTER["a"]).failure
    assert failure is not None
    assert failure.undecided
    assert failure.witness == ()
