"""The laws of the decision, over answers drawn at random from everything that the questionnaire allows."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.facts import read_acutely
from service.triage.model import Level
from service.triage.operators import compile_condition
from service.triage.questions import Answers, AnyOf, Condition, Facts, Is, Item, Value

MANY = settings(max_examples=150, deadline=None)
TRIED = 8


@cache
def rules() -> CompiledRuleSet:
    return compile_rules(load_rule_set(packaged("rules") / "limb_numbness"))


def items() -> list[Item]:
    return list(rules().rule_set.items.values())


def values_of(item: Item) -> list[Value]:
    return [True, False] if item.kind == "boolean" else [option.code for option in item.options]


def leaves(condition: Condition) -> list[Is]:
    if isinstance(condition, Is):
        return [condition]
    return [leaf for part in condition.parts for leaf in leaves(part)]


@cache
def qualifying() -> frozenset[tuple[str, Value]]:
    """The answers that may lower a level, as the rules declare them."""
    declared = {
        (leaf.item, value)
        for qualifier in rules().rule_set.qualifiers
        for leaf in leaves(qualifier.when)
        for value in leaf.values
    }
    return frozenset(declared)


@st.composite
def answered(draw: st.DrawFn, *, contradictions: bool = True) -> Answers:
    """Some questions unanswered, most answered once, and now and then one answered against itself."""
    share = draw(st.sampled_from([0.05, 0.5, 0.95, 1.0]))
    positive = draw(st.sampled_from([0.02, 0.1, 0.4]))
    answers: dict[str, tuple[Value, ...]] = {}
    random = draw(st.randoms(use_true_random=False))
    for item in items():
        if random.random() > share:
            continue
        options = values_of(item)
        if item.kind == "boolean":
            given_now: tuple[Value, ...] = (random.random() < positive,)
        elif item.repeats:
            picked = [o for o in options if o != "none" and random.random() < positive]
            given_now = tuple(picked) or ("none",)
        else:
            given_now = (random.choice(options),)
        if contradictions and random.random() < 0.03:
            given_now = (*given_now, random.choice(options))
        answers[item.link_id] = given_now
    return answers


def verdict(answers: Answers) -> Decision:
    return decide(rules(), answers)


@MANY
@given(answered(), st.data())
def test_an_added_sign_of_concern_never_lowers_the_level(answers: Answers, data: st.DataObject) -> None:
    before = verdict(answers).level
    for item, value in data.draw(st.lists(st.sampled_from(signs_of_concern()), min_size=TRIED, max_size=TRIED)):
        given_now = answers.get(item.link_id, ())
        if item.kind == "choice" and not item.repeats and given_now:
            continue
        kept = tuple(old for old in given_now if old not in (False, "none"))
        after = verdict({**answers, item.link_id: (*kept, value)}).level
        assert after >= before, (item.link_id, value)


def signs_of_concern() -> list[tuple[Item, Value]]:
    """Every positive answer that no qualifier declares as one that may lower a level."""
    return [
        (item, value)
        for item in items()
        for value in values_of(item)
        if value not in (False, "none") and (item.link_id, value) not in qualifying() and item.concern
    ]


@MANY
@given(answered(contradictions=False), st.data())
def test_a_missing_answer_is_never_read_as_no(answers: Answers, data: st.DataObject) -> None:
    whole = verdict(answers)
    removed = st.lists(st.sampled_from(sorted(answers)), max_size=TRIED) if answers else st.just([])
    for link_id in data.draw(removed):
        without = verdict({key: value for key, value in answers.items() if key != link_id})
        assert without.highest >= whole.level, link_id
        assert without.level > Level.SELF_CARE or without.highest == Level.SELF_CARE, link_id


@MANY
@given(answered(contradictions=False))
def test_the_highest_level_possible_can_be_reached(answers: Answers) -> None:
    decision = verdict(answers)
    if decision.complete:
        return
    reading = read_acutely(rules().rule_set, answers).facts
    top = next(
        finding
        for finding in decision.findings
        if finding.verdict is Verdict.UNKNOWN and finding.criterion.level is decision.highest
    )
    completed = {**answers, **completing(top.criterion.when, reading)}
    assert verdict(completed).level is decision.highest


def completing(condition: Condition, facts: Facts) -> dict[str, tuple[Value, ...]]:
    """Answers to open questions that make an undecided condition true."""
    if isinstance(condition, Is):
        return {} if condition.item in facts else {condition.item: condition.values[:1]}
    possible = [part for part in condition.parts if compile_condition(part).judge(facts) is not False]
    chosen = possible[:1] if isinstance(condition, AnyOf) else possible
    return {key: value for part in chosen for key, value in completing(part, facts).items()}


@MANY
@given(answered(contradictions=False), st.data())
def test_two_answers_that_contradict_each_other_are_read_as_the_more_acute(
    answers: Answers, data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from([item for item in items() if not item.repeats]))
    first, second = data.draw(st.permutations(values_of(item)))[:2]
    both = verdict({**answers, item.link_id: (first, second)})
    for one in (first, second):
        assert both.level >= verdict({**answers, item.link_id: (one,)}).level, (item.link_id, one)
    assert any(item.link_id in conflict.link_ids for conflict in both.conflicts)


@MANY
@given(answered(contradictions=False), st.data())
def test_none_beside_another_option_takes_nothing_away(answers: Answers, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from([item for item in items() if item.repeats]))
    option = data.draw(st.sampled_from([value for value in values_of(item) if value != "none"]))
    alone = verdict({**answers, item.link_id: (option,)})
    both = verdict({**answers, item.link_id: ("none", option)})
    assert both.level >= alone.level
    assert any(item.link_id in conflict.link_ids for conflict in both.conflicts)


@MANY
@given(answered())
def test_a_qualifier_lowers_only_as_far_as_it_declares(answers: Answers) -> None:
    decision = verdict(answers)
    for finding in decision.findings:
        if finding.lowered_by:
            assert decision.level >= min(qualifier.lowers_to for qualifier in finding.lowered_by)
            assert all(qualifier.lowers_from >= finding.criterion.level for qualifier in finding.lowered_by)


@MANY
@given(answered())
def test_the_level_is_that_of_what_fired_and_self_care_only_when_nothing_above_is_open(answers: Answers) -> None:
    decision = verdict(answers)
    fired = [finding.criterion.level for finding in decision.fired]
    assert decision.level >= max(fired, default=Level.SELF_CARE)
    if decision.level is Level.SELF_CARE:
        open_above = [f for f in decision.findings if f.verdict is Verdict.UNKNOWN]
        assert all(finding.criterion.level is Level.SELF_CARE for finding in open_above)
        assert decision.complete
        assert decision.proposals == ()
    if decision.level is Level.EMERGENCY:
        assert all(proposal.level > Level.ROUTINE for proposal in decision.proposals)


@MANY
@given(answered())
def test_every_proposed_test_is_asked_for_by_something_that_fired(answers: Answers) -> None:
    decision = verdict(answers)
    for proposal in (*decision.proposals, *decision.withheld):
        assert proposal.suspicions or proposal.findings
        assert all(any(ask.test == proposal.test.code for ask in s.condition.tests) for s in proposal.suspicions)
        assert proposal.level <= decision.level
    assert len({proposal.test.code for proposal in decision.proposals}) == len(decision.proposals)


@MANY
@given(answered())
def test_the_order_of_answers_changes_nothing(answers: Answers) -> None:
    shuffled = dict(reversed([(key, tuple(reversed(value))) for key, value in answers.items()]))
    assert verdict(shuffled) == verdict(answers)


@MANY
@given(answered())
def test_every_finding_says_in_words_what_it_rests_on(answers: Answers) -> None:
    for finding in verdict(answers).findings:
        assert finding.because, finding.criterion.id
        assert (finding.verdict is Verdict.UNKNOWN) == bool(finding.open)
        if finding.verdict is Verdict.UNKNOWN:
            assert all(text.endswith(": not answered") for text in finding.because), finding.because
