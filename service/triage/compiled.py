"""A rule set with every condition compiled to a function, once, when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.triage.decision import Finding, Verdict
from service.triage.generated import Generated, generated
from service.triage.judging import Judgeable
from service.triage.model import Evidence, Level, Notice, RuleSet
from service.triage.operators import Compiled, compile_condition
from service.triage.questions import Coding, Condition
from service.triage.told import Told, told_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is made of a rule set that no longer changes, so that plain answers are judged all at once.

    `told` keeps what is said of the rules; `silent` are the findings of criteria that did not fire; `levels` those of
    the criteria; `always` the codings of the tests that carry the same ones after any answers.
    """

    generated: Generated
    told: Told
    silent: tuple[Finding, ...]
    levels: tuple[Level, ...]
    always: Mapping[str, tuple[Coding, ...]]


@dataclass(frozen=True, slots=True)
class CompiledRuleSet:
    """What `decide` runs on; holds the rule set it was made from. Safe to share between threads.

    Without `prepared` every condition is judged by itself, so that any of them can be replaced by another.
    """

    rule_set: RuleSet
    scope: Compiled
    criteria: tuple[Judgeable, ...]
    evidence: tuple[tuple[str, Evidence, Compiled], ...]
    notices: tuple[tuple[Notice, Compiled | None], ...]
    codings: dict[str, tuple[tuple[Coding, Compiled | None], ...]]
    prepared: Prepared | None = None


def with_generated(rules: CompiledRuleSet) -> CompiledRuleSet:
    """The same, with functions generated from it; for those who change no part of it afterwards."""
    rule_set, made = rules.rule_set, generated(rules.rule_set)
    prepared = Prepared(
        generated=made,
        told=told_of(rule_set, made.bits, rules.criteria, [(one, when) for _, one, when in rules.evidence]),
        silent=tuple(Finding(criterion, Verdict.NOT_FIRED, ()) for criterion, _, _ in rules.criteria),
        levels=tuple(criterion.level for criterion, _, _ in rules.criteria),
        always={
            test: tuple(coding for coding, _ in chosen)
            for test, chosen in rules.codings.items()
            if all(when is None for _, when in chosen)
        },
    )
    return replace(rules, prepared=prepared)


def compile_rules(rule_set: RuleSet) -> CompiledRuleSet:
    """The rule set, ready to decide."""
    return CompiledRuleSet(
        rule_set=rule_set,
        scope=compile_condition(rule_set.scope),
        criteria=tuple(
            (criterion, compile_condition(criterion.when), tuple(compile_condition(q.when) for q in criterion.unless))
            for criterion in rule_set.criteria
        ),
        evidence=tuple(
            (code, evidence, compile_condition(evidence.when))
            for code, condition in rule_set.conditions.items()
            for evidence in condition.evidence
        ),
        notices=tuple((notice, _optional(notice.when)) for notice in rule_set.notices),
        codings={
            code: tuple((chosen.coding, _optional(chosen.when)) for chosen in test.codings)
            for code, test in rule_set.tests.items()
        },
    )


def _optional(condition: Condition | None) -> Compiled | None:
    return None if condition is None else compile_condition(condition)
