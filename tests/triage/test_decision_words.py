"""What a decision says, in the words that every door prints."""

from __future__ import annotations

from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision
from service.triage.questions import Answers
from service.triage.words import conflict_in_words, explain, finding_in_words, notes, open_in_words, rationale

RULE_SET = load_rule_set(packaged("rules") / "limb_numbness")
RULES = compile_rules(RULE_SET)


def decided(**answers: object) -> Decision:
    given = {
        name.replace("_", "-"): tuple(value) if isinstance(value, list) else (value,) for name, value in answers.items()
    }
    return decide(RULES, given)


def test_a_fired_criterion_names_its_answers_documents_and_basis() -> None:
    (finding,) = decided(loss_of_bladder_control=True).fired
    assert finding_in_words(finding, RULE_SET) == (
        "Emergency: Loss of bladder control (loss of bladder control: yes). "
        "Sources: Cleveland Clinic, “Numbness” (D0-E2 emergency); "
        "Verywell Health, “Numbness in Feet That Isn't Just Your Foot Falling Asleep” (D3-E7 emergency); "
        "iLive, “Numbness in the legs” (D1-W6 unstated, D1-U2 urgent); "
        "Quinn Phillips, reviewed by Allison Buttarazzi, “What Causes Numbness in the Legs?” (D2-W2 unstated). "
        "Basis: reconciled. Loss of control is an emergency in two documents; "
        'the wider "changes" of the others are rated apart.'
    )


def test_an_open_qualifier_lowers_nothing_and_a_known_one_is_named() -> None:
    assert [f.criterion.id for f in decided(weakness=True).fired] == ["limb-weakness"]
    lowered = decided(weakness=True, weakness_onset="gradual")
    assert [f.criterion.id for f in lowered.fired] == ["weakness-over-time"]
    assert any(
        text.startswith(
            "Weakness of a limb (weakness of a limb: yes; how the weakness began: gradually, "
            "over weeks or longer): rated lower. One document makes the level depend on the onset"
        )
        for text in notes(lowered, RULE_SET)
    )


def test_a_contradiction_names_both_answers_and_what_counted() -> None:
    (conflict,) = decided(weakness=False, weakness_onset="sudden").conflicts
    assert conflict_in_words(conflict) == (
        "how the weakness began: suddenly or rapidly was answered although “weakness of a limb: no” hides the question "
        "(weakness-onset, weakness). Counted: weakness of a limb: yes."
    )
    (conflict,) = decided(numbness=True, numbness_onset=["gradual", "sudden"]).conflicts
    assert conflict_in_words(conflict) == (
        "how the numbness began: “suddenly, within seconds or minutes” and “gradually, over hours or longer” "
        "cannot all be so "
        "(numbness-onset). Counted: how the numbness began: suddenly, within seconds or minutes."
    )


def test_answering_no_to_a_hidden_question_is_harmless() -> None:
    (conflict,) = decided(numbness=False, symptoms=["none"], numbness_severe=False).conflicts
    assert conflict.harmless
    assert conflict.link_ids == ("numbness-severe", "numbness")


def test_without_anything_that_fired_the_level_says_why() -> None:
    nothing = decided()
    assert rationale(nothing, RULE_SET) == (
        "No criterion fired, but unanswered questions leave criteria open, so it is not left to self-care."
    )
    assert open_in_words(nothing).startswith("Not answered, and could raise the level to emergency: ")


def test_the_explanation_begins_with_the_level_and_what_to_do() -> None:
    lines = explain(decided(confusion=True), RULE_SET).splitlines()
    assert lines[:4] == ["Level: Emergency", "", "What to do", "  " + lines[3].strip()]
    assert lines[3].startswith("  Call the local emergency number now (911 in the United States)")
    assert explain(decided(numbness=True), RULE_SET).startswith(
        "Level: Routine (preliminary, could still be Emergency)\n"
    )


def test_answers_are_not_changed_by_deciding() -> None:
    answers: Answers = {"numbness": (True, False), "numbness-site": ("none", "foot")}
    before = dict(answers)
    decide(RULES, answers)
    assert answers == before
