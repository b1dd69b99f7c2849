"""How each criterion turns out on the facts, one by one or all at once by the function generated from the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.triage.decision import Finding, Verdict
from service.triage.facts import Reading
from service.triage.model import Criterion, Level
from service.triage.operators import Compiled, because, decisive_leaves, unasked_options, words
from service.triage.questions import Facts, Is, Item

Judgeable = tuple[Criterion, Compiled, tuple[Compiled, ...]]
"""A criterion, its condition, and those of its qualifiers."""


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


def judge_one(items: Mapping[str, Item], reading: Reading, judged: Judgeable) -> Finding:
    """The verdict of a criterion with the answers that it rests on, in words."""
    criterion, when, unless = judged
    facts = reading.facts
    weighed, told = weigh(reading, when, unless), because(when, facts, items)
    if weighed.disputing:
        return open_finding(
            criterion, weighed.disputing, facts, tuple(words(leaf, facts, items) for leaf in weighed.disputing)
        )
    if weighed.holding:
        lowering = [text for place in weighed.holding for text in because(unless[place], facts, items)]
        lowered_by = tuple(criterion.unless[place] for place in weighed.holding)
        return Finding(criterion, Verdict.NOT_FIRED, tuple(dict.fromkeys([*told, *lowering])), lowered_by=lowered_by)
    if weighed.verdict is not Verdict.UNKNOWN:
        return Finding(criterion, weighed.verdict, told)
    return open_finding(criterion, decisive_leaves(when, facts), facts, told)


def open_finding(criterion: Criterion, leaves: Sequence[Is], facts: Facts, told: tuple[str, ...] = ()) -> Finding:
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


def level_by(open_floor: Level, verdicts: Iterable[tuple[Level, Verdict]]) -> Level:
    """The most acute level that fired; never below the floor while a criterion at or above the floor is open."""
    level = Level.SELF_CARE
    for of_criterion, verdict in verdicts:
        if verdict is Verdict.FIRED:
            level = max(level, of_criterion)
        elif verdict is Verdict.UNKNOWN and of_criterion >= open_floor:
            level = max(level, open_floor)
    return level
