"""Why a level is neither higher nor lower, tried on the answers one by one: what the fast way is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, groupby, product

from slowly.changes import changed_answers, changes_of
from slowly.next_questions import next_questions
from slowly.ways import Goal, Way, joined, smallest, ways

from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision, Verdict
from service.triage.explanation import Change, Explanation, Grounds, WhatIf
from service.triage.facts import Reading, read_acutely
from service.triage.judging import weigh
from service.triage.levels import level_of
from service.triage.model import Level
from service.triage.operators import Compiled, decisive_leaves
from service.triage.questions import Answers, Item, Value


def why(rules: CompiledRuleSet, answers: Answers, decision: Decision) -> Explanation:
    """The explanation of `decision`, which is that of `answers`. Every set of changes in it was tried."""
    given = _Given(rules, answers, read_acutely(rules.rule_set, answers))
    raising: list[WhatIf] = []
    for level in sorted(Level, reverse=True):
        if level > decision.level:
            raising += _fewest(given, _raising(given, level), {level})
    lower = {level for level in Level if level < decision.level}
    lowering = _fewest(given, _lowering(given, decision.level), lower)
    return Explanation(
        grounds=tuple(_grounds(given, decision)),
        raising=tuple(raising),
        lowering=tuple(sorted(lowering, key=lambda found: found.level)),
        ask_next=next_questions(rules, given.reading.facts, decision, raising),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What is explained: the answers as they are."""

    rules: CompiledRuleSet
    answers: Answers
    reading: Reading

    @property
    def items(self) -> Mapping[str, Item]:
        """The questions."""
        return self.rules.rule_set.items


def _grounds(given: _Given, decision: Decision) -> Iterator[Grounds]:
    """What fired, most acute first."""
    conditions = {criterion.id: when for criterion, when, _ in given.rules.criteria}
    for finding in decision.fired:
        leaves = decisive_leaves(conditions[finding.criterion.id], given.reading.facts)
        yield Grounds(finding.criterion, tuple(dict.fromkeys(leaf.item for leaf in leaves)), finding.because)


def _raising(given: _Given, level: Level) -> Iterator[Way]:
    """The ways on which a criterion of `level` would fire, or leave a question open that holds the floor."""
    if level is given.rules.rule_set.open_floor:
        gates = dict.fromkeys(gate for item in given.items.values() for gate in item.asked_when)
        yield from (frozenset({(gate, True)}) for gate in gates)
    for criterion, when, unless in given.rules.criteria:
        if criterion.level is level and weigh(given.reading, when, unless).verdict is not Verdict.FIRED:
            found = ways(when, given.reading.facts, Goal.TRUE, given.items)
            for qualifier in unless:
                found = joined(found, ways(qualifier, given.reading.undisputed, Goal.NOT_TRUE, given.items))
            yield from found


def _lowering(given: _Given, level: Level) -> list[Way]:
    """The ways on which no criterion would hold the level: none fires there, and none is open if that is enough."""
    floor = given.rules.rule_set.open_floor
    found: list[Way] = [frozenset()]
    for criterion, when, unless in given.rules.criteria:
        verdict = weigh(given.reading, when, unless).verdict
        holds = verdict is Verdict.FIRED and criterion.level is level
        if holds or (verdict is Verdict.UNKNOWN and level is floor and criterion.level >= floor):
            found = smallest(joined(found, _silencing(given, when, unless, sure=level is floor)))
    return found


def _silencing(given: _Given, when: Compiled, unless: tuple[Compiled, ...], *, sure: bool) -> list[Way]:
    """The ways on which a criterion would not fire; `sure`: nor be open."""
    found = ways(when, given.reading.facts, Goal.FALSE if sure else Goal.NOT_TRUE, given.items)
    for qualifier in unless:
        found += ways(qualifier, given.reading.undisputed, Goal.TRUE, given.items)
    return smallest(found)


def _fewest(given: _Given, found: Iterable[Way], wanted: Collection[Level]) -> list[WhatIf]:
    """The smallest sets of changes on these ways that lead to a wanted level."""
    sets = dict.fromkeys(
        changes
        for way in smallest(found)
        for changes in changes_of(way, given.rules.rule_set, given.answers, given.reading)
    )
    for _, of_size in groupby(sorted(sets, key=len), key=len):
        if tried := [what_if for changes in of_size if (what_if := _try(given, changes, wanted))]:
            return _merged(tried)
    return []


def _merged(found: list[WhatIf]) -> list[WhatIf]:
    """Those that differ only in the values of one change as one."""
    merged: list[WhatIf] = []
    for one in found:
        for place, other in enumerate(merged):
            if both := _as_one(other, one):
                merged[place] = both
                break
        else:
            merged.append(one)
    return merged


def _as_one(one: WhatIf, other: WhatIf) -> WhatIf | None:
    pairs = list(zip(one.changes, other.changes, strict=False))
    differing = [place for place, (mine, yours) in enumerate(pairs) if mine != yours]
    if one.level is not other.level or len(one.changes) != len(other.changes) or len(differing) != 1:
        return None
    mine, yours = pairs[differing[0]]
    if replace(mine, values=yours.values) != yours:
        return None
    wider = replace(mine, values=tuple(dict.fromkeys([*mine.values, *yours.values])))
    return replace(one, changes=tuple(wider if change is mine else change for change in one.changes))


def _try(given: _Given, changes: tuple[Change, ...], wanted: Collection[Level]) -> WhatIf | None:
    """The changes with those of their values that do lead to a wanted level; None when they do not."""
    for first in product(*(change.values for change in changes)):
        level = _level_after(given, _with_values(changes, first))
        if level is not None and level in wanted and not _is_more_than_needed(given, changes, first, level):
            return WhatIf(_all_that_do(given, changes, _with_values(changes, first), level), level)
    return None


def _is_more_than_needed(given: _Given, changes: tuple[Change, ...], values: tuple[Value, ...], level: Level) -> bool:
    """Whether some of the changes lead there already: where answers contradict each other, a step may be idle."""
    every = _with_values(changes, values)
    parts = (part for size in range(1, len(every)) for part in combinations(every, size))
    return any(_level_after(given, part) is level for part in parts)


def _all_that_do(
    given: _Given, changes: tuple[Change, ...], sure: tuple[Change, ...], level: Level
) -> tuple[Change, ...]:
    """`sure` with every other value added that leads to the same level, whichever of the values are taken together."""
    for place, change in enumerate(changes):
        for value in change.values:
            wider = replace(sure[place], values=(*sure[place].values, value))
            tried = (*sure[:place], replace(change, values=(value,)), *sure[place + 1 :])
            every = product(*(one.values for one in tried))
            if value not in sure[place].values and all(
                _level_after(given, _with_values(changes, chosen)) is level for chosen in every
            ):
                sure = (*sure[:place], wider, *sure[place + 1 :])
    return sure


def _with_values(changes: tuple[Change, ...], values: Iterable[Value]) -> tuple[Change, ...]:
    return tuple(replace(change, values=(value,)) for change, value in zip(changes, values, strict=True))


def _level_after(given: _Given, changes: tuple[Change, ...]) -> Level | None:
    """The level after the changes; None when they contradict an answer that is not changed."""
    rule_set = given.rules.rule_set
    level, reading = level_of(given.rules, changed_answers(given.answers, changes, rule_set))
    known = {conflict.link_ids for conflict in given.reading.conflicts}
    return level if all(conflict.link_ids in known for conflict in reading.conflicts) else None
