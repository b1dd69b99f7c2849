"""The decision: every criterion is judged on the facts, and what fired sets level, suspicions and proposed tests."""

from __future__ import annotations

from service.triage.closely import Closely, closely
from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision, Finding, Judged, OpenQuestion, Proposal, Suspicion
from service.triage.model import Level
from service.triage.plainly import Plainly, plainly
from service.triage.questions import Answers

Seen = Plainly | Closely
"""One set of answers as the rules see it."""


def decide(rules: CompiledRuleSet, answers: Answers) -> Decision:
    """The verdict on `answers`; the same answers always give an equal decision."""
    seen = plainly(rules, answers) or closely(rules, answers)
    judged = seen.judged()
    level = judged.level
    fired = tuple(sorted(judged.fired, key=_acute_first))
    suspicions = _suspicions(seen, judged)
    proposals = _proposals(seen, judged.fired, suspicions)
    held_back = [p for p in proposals if level is Level.EMERGENCY and p.level is Level.ROUTINE]
    return Decision(
        level=level,
        highest=max([level, *[finding.criterion.level for finding in judged.above]]),
        fired=fired,
        lowered=judged.lowered,
        suspicions=suspicions,
        proposals=tuple([p for p in proposals if p not in held_back]) if held_back else proposals,
        withheld=tuple(held_back),
        notices=tuple([notice for notice in seen.notices() if not notice.levels or level in notice.levels]),
        open_questions=_open_questions(rules, judged.above, level) if judged.above else (),
        conflicts=seen.conflicts,
        found=seen.findings,
    )


def _acute_first(finding: Finding) -> int:
    return -finding.criterion.level


def _suspicions(seen: Seen, judged: Judged) -> tuple[Suspicion, ...]:
    """Every condition that a fired criterion or a pattern of evidence points to, most acute first.

    What is left to self-care needs no search for causes, so there evidence points to nothing.
    """
    reasons: dict[str, list[tuple[Level, str]]] = {}
    for finding in judged.fired:
        for code in finding.criterion.suspects:
            reasons.setdefault(code, []).append((finding.criterion.level, finding.words))
    if judged.level > Level.SELF_CARE and seen.in_scope():
        for code, pattern, told in seen.evidence():
            reasons.setdefault(code, []).append((min(pattern.level, judged.level), told))
    known = seen.rules.rule_set.conditions
    found = [
        Suspicion(known[code], max([at for at, _ in why]), tuple(dict.fromkeys([text for _, text in why])))
        for code, why in reasons.items()
    ]
    place = seen.rules.rule_set.places_of_conditions
    return tuple(sorted(found, key=lambda suspicion: (-suspicion.level, place[suspicion.condition.code])))


def _proposals(seen: Seen, fired: tuple[Finding, ...], suspicions: tuple[Suspicion, ...]) -> tuple[Proposal, ...]:
    """Only what a fired criterion or a suspected condition asks for, most urgent first; none for self-care."""
    suspected: dict[str, list[Suspicion]] = {}
    found: dict[str, list[Finding]] = {}
    level: dict[str, Level] = {}
    for suspicion in suspicions:
        if suspicion.level > Level.SELF_CARE:
            for test, soonest in suspicion.condition.asks:
                suspected.setdefault(test, []).append(suspicion)
                level[test] = max(level.get(test, Level.SELF_CARE), min(suspicion.level, soonest))
    for finding in fired:
        if finding.criterion.level > Level.SELF_CARE:
            for test, soonest in finding.criterion.asks:
                found.setdefault(test, []).append(finding)
                level[test] = max(level.get(test, Level.SELF_CARE), min(finding.criterion.level, soonest))
    tests, place = seen.rules.rule_set.tests, seen.rules.rule_set.places_of_tests
    in_order = sorted(level, key=lambda test: (-level[test], place[test]))
    return tuple(
        [
            Proposal(
                tests[test], seen.codings(test), level[test], tuple(suspected.get(test, ())), tuple(found.get(test, ()))
            )
            for test in in_order
        ]
    )


def _open_questions(rules: CompiledRuleSet, findings: tuple[Finding, ...], level: Level) -> tuple[OpenQuestion, ...]:
    """What is unanswered and could still raise the level, with the highest level it takes part in."""
    reach: dict[str, Level] = {}
    unasked: dict[str, set[str]] = {}
    for finding in findings:
        for link_id in finding.open:
            reach[link_id] = max(finding.criterion.level, reach.get(link_id, level))
        for link_id, option in finding.unasked:
            unasked.setdefault(link_id, set()).add(option)
    found = [
        OpenQuestion(item, reach[link_id], tuple(o for o in item.options if o.code in unasked.get(link_id, ())))
        for link_id, item in rules.rule_set.items.items()
        if link_id in reach
    ]
    return tuple(sorted(found, key=lambda question: -question.could_reach))
