"""How each criterion turns out on the facts, one by one or all at once by the function generated from the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Finding, Verdict
from service.triage.facts import Reading, read_acutely
from service.triage.generated import Generated
from service.triage.model import Criterion, Level
from service.triage.operators import Compiled, because, decisive_leaves, unasked_options, words
from service.triage.questions import Answers, Facts, Is


def level_of(rules: CompiledRuleSet, answers: Answers) -> tuple[Level, Reading]:
    """The level that `decide` would give, and how the answers were read, for a fraction of its cost."""
    reading = read_acutely(rules.rule_set, answers)
    return level_by(rules, ((criterion.level, verdict) for criterion, verdict in _weighed(rules, reading))), reading


@dataclass(frozen=True, slots=True)
class Seen:
    """What the generated functions look at: the answers given, and those given or still open."""

    given: int
    possible: int


def seen(rules: CompiledRuleSet, reading: Reading) -> Seen | None:
    """The facts as bits; None when each condition is to be judged by itself."""
    return Seen(*rules.generated.bits.given_and_possible(reading.facts)) if rules.generated else None


def findings_of(rules: CompiledRuleSet, reading: Reading, looked: Seen | None) -> tuple[Finding, ...]:
    """A finding for each criterion; with generated functions those that did not fire or are open have no words."""
    if rules.generated is None or looked is None:
        return tuple(judge_one(rules, reading, *criterion) for criterion in rules.criteria)
    findings = list(rules.silent)
    fired, still_open, lowered = _places(rules.generated, reading, looked)
    for place in fired:
        criterion, when, _ = rules.criteria[place]
        findings[place] = Finding(criterion, Verdict.FIRED, because(when, reading.facts, rules.rule_set.items))
    for place in still_open:
        criterion, when, _ = rules.criteria[place]
        findings[place] = _unknown(criterion, decisive_leaves(when, reading.facts), reading.facts, ())
    for place in lowered:
        findings[place] = judge_one(rules, reading, *rules.criteria[place])
    return tuple(findings)


def _weighed(rules: CompiledRuleSet, reading: Reading) -> Iterator[tuple[Criterion, Verdict]]:
    """The verdict of each criterion; of the generated function only those that fired or are open."""
    looked = seen(rules, reading)
    if rules.generated is None or looked is None:
        yield from ((criterion, weigh(reading, when, unless).verdict) for criterion, when, unless in rules.criteria)
        return
    fired, still_open, lowered = _places(rules.generated, reading, looked)
    yield from ((rules.criteria[place][0], Verdict.FIRED) for place in fired)
    yield from ((rules.criteria[place][0], Verdict.UNKNOWN) for place in still_open)
    for place in lowered:
        criterion, when, unless = rules.criteria[place]
        yield criterion, weigh(reading, when, unless).verdict


def _places(generated: Generated, reading: Reading, looked: Seen) -> tuple[list[int], list[int], list[int]]:
    undisputed = looked.given
    if len(reading.undisputed) < len(reading.facts):
        undisputed, _ = generated.bits.given_and_possible(reading.undisputed)
    return generated.criteria(looked.given, looked.possible, undisputed)


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


def judge_one(
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


def level_by(rules: CompiledRuleSet, verdicts: Iterable[tuple[Level, Verdict]]) -> Level:
    """The most acute level that fired; never below the floor while a criterion at or above the floor is open."""
    level, floor = Level.SELF_CARE, rules.rule_set.open_floor
    for of_criterion, verdict in verdicts:
        if verdict is Verdict.FIRED:
            level = max(level, of_criterion)
        elif verdict is Verdict.UNKNOWN and of_criterion >= floor:
            level = max(level, floor)
    return level
