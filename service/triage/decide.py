"""The decision: every criterion is judged on the facts, and what fired sets level, suspicions and proposed tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision, Finding, OpenQuestion, Proposal, Suspicion, Verdict
from service.triage.facts import read_acutely
from service.triage.judging import Seen, findings_of, level_by, seen
from service.triage.model import Ask, Evidence, Level, Notice
from service.triage.operators import because
from service.triage.questions import Answers, Facts


def decide(rules: CompiledRuleSet, answers: Answers) -> Decision:
    """The verdict on `answers`; the same answers always give an equal decision."""
    reading = read_acutely(rules.rule_set, answers)
    facts = reading.facts
    looked = seen(rules, reading)
    findings = findings_of(rules, reading, looked)
    matters = tuple(finding for finding in findings if finding.verdict is not Verdict.NOT_FIRED)
    level = level_by(rules, ((finding.criterion.level, finding.verdict) for finding in matters))
    suspicions = _suspicions(rules, facts, looked, matters, level)
    proposals = _proposals(rules, facts, matters, suspicions)
    held_back = {p.test.code for p in proposals if level is Level.EMERGENCY and p.level is Level.ROUTINE}
    return Decision(
        level=level,
        highest=max([level, *(finding.criterion.level for finding in matters)]),
        findings=findings,
        suspicions=suspicions,
        proposals=tuple(p for p in proposals if p.test.code not in held_back),
        withheld=tuple(p for p in proposals if p.test.code in held_back),
        notices=tuple(notice for notice in _notices(rules, facts, looked) if level in (notice.levels or Level)),
        open_questions=_open_questions(rules, matters, level),
        conflicts=reading.conflicts,
    )


def _notices(rules: CompiledRuleSet, facts: Facts, looked: Seen | None) -> Iterator[Notice]:
    """The notices whose condition holds."""
    if rules.generated is None or looked is None:
        yield from (notice for notice, when in rules.notices if when is None or when.judge(facts) is True)
    else:
        yield from (rules.notices[place][0] for place in rules.generated.notices(looked.given))


def _evidence(rules: CompiledRuleSet, facts: Facts, looked: Seen | None) -> Iterator[tuple[str, Evidence, str]]:
    """The patterns of evidence that hold, with the condition that each points to and the answers in words."""
    if rules.generated is None or looked is None:
        holding = [one for one in rules.evidence if one[2].judge(facts) is True]
    else:
        holding = [rules.evidence[place] for place in rules.generated.evidence(looked.given)]
    for code, evidence, when in holding:
        yield code, evidence, "; ".join(because(when, facts, rules.rule_set.items))


def _suspicions(
    rules: CompiledRuleSet, facts: Facts, looked: Seen | None, findings: tuple[Finding, ...], level: Level
) -> tuple[Suspicion, ...]:
    """Every condition that a fired criterion or a pattern of evidence points to, most acute first.

    What is left to self-care needs no search for causes, so there evidence points to nothing.
    """
    reasons: dict[str, list[tuple[Level, str]]] = {}
    for finding in findings:
        if finding.verdict is Verdict.FIRED:
            for code in finding.criterion.suspects:
                reasons.setdefault(code, []).append((finding.criterion.level, finding.words))
    if level > Level.SELF_CARE and rules.scope.judge(facts) is True:
        for code, evidence, told in _evidence(rules, facts, looked):
            reasons.setdefault(code, []).append((min(evidence.level, level), f"{evidence.title} ({told})"))
    found = [
        Suspicion(condition, max(at for at, _ in why), tuple(dict.fromkeys(text for _, text in why)))
        for code, condition in rules.rule_set.conditions.items()
        if (why := reasons.get(code))
    ]
    return tuple(sorted(found, key=lambda suspicion: -suspicion.level))


def _proposals(
    rules: CompiledRuleSet, facts: Facts, findings: tuple[Finding, ...], suspicions: tuple[Suspicion, ...]
) -> tuple[Proposal, ...]:
    """Only what a fired criterion or a suspected condition asks for, most urgent first; none for self-care."""
    by_suspicion: dict[str, list[tuple[Level, Suspicion]]] = {}
    by_finding: dict[str, list[tuple[Level, Finding]]] = {}
    for suspicion in suspicions:
        if suspicion.level > Level.SELF_CARE:
            for name, soonest in _asked(suspicion.condition.tests):
                by_suspicion.setdefault(name, []).append((min(suspicion.level, soonest), suspicion))
    for finding in findings:
        if finding.verdict is Verdict.FIRED and finding.criterion.level > Level.SELF_CARE:
            for name, soonest in _asked(finding.criterion.tests):
                by_finding.setdefault(name, []).append((min(finding.criterion.level, soonest), finding))
    proposals = []
    for code, test in rules.rule_set.tests.items():
        suspected, found = by_suspicion.get(code, []), by_finding.get(code, [])
        if suspected or found:
            level = max(at for at, _ in (*suspected, *found))
            chosen = tuple(c for c, when in rules.codings[code] if when is None or when.judge(facts) is True)
            proposals.append(Proposal(test, chosen, level, tuple(s for _, s in suspected), tuple(f for _, f in found)))
    return tuple(sorted(proposals, key=lambda proposal: -proposal.level))


def _asked(asks: tuple[Ask, ...]) -> Iterable[tuple[str, Level]]:
    """Each test that is asked for and how soon it can make sense; of a test that is named twice the first counts."""
    return {ask.test: ask.soonest for ask in reversed(asks)}.items()


def _open_questions(rules: CompiledRuleSet, findings: tuple[Finding, ...], level: Level) -> tuple[OpenQuestion, ...]:
    """What is unanswered and could still raise the level, with the highest level it takes part in."""
    reach: dict[str, Level] = {}
    unasked: dict[str, set[str]] = {}
    for finding in findings:
        if finding.verdict is Verdict.UNKNOWN and finding.criterion.level > level:
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
