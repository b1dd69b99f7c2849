"""The decision: every criterion is judged on the facts, and what fired sets level, suspicions and proposed tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision, Finding, OpenQuestion, Proposal, Suspicion, Verdict
from service.triage.facts import Reading, read_acutely
from service.triage.model import Ask, Criterion, Level
from service.triage.operators import Compiled, because, decisive_leaves, unasked_options, words
from service.triage.questions import Answers, Facts, Is


def decide(rules: CompiledRuleSet, answers: Answers) -> Decision:
    """The verdict on `answers`; the same answers always give an equal decision."""
    reading = read_acutely(rules.rule_set, answers)
    facts = reading.facts
    findings = tuple(_judge(rules, reading, *criterion) for criterion in rules.criteria)
    level = _level(rules, ((finding.criterion.level, finding.verdict) for finding in findings))
    suspicions = _suspicions(rules, facts, findings, level)
    proposals = _proposals(rules, facts, findings, suspicions)
    held_back = {p.test.code for p in proposals if level is Level.EMERGENCY and p.level is Level.ROUTINE}
    return Decision(
        level=level,
        highest=max([level, *(f.criterion.level for f in findings if f.verdict is not Verdict.NOT_FIRED)]),
        findings=findings,
        suspicions=suspicions,
        proposals=tuple(p for p in proposals if p.test.code not in held_back),
        withheld=tuple(p for p in proposals if p.test.code in held_back),
        notices=tuple(
            notice
            for notice, when in rules.notices
            if level in (notice.levels or Level) and (when is None or when.judge(facts) is True)
        ),
        open_questions=_open_questions(rules, findings, level),
        conflicts=reading.conflicts,
    )


def level_of(rules: CompiledRuleSet, answers: Answers) -> tuple[Level, Reading]:
    """The level that `decide` would give, and how the answers were read, for a fraction of its cost."""
    reading = read_acutely(rules.rule_set, answers)
    weighed = [(criterion.level, weigh(reading, when, unless).verdict) for criterion, when, unless in rules.criteria]
    return _level(rules, weighed), reading


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion's verdict, the places of the qualifiers that hold, and the open questions that could dispute them."""

    verdict: Verdict
    holding: tuple[int, ...] = ()
    disputing: tuple[Is, ...] = ()


def weigh(reading: Reading, when: Compiled, unless: tuple[Compiled, ...]) -> Weighed:
    """Fired when its condition is true and no qualifier is known to hold; an open or disputed one lowers nothing.

    While an open question could still dispute the qualifiers that hold, the criterion is open, too.
    """
    verdict = when.judge(reading.facts)
    if verdict is False:
        return Weighed(Verdict.NOT_FIRED)
    holding = tuple(place for place, compiled in enumerate(unless) if compiled.judge(reading.undisputed) is True)
    if holding:
        disputing = _could_dispute(reading, [unless[place] for place in holding])
        return Weighed(Verdict.UNKNOWN if disputing else Verdict.NOT_FIRED, holding, disputing)
    return Weighed(Verdict.FIRED if verdict is True else Verdict.UNKNOWN)


def _judge(
    rules: CompiledRuleSet, reading: Reading, criterion: Criterion, when: Compiled, unless: tuple[Compiled, ...]
) -> Finding:
    """The verdict of a criterion with the answers that it rests on, in words."""
    items, facts = rules.rule_set.items, reading.facts
    weighed, told = weigh(reading, when, unless), because(when, facts, items)
    if weighed.disputing:
        return _unknown(
            criterion, weighed.disputing, facts, tuple(words(leaf, facts, items) for leaf in weighed.disputing)
        )
    if weighed.holding:
        lowering = [text for place in weighed.holding for text in because(unless[place], facts, items)]
        lowered_by = tuple(criterion.unless[place] for place in weighed.holding)
        return Finding(criterion, Verdict.NOT_FIRED, tuple(dict.fromkeys([*told, *lowering])), lowered_by=lowered_by)
    if weighed.verdict is not Verdict.UNKNOWN:
        return Finding(criterion, weighed.verdict, told)
    return _unknown(criterion, decisive_leaves(when, facts), facts, told)


def _unknown(criterion: Criterion, leaves: Sequence[Is], facts: Facts, told: tuple[str, ...]) -> Finding:
    """An open criterion, with the questions that leave it open and what was not asked of those answered in part."""
    unasked = [(leaf.item, option) for leaf in leaves for option in unasked_options(leaf, facts)]
    questions = tuple(dict.fromkeys(leaf.item for leaf in leaves))
    return Finding(
        criterion, Verdict.UNKNOWN, tuple(dict.fromkeys(told)), questions, unasked=tuple(dict.fromkeys(unasked))
    )


def _could_dispute(reading: Reading, holding: list[Compiled]) -> tuple[Is, ...]:
    """The open questions that could dispute the qualifiers that hold; none if one of them would still hold."""
    settled = {name: values for name, values in reading.undisputed.items() if name not in reading.disputable}
    if any(compiled.judge(settled) is True for compiled in holding):
        return ()
    read = [leaf.item for compiled in holding for leaf in decisive_leaves(compiled, reading.undisputed)]
    return tuple(dict.fromkeys(other for name in read for other in reading.disputable.get(name, ())))


def _level(rules: CompiledRuleSet, verdicts: Iterable[tuple[Level, Verdict]]) -> Level:
    """The most acute level that fired; never below the floor while a criterion at or above the floor is open."""
    level, floor = Level.SELF_CARE, rules.rule_set.open_floor
    for of_criterion, verdict in verdicts:
        if verdict is Verdict.FIRED:
            level = max(level, of_criterion)
        elif verdict is Verdict.UNKNOWN and of_criterion >= floor:
            level = max(level, floor)
    return level


def _suspicions(
    rules: CompiledRuleSet, facts: Facts, findings: tuple[Finding, ...], level: Level
) -> tuple[Suspicion, ...]:
    """Every condition that a fired criterion or a pattern of evidence points to, most acute first.

    What is left to self-care needs no search for causes, so there evidence points to nothing.
    """
    reasons: dict[str, list[tuple[Level, str]]] = {code: [] for code in rules.rule_set.conditions}
    for finding in findings:
        if finding.verdict is Verdict.FIRED:
            for code in finding.criterion.suspects:
                reasons[code].append((finding.criterion.level, finding.words))
    if level > Level.SELF_CARE and rules.scope.judge(facts) is True:
        for code, evidence, when in rules.evidence:
            if when.judge(facts) is True:
                told = "; ".join(because(when, facts, rules.rule_set.items))
                reasons[code].append((min(evidence.level, level), f"{evidence.title} ({told})"))
    found = [
        Suspicion(rules.rule_set.conditions[code], max(at for at, _ in why), tuple(dict.fromkeys(t for _, t in why)))
        for code, why in reasons.items()
        if why
    ]
    return tuple(sorted(found, key=lambda suspicion: -suspicion.level))


def _proposals(
    rules: CompiledRuleSet, facts: Facts, findings: tuple[Finding, ...], suspicions: tuple[Suspicion, ...]
) -> tuple[Proposal, ...]:
    """Only what a fired criterion or a suspected condition asks for, most urgent first; none for self-care."""
    fired = [f for f in findings if f.verdict is Verdict.FIRED and f.criterion.level > Level.SELF_CARE]
    suspected = [s for s in suspicions if s.level > Level.SELF_CARE]
    proposals = []
    for code, test in rules.rule_set.tests.items():
        by_suspicion = [(at, s) for s in suspected if (at := _asked(s.condition.tests, code, s.level)) is not None]
        by_finding = [(at, f) for f in fired if (at := _asked(f.criterion.tests, code, f.criterion.level)) is not None]
        levels = [at for at, _ in (*by_suspicion, *by_finding)]
        if levels:
            chosen = tuple(c for c, when in rules.codings[code] if when is None or when.judge(facts) is True)
            proposals.append(
                Proposal(test, chosen, max(levels), tuple(s for _, s in by_suspicion), tuple(f for _, f in by_finding))
            )
    return tuple(sorted(proposals, key=lambda proposal: -proposal.level))


def _asked(asks: tuple[Ask, ...], test: str, level: Level) -> Level | None:
    """How soon the test is asked for by something of `level`; None when it is not."""
    return next((min(level, ask.soonest) for ask in asks if ask.test == test), None)


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
