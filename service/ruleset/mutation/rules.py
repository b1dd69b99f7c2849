"""What can be changed in the rules: criteria, what points to a condition, what it asks for, and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from service.ruleset.mutation.mutant import Mutant, Swap, instead, moved, without
from service.ruleset.mutation.sameness import always
from service.ruleset.mutation.variations import variations
from service.ruleset.whereabouts import Whereabouts
from service.triage.compiled import CompiledRuleSet
from service.triage.model import Ask, Criterion, Evidence, Level, Notice
from service.triage.operators import Compiled, compile_condition, items_of
from service.triage.questions import AllOf, AnyOf, Condition, Facts


def rule_mutants(rules: CompiledRuleSet, places: Whereabouts) -> Iterator[Mutant]:
    """Every change of a rule."""
    for index in range(len(rules.criteria)):
        yield from _of_criterion(rules, index)
    for code in rules.rule_set.conditions:
        yield from _of_asks(rules, places, code)
    for code in rules.rule_set.conditions:
        yield from _of_evidence(rules, places, code)
    for code in rules.codings:
        yield from _of_codings(rules, places, code)
    for index in range(len(rules.notices)):
        yield from _of_notice(rules, places, index)


def _of_criterion(rules: CompiledRuleSet, index: int) -> Iterator[Mutant]:
    criterion, when, unless = rules.criteria[index]

    def mutant(says: str, changed: tuple[Criterion, Compiled, tuple[Compiled, ...]]) -> Mutant:
        swap = Swap(when, changed[1], open_matters=criterion.level > rules.rule_set.open_floor)
        return Mutant(
            criterion.place,
            f"criterion “{criterion.id}”: {says}",
            replace(rules, criteria=instead(rules.criteria, index, changed)),
            (criterion.id, *criterion.suspects, *(ask.test for ask in criterion.tests)),
            _unless_silent(when) if changed[1] is when else swap.touches,
            (lambda: False) if changed[1] is when else swap.proof(rules),
        )

    for level in moved(criterion.level):
        yield mutant(f"level: made {level.code}", (replace(criterion, level=level), when, unless))
    for at, code in enumerate(criterion.suspects):
        other = replace(criterion, suspects=without(criterion.suspects, at))
        dropped = mutant(f"“{code}” dropped from “suspects”", (other, when, unless))
        yield replace(dropped, proof=partial(_is_said_twice, rules, criterion, code))
    for says, asks in _ask_changes(criterion.tests, criterion.level):
        yield mutant(says, (replace(criterion, tests=asks), when, unless))
    for at, qualifier in enumerate(criterion.unless):
        other = replace(criterion, unless=without(criterion.unless, at))
        yield mutant(f"“{qualifier.id}” dropped from “unless”", (other, when, without(unless, at)))
    for says, condition in variations(criterion.when, rules.rule_set.items, _named(rules)):
        yield mutant(says, (replace(criterion, when=condition), compile_condition(condition), unless))


def _unless_silent(when: Compiled) -> Callable[[Facts], bool]:
    return lambda facts: when.judge(facts) is not False


def _named(rules: CompiledRuleSet) -> tuple[Condition, ...]:
    """The conditions that stand in another file and are only named in a rule."""
    return tuple(qualifier.when for qualifier in rules.rule_set.qualifiers)


def _is_said_twice(rules: CompiledRuleSet, criterion: Criterion, code: str) -> bool:
    """Whether evidence points to the condition in the same words and no less urgently whenever the criterion fires."""
    return any(
        always(
            compile_condition(criterion.when),
            compile_condition(AllOf((rules.rule_set.scope, evidence.when))),
            rules.rule_set,
        )
        for suspected, evidence, _ in rules.evidence
        if (suspected, evidence.title) == (code, criterion.title)
        and evidence.level >= criterion.level > Level.SELF_CARE
    )


def _is_outdone(rules: CompiledRuleSet, code: str, evidence: Evidence, level: Level) -> bool:
    """Whether criteria make the condition suspect at this level or above whenever the evidence could.

    Evidence is never above the level reached, so that it cannot be where each criterion of this level or above does.
    """
    urgent = [criterion for criterion in rules.rule_set.criteria if criterion.level >= level]
    if all(code in criterion.suspects for criterion in urgent):
        return True
    outdoing = [criterion.when for criterion in urgent if code in criterion.suspects and not criterion.unless]
    read = set(items_of(evidence.when))
    about_the_same = tuple(when for when in outdoing if read.issuperset(items_of(when)))
    claims: list[tuple[Condition, Condition]] = [
        (AllOf((rules.rule_set.scope, evidence.when)), when) for when in outdoing
    ]
    claims += [(evidence.when, AnyOf(about_the_same))] if about_the_same else []
    return any(always(compile_condition(one), compile_condition(other), rules.rule_set) for one, other in claims)


def _ask_changes(asks: tuple[Ask, ...], highest: Level) -> Iterator[tuple[str, tuple[Ask, ...]]]:
    """A test that is asked for no more, or sooner, or later; `highest` is how urgent what asks can be at most."""
    for index, ask in enumerate(asks):
        yield f"“{ask.test}” dropped from “tests”", without(asks, index)
        for level in moved(ask.soonest, Level.ROUTINE) if ask.soonest is not Level.EMERGENCY else ():
            if min(level, highest) is not min(ask.soonest, highest):
                says = f"soonest of “{ask.test}”: made {level.code}"
                yield says, instead(asks, index, replace(ask, soonest=level))


def _of_asks(rules: CompiledRuleSet, places: Whereabouts, code: str) -> Iterator[Mutant]:
    condition = rules.rule_set.conditions[code]
    levels = [c.level for c in rules.rule_set.criteria if code in c.suspects] + [e.level for e in condition.evidence]
    for says, asks in _ask_changes(condition.tests, max(levels, default=Level.SELF_CARE)):
        conditions = {**rules.rule_set.conditions, code: replace(condition, tests=asks)}
        changed = replace(rules, rule_set=replace(rules.rule_set, conditions=conditions))
        yield Mutant(places.conditions[code], f"condition “{code}”: {says}", changed, (code,))


def _of_evidence(rules: CompiledRuleSet, places: Whereabouts, code: str) -> Iterator[Mutant]:
    mine = [index for index, (suspected, _, _) in enumerate(rules.evidence) if suspected == code]
    for where, index in zip(places.evidence[code], mine, strict=True):
        _, evidence, when = rules.evidence[index]
        head = f"evidence “{evidence.title}” for “{code}”"
        for level in moved(evidence.level, Level.ROUTINE):
            changed = instead(rules.evidence, index, (code, replace(evidence, level=level), when))
            made, said = replace(rules, evidence=changed), f"{head}: level: made {level.code}"
            proof = partial(_is_outdone, rules, code, evidence, max(level, evidence.level))
            yield Mutant(where, said, made, (code,), _unless_silent(when), proof)
        for says, condition in variations(evidence.when, rules.rule_set.items, _named(rules)):
            swap = Swap(when, compile_condition(condition), open_matters=False)
            changed = instead(rules.evidence, index, (code, replace(evidence, when=condition), swap.after))
            made = replace(rules, evidence=changed)
            yield Mutant(where, f"{head}: {says}", made, (code,), swap.touches, swap.proof(rules))


def _of_codings(rules: CompiledRuleSet, places: Whereabouts, code: str) -> Iterator[Mutant]:
    """Which of its codes a test carries."""
    codings = rules.codings[code]
    for index, (chosen, (coding, when)) in enumerate(zip(rules.rule_set.tests[code].codings, codings, strict=True)):
        if chosen.when is None or when is None:
            continue
        head, about = f"test “{code}”, code “{chosen.id}”", (code, chosen.id)
        always_carried = replace(rules, codings={**rules.codings, code: instead(codings, index, (coding, None))})
        yield Mutant(places.tests[code], f"{head}: “when” dropped", always_carried, about)
        for says, condition in variations(chosen.when, rules.rule_set.items):
            swap = Swap(when, compile_condition(condition), open_matters=False)
            changed = {**rules.codings, code: instead(codings, index, (coding, swap.after))}
            made = replace(rules, codings=changed)
            yield Mutant(places.tests[code], f"{head}: {says}", made, about, swap.touches, swap.proof(rules))


def _of_notice(rules: CompiledRuleSet, places: Whereabouts, index: int) -> Iterator[Mutant]:
    notice, when = rules.notices[index]
    where, head = places.notices[notice.id], f"notice “{notice.id}”"

    def mutant(says: str, changed: Notice, judged: Compiled | None) -> Mutant:
        made = replace(rules, notices=instead(rules.notices, index, (changed, judged)))
        return Mutant(where, f"{head}: {says}", made, (notice.id,))

    for at, level in enumerate(notice.levels):
        if len(notice.levels) > 1:
            changed = replace(notice, levels=without(notice.levels, at))
            yield mutant(f"“{level.code}” dropped from “levels”", changed, when)
    if notice.levels:
        yield mutant("“levels” dropped", replace(notice, levels=()), when)
    if notice.when is None or when is None:
        return
    yield mutant("“when” dropped", replace(notice, when=None), None)
    for says, condition in variations(notice.when, rules.rule_set.items, _named(rules)):
        yield mutant(says, replace(notice, when=condition), compile_condition(condition))
