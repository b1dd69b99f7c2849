"""A rule set with every condition compiled to a function, once, when it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.triage.decision import Finding, Verdict
from service.triage.generated import Generated, generated
from service.triage.model import Criterion, Evidence, Notice, RuleSet
from service.triage.operators import Compiled, compile_condition
from service.triage.questions import Coding, Condition


@dataclass(frozen=True, slots=True)
class CompiledRuleSet:
    """What `decide` runs on; holds the rule set it was made from. Safe to share between threads.

    `generated` judges everything at once; without it each condition is judged by itself, so that any of them can be
    replaced by another. `silent` are the findings of criteria that did not fire.
    """

    rule_set: RuleSet
    scope: Compiled
    criteria: tuple[tuple[Criterion, Compiled, tuple[Compiled, ...]], ...]
    evidence: tuple[tuple[str, Evidence, Compiled], ...]
    notices: tuple[tuple[Notice, Compiled | None], ...]
    codings: dict[str, tuple[tuple[Coding, Compiled | None], ...]]
    generated: Generated | None = None
    silent: tuple[Finding, ...] = ()


def with_generated(rules: CompiledRuleSet) -> CompiledRuleSet:
    """The same, judged all at once by generated functions; for those who change no part of it afterwards."""
    silent = tuple(Finding(criterion, Verdict.NOT_FIRED, ()) for criterion, _, _ in rules.criteria)
    return replace(rules, generated=generated(rules.rule_set), silent=silent)


def compile_rules(rule_set: RuleSet) -> CompiledRuleSet:
    """The rule set, ready to decide."""

    def optional(condition: Condition | None) -> Compiled | None:
        return None if condition is None else compile_condition(condition)

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
        notices=tuple((notice, optional(notice.when)) for notice in rule_set.notices),
        codings={
            code: tuple((chosen.coding, optional(chosen.when)) for chosen in test.codings)
            for code, test in rule_set.tests.items()
        },
    )
