"""Why a level is neither higher nor lower: the fewest answers that would have to be otherwise, and what to ask next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, groupby, product

from service.triage.bit_criteria import Judged, judged_on_bits
from service.triage.changes import Shift, changes_of
from service.triage.compiled import CompiledRuleSet
from service.triage.decision import Decision
from service.triage.explanation import Explanation, Grounds, WhatIf
from service.triage.model import Level
from service.triage.next_questions import next_questions
from service.triage.questions import Answers, Value
from service.triage.steps import REACHED, Way
from service.triage.trial import Trial, trial_of
from service.triage.ways import joined, smallest, to_fail, to_hold

Told = tuple[tuple[Shift, ...], Level]
"""Changes and the level that they lead to."""


def why(rules: CompiledRuleSet, answers: Answers, decision: Decision) -> Explanation:
    """The explanation of `decision`, which is that of `answers`. Every set of changes in it was tried."""
    trial = trial_of(rules, answers)
    raising: list[WhatIf] = []
    for level in sorted(Level, reverse=True):
        if level > decision.level:
            raising += _fewest(trial, _raising(trial, level), [level])
    lower = [level for level in Level if level < decision.level]
    lowering = _fewest(trial, _lowering(trial, decision.level), lower) if lower else []
    return Explanation(
        grounds=tuple(_grounds(trial, decision)),
        raising=tuple(raising),
        lowering=tuple(sorted(lowering, key=lambda found: found.level)),
        ask_next=next_questions(rules.rule_set, trial.acute, decision, raising),
    )


def _grounds(trial: Trial, decision: Decision) -> Iterator[Grounds]:
    """What fired, most acute first."""
    trees = {one.criterion.id: one.tree for one in judged_on_bits(trial.rules.rule_set)}
    for finding in decision.fired:
        link_ids = tuple(dict.fromkeys(trees[finding.criterion.id].met_by(trial.acute.given)))
        yield Grounds(finding.criterion, link_ids, finding.because)


def _raising(trial: Trial, level: Level) -> Iterator[Way]:
    """The ways on which a criterion of `level` would fire, or leave a question open that holds the floor."""
    steps, rule_set = trial.said.steps, trial.rules.rule_set
    if level is rule_set.open_floor:
        yield from dict.fromkeys(steps.leaves[gate].on for item in rule_set.gated for gate in item.asked_when)
    for one in judged_on_bits(rule_set):
        if one.criterion.level is level:
            found = to_hold(steps, one.tree, trial.acute.given)
            for qualifier in one.qualifiers:
                found = joined(steps, found, to_fail(steps, qualifier, trial.acute.undisputed))
            yield from found


def _lowering(trial: Trial, level: Level) -> list[Way]:
    """The ways on which no criterion would hold the level: none fires there, and none is open if that is enough."""
    acute, floor, steps = trial.acute, trial.rules.rule_set.open_floor, trial.said.steps
    found = [REACHED]
    for one in judged_on_bits(trial.rules.rule_set):
        fires = one.criterion.level is level and one.when(acute.given) and not one.unless(acute.undisputed)
        holds = level is floor and one.criterion.level >= floor and one.when(acute.possible)
        if fires or (holds and not one.unless(acute.settled)):
            found = smallest(joined(steps, found, _silencing(trial, one, sure=level is floor)))
            if not found:
                break
    return found


def _silencing(trial: Trial, judged: Judged, *, sure: bool) -> list[Way]:
    """The ways on which a criterion would not fire; `sure`: nor be open."""
    acute, steps = trial.acute, trial.said.steps
    found = to_fail(steps, judged.tree, acute.possible if sure else acute.given)
    for qualifier in judged.qualifiers:
        found += to_hold(steps, qualifier, acute.undisputed)
    return smallest(found)


def _fewest(trial: Trial, found: Iterable[Way], wanted: Collection[Level]) -> list[WhatIf]:
    """The smallest sets of changes on these ways that lead to a wanted level."""
    sets = dict.fromkeys(changes for way in smallest(found) for changes in changes_of(trial.said, way))
    for _, of_size in groupby(sorted(sets, key=len), key=len):
        if tried := [told for changes in of_size if (told := _try(trial, changes, wanted))]:
            return [WhatIf(tuple(map(trial.said.change, changes)), level) for changes, level in _merged(tried)]
    return []


def _merged(found: list[Told]) -> list[Told]:
    """Those that differ only in the values of one change as one."""
    merged: list[Told] = []
    alike: dict[object, list[int]] = {}
    for one in found:
        places = alike.setdefault((one[1], *((place, how) for place, how, _ in one[0])), [])
        for place in places:
            if both := _as_one(merged[place], one):
                merged[place] = both
                break
        else:
            places.append(len(merged))
            merged.append(one)
    return merged


def _as_one(one: Told, other: Told) -> Told | None:
    """Both as one; None unless it is just one change of which they tell other values."""
    changes, level = one
    differing = [place for place, (mine, yours) in enumerate(zip(changes, other[0], strict=True)) if mine != yours]
    if len(differing) != 1:
        return None
    at = differing[0]
    place, how, values = changes[at]
    wider = (place, how, tuple(dict.fromkeys([*values, *other[0][at][2]])))
    return (*changes[:at], wider, *changes[at + 1 :]), level


def _try(trial: Trial, changes: tuple[Shift, ...], wanted: Collection[Level]) -> Told | None:
    """The changes with those of their values that do lead to a wanted level; None when they do not."""
    if len(changes) == 1:
        return _try_one(trial, changes[0], wanted)
    for first in product(*(values for _, _, values in changes)):
        level = _level_after(trial, changes, first)
        if level is not None and level in wanted and not _is_more_than_needed(trial, changes, first, level):
            values = _all_that_do(trial, changes, first, level)
            return tuple((place, how, do) for (place, how, _), do in zip(changes, values, strict=True)), level
    return None


def _try_one(trial: Trial, change: Shift, wanted: Collection[Level]) -> Told | None:
    """The same of one change by itself."""
    place, how, values = change
    levels = [trial.level_after(((place, how, value),)) for value in values]
    reached = next((level for level in levels if level in wanted), None)
    if reached is None:
        return None
    do = tuple(value for value, level in zip(values, levels, strict=True) if level is reached)
    return ((place, how, do),), reached


def _is_more_than_needed(trial: Trial, changes: tuple[Shift, ...], values: tuple[Value, ...], level: Level) -> bool:
    """Whether some of the changes lead there already: where answers contradict each other, a step may be idle."""
    every = list(zip(changes, values, strict=True))
    parts = (part for size in range(1, len(every)) for part in combinations(every, size))
    return any(_level_after(trial, *zip(*part, strict=True)) is level for part in parts)


def _all_that_do(
    trial: Trial, changes: tuple[Shift, ...], first: tuple[Value, ...], level: Level
) -> list[tuple[Value, ...]]:
    """The values of each change that lead to the same level, whichever of them are taken together; `first` do."""
    sure: list[tuple[Value, ...]] = [(value,) for value in first]
    for place, (_, _, values) in enumerate(changes):
        for value in values:
            if value not in sure[place]:
                tried = product(*sure[:place], (value,), *sure[place + 1 :])
                if all(_level_after(trial, changes, chosen) is level for chosen in tried):
                    sure[place] = (*sure[place], value)
    return sure


def _level_after(trial: Trial, changes: tuple[Shift, ...], values: tuple[Value, ...]) -> Level | None:
    return trial.level_after(tuple((place, how, value) for (place, how, _), value in zip(changes, values, strict=True)))
