"""What to ask next, thought on facts: what `service/triage/next_questions.py` is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision, Verdict
from service.triage.explanation import NextQuestion, WhatIf
from service.triage.model import Ask, Level
from service.triage.operators import decisive_leaves
from service.triage.questions import Facts


def next_questions(
    rules: CompiledRuleSet, facts: Facts, decision: Decision, raising: Iterable[WhatIf]
) -> tuple[NextQuestion, ...]:
    """The open questions that can still raise the level or bring a test.

    By level, then by whether one answer is enough, then by the number of tests, then as in the questionnaire.
    """
    still_open = {question.item.link_id: question for question in decision.open_questions}
    alone = {change.item.link_id for one in raising if len(one.changes) == 1 for change in one.changes}
    tests = _tests_still_open(rules, facts, decision)
    found = []
    for link_id, item in rules.rule_set.items.items():
        if question := still_open.get(link_id):
            asked = (question.words, question.could_reach, link_id in alone)
            found.append(NextQuestion(item, *asked, tests.get(link_id, ())))
        elif tests.get(link_id):
            found.append(NextQuestion(item, item.label, None, False, tests[link_id]))
    return tuple(sorted(found, key=lambda one: (-(one.could_reach or Level.SELF_CARE), not one.alone, -len(one.tests))))


def _tests_still_open(rules: CompiledRuleSet, facts: Facts, decision: Decision) -> dict[str, tuple[str, ...]]:
    """The tests that an answer to each question could add to those proposed, in the order of the rules."""
    order = list(rules.rule_set.tests)
    known = {proposal.test.code for proposal in (*decision.proposals, *decision.withheld)}
    found: dict[str, set[str]] = {}
    least = Level.URGENT if decision.level is Level.EMERGENCY else Level.ROUTINE  # the rest is left to the department
    for link_id, level, asked in _waiting(rules, facts, decision):
        codes = {ask.test for ask in asked if ask.test not in known and min(level, ask.soonest) >= least}
        found.setdefault(link_id, set()).update(codes)
    return {link_id: tuple(sorted(codes, key=order.index)) for link_id, codes in found.items()}


def _waiting(rules: CompiledRuleSet, facts: Facts, decision: Decision) -> Iterator[tuple[str, Level, Iterable[Ask]]]:
    """Each question that a criterion or a pattern of evidence waits for, what would be asked for then, and how soon."""
    conditions = rules.rule_set.conditions
    for finding in decision.findings:
        if finding.verdict is Verdict.UNKNOWN and finding.criterion.level > Level.SELF_CARE:
            criterion = finding.criterion
            asks = [*criterion.tests, *(ask for code in criterion.suspects for ask in conditions[code].tests)]
            yield from ((link_id, criterion.level, asks) for link_id in finding.open)
    if rules.scope.judge(facts) is False:
        return
    for code, evidence, when in rules.evidence:
        if when.judge(facts) is None:
            yield from ((leaf.item, evidence.level, conditions[code].tests) for leaf in decisive_leaves(when, facts))
