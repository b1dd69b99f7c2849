"""A multiple choice answered in part: what was not asked is never read as "no", what was denied is not open."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from proof.conftest import drawn

from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.facts import read_acutely
from service.triage.model import Level
from service.triage.questions import Answer, Answers, Denied, Item, Unasked
from service.triage.words import explain

MANY = settings(max_examples=300, deadline=None)
SEEDS = st.integers(0, 2**64)


@cache
def rules() -> CompiledRuleSet:
    return compile_rules(load_rule_set(packaged("rules") / "limb_numbness"))


def verdict(**answers: tuple[Answer, ...]) -> Decision:
    return decide(rules(), {name.replace("_", "-"): values for name, values in answers.items()})


def finding(decision: Decision, criterion: str) -> tuple[Verdict, tuple[str, ...]]:
    return next((f.verdict, f.because) for f in decision.findings if f.criterion.id == criterion)


def options(link_id: str, *but: str) -> list[str]:
    return [o.code for o in rules().rule_set.items[link_id].options if o.code not in ("none", *but)]


def test_one_option_asked_by_itself_says_nothing_of_the_others() -> None:
    no_injury_of_leg = (Denied("leg"), *map(Unasked, options("recent-injury", "leg")))
    decision = verdict(recent_injury=no_injury_of_leg)
    assert finding(decision, "head-injury") == (
        Verdict.UNKNOWN,
        ("recent injury: not asked about “of the head”",),
    )
    (question,) = [q for q in decision.open_questions if q.item.link_id == "recent-injury"]
    assert question.could_reach is Level.EMERGENCY
    assert [option.code for option in question.unasked] == ["head", "neck", "back", "foot-or-ankle", "other"]
    assert question.words == (
        "recent injury (not asked about: of the head; of the neck, whiplash included; of the back; of a foot or ankle; "
        "of another part)"
    )
    assert question.words in explain(decision, rules().rule_set)


def test_a_denied_option_is_no() -> None:
    decision = verdict(recent_injury=(Denied("head"), *map(Unasked, options("recent-injury", "head"))))
    assert finding(decision, "head-injury") == (Verdict.NOT_FIRED, ("recent injury: not “of the head”",))
    (question,) = [q for q in decision.open_questions if q.item.link_id == "recent-injury"]
    assert "head" not in [option.code for option in question.unasked]
    assert question.could_reach is Level.EMERGENCY


def test_a_picked_option_fires_whatever_was_not_asked() -> None:
    decision = verdict(recent_injury=("head", *map(Unasked, options("recent-injury", "head"))))
    assert finding(decision, "head-injury") == (Verdict.FIRED, ("recent injury: of the head",))
    assert finding(decision, "neck-injury")[0] is Verdict.UNKNOWN


def test_all_options_denied_is_none_of_these() -> None:
    denied = verdict(recent_injury=tuple(map(Denied, options("recent-injury"))))
    assert denied == verdict(recent_injury=("none",))


def test_no_option_asked_is_no_answer() -> None:
    unasked = verdict(recent_injury=tuple(map(Unasked, options("recent-injury"))))
    assert unasked == verdict()


def test_an_option_picked_and_denied_counts_as_picked_and_is_told() -> None:
    decision = verdict(recent_injury=("head", Denied("head"), *map(Unasked, options("recent-injury", "head"))))
    assert decision.level is Level.EMERGENCY
    (conflict,) = decision.conflicts
    assert conflict.says == "recent injury: “of the head” and “not of the head” cannot all be so"
    assert conflict.counted == "recent injury: of the head"


def test_a_denied_option_contradicts_no_other_one() -> None:
    decision = verdict(recent_injury=("leg", Denied("head"), *map(Unasked, options("recent-injury", "head", "leg"))))
    assert decision.conflicts == ()


def test_a_qualifier_that_rests_on_an_option_picked_and_denied_lowers_nothing() -> None:
    positional = {
        "numbness": (True,),
        "numbness_onset": ("sudden",),
        "resolves_on_moving": (True,),
        "numbness_frequency": ("rare",),
        "numbness_gone_now": (True,),
        "weakness": (False,),
    }
    triggers = tuple(map(Unasked, options("numbness-trigger", "position")))
    lowered = verdict(**positional, numbness_trigger=("position", *triggers))
    assert finding(lowered, "sudden-numbness")[0] is not Verdict.FIRED
    disputed = verdict(**positional, numbness_trigger=("position", Denied("position"), *triggers))
    assert finding(disputed, "sudden-numbness")[0] is Verdict.FIRED


def test_a_question_is_hidden_only_when_what_would_open_it_was_asked() -> None:
    unasked = tuple(map(Unasked, options("symptoms", "pain")))
    asked_half = read_acutely(rules().rule_set, {"numbness": (False,), "symptoms": (Denied("pain"), *unasked)})
    assert "numbness-site" not in asked_half.facts
    asked = tuple(map(Unasked, options("symptoms", "tingling", "burning")))
    denied = (Denied("tingling"), Denied("burning"), *asked)
    hidden = read_acutely(rules().rule_set, {"numbness": (False,), "symptoms": denied})
    assert hidden.facts["numbness-site"] == frozenset()


def test_a_hidden_question_answered_in_part_is_closed_like_one_that_is_unanswered() -> None:
    none = {"numbness": (False,), "symptoms": ("none",)}
    site = (Denied("foot"), *map(Unasked, options("numbness-site", "foot")))
    reading = read_acutely(rules().rule_set, {**none, "numbness-site": site})
    assert reading.facts["numbness-site"] == frozenset()
    (conflict,) = reading.conflicts
    assert conflict.harmless
    assert conflict.says.startswith("where it is numb: none of those asked was answered although “numbness: no” hides")


def test_a_picked_option_of_a_hidden_question_implies_what_opens_it() -> None:
    site = ("face", *map(Unasked, options("numbness-site", "face")))
    reading = read_acutely(rules().rule_set, {"numbness": (False,), "numbness-site": site})
    assert reading.facts["numbness"] == {True}


def repeating() -> list[Item]:
    return [item for item in rules().rule_set.items.values() if item.repeats]


def open_options(item: Item, given_now: tuple[Answer, ...]) -> list[str]:
    return [
        o.code
        for o in item.options
        if Unasked(o.code) in given_now and o.code not in given_now and Denied(o.code) not in given_now
    ]


def completed(answers: Answers, picks: dict[str, set[str]]) -> Answers:
    """The answers with each option that was not asked picked or denied."""
    whole: dict[str, tuple[Answer, ...]] = dict(answers)
    for item in repeating():
        given_now = answers.get(item.link_id, ())
        still = open_options(item, given_now)
        if not still:
            continue
        chosen = picks.get(item.link_id, set())
        new = [o if o in chosen else Denied(o) for o in still]
        stands_alone = not any(isinstance(v, str) and v != "none" for v in given_now)
        kept = [v for v in given_now if not isinstance(v, Unasked) and not (v == "none" and stands_alone)]
        whole[item.link_id] = (*kept, *new)
    return whole


@MANY
@given(SEEDS, st.data())
def test_no_completion_goes_above_the_highest_level_possible(seed: int, data: st.DataObject) -> None:
    answers = drawn(rules().rule_set, seed)
    before = decide(rules(), answers)
    for _ in range(3):
        picks = {
            item.link_id: data.draw(st.sets(st.sampled_from(still), max_size=3))
            for item in repeating()
            if (still := open_options(item, answers.get(item.link_id, ())))
        }
        after = decide(rules(), completed(answers, picks))
        assert after.level <= before.highest, picks
        assert after.highest <= before.highest, picks


@MANY
@given(SEEDS, st.data())
def test_not_asking_an_option_never_lowers_the_highest_level(seed: int, data: st.DataObject) -> None:
    answers = drawn(rules().rule_set, seed)
    whole = decide(rules(), completed(answers, {}))
    item = data.draw(st.sampled_from(repeating()))
    given_now = completed(answers, {}).get(item.link_id)
    if given_now is None or ("none" in given_now and len(given_now) > 1):
        return
    left_out = data.draw(st.sets(st.sampled_from(options(item.link_id)), min_size=1, max_size=4))
    kept = tuple(v for v in given_now if getattr(v, "option", v) not in left_out)
    kept = (*(kept or ("none",)), *map(Unasked, sorted(left_out)))
    less = decide(rules(), {**completed(answers, {}), item.link_id: kept})
    assert less.highest >= whole.highest, (item.link_id, left_out)
    if less.level is Level.SELF_CARE:
        assert less.complete


@MANY
@given(SEEDS)
def test_an_open_finding_says_what_is_open_and_nothing_else(seed: int) -> None:
    for found in decide(rules(), drawn(rules().rule_set, seed)).findings:
        if found.verdict is Verdict.UNKNOWN:
            assert all(": not answered" in text or ": not asked about “" in text for text in found.because)
            assert {link_id for link_id, _ in found.unasked} <= set(found.open)
        else:
            assert found.unasked == ()


@MANY
@given(SEEDS)
def test_words_never_call_an_unasked_option_no(seed: int) -> None:
    answers = drawn(rules().rule_set, seed)
    facts = read_acutely(rules().rule_set, answers).facts
    told = {text for found in decide(rules(), answers).findings for text in found.because}
    for item in repeating():
        for option in open_options(item, tuple(facts.get(item.link_id, ()))):
            assert f"{item.label}: not “{item.option_text(option)}”" not in told
