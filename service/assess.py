"""The straight line: bytes to a body, a body to answers, answers to a decision, a decision to a Bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from service.fhir_io.admission.admit import admitted
from service.fhir_io.admission.body import Limits, has_more_parts, parse_body
from service.fhir_io.age import age_problem
from service.fhir_io.build import build_bundle
from service.fhir_io.choice import rule_set_for
from service.fhir_io.read import Request, read_request, validation_problems
from service.fhir_io.versions import FhirVersion
from service.problems import Problem, Refused
from service.tracing import step
from service.triage.binding import Binding
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.decision import Decision
from service.triage.explanation import Explanation
from service.triage.model import RuleSet
from service.triage.why import why


@dataclass(frozen=True, slots=True)
class Triage:
    """What an assessment needs: compiled rule sets, our canonical base, limits, and a clock that gives FHIR instants.

    The highest version of each rule set stands first; the first of all reads a response that names no questionnaire.
    A response that was authored more than `stale_after_hours` ago is triaged with a warning; 0: whenever it was.
    `bindings` are of questionnaires that others publish.
    """

    rule_sets: tuple[CompiledRuleSet, ...]
    canonical_base: str
    limits: Limits
    clock: Callable[[], str]
    stale_after_hours: int = 0
    bindings: tuple[Binding, ...] = ()

    def rules_for(self, body: dict[str, Any]) -> CompiledRuleSet:
        """The rule set whose questionnaire the response in the body answers, or to which that is bound."""
        chosen = rule_set_for(body, self.served, self.canonical_base, self.bindings)
        return next(rules for rules in self.rule_sets if rules.rule_set is chosen)

    @property
    def served(self) -> tuple[RuleSet, ...]:
        """The rule sets themselves."""
        return tuple(rules.rule_set for rules in self.rule_sets)


@dataclass(frozen=True, slots=True)
class Assessed:
    """One triage: what was read, by which rules, what was decided and why, and the Bundle that says so, as JSON."""

    rule_set: RuleSet
    request: Request
    decision: Decision
    explanation: Explanation | None
    bundle: bytes


def assess(
    triage: Triage,
    raw: bytes,
    *,
    version: FhirVersion,
    answer_version: FhirVersion | None = None,
    explain: bool = True,
) -> Assessed:
    """Triage the body `raw`, which is a QuestionnaireResponse or Parameters of FHIR version `version`.

    The Bundle is of `answer_version`, else of the body's. It is explained unless `explain` or the body says not to; an
    explanation that is not wanted is not worked out. Raises Refused with every problem when the body cannot be triaged.
    """
    now = triage.clock()
    with step("read"):
        rules, request = _read(triage, raw, version, now)
    with step("decide"):
        decision = decide(rules, request.answers)
        explanation = why(rules, request.answers, decision) if explain and request.explain else None
    with step("build"):
        bundle = build_bundle(
            decision,
            request,
            rule_set=rules.rule_set,
            canonical_base=triage.canonical_base,
            version=answer_version or version,
            now=now,
            explanation=explanation,
        )
    return Assessed(rules.rule_set, request, decision, explanation, bundle)


def _read(triage: Triage, raw: bytes, version: FhirVersion, now: str) -> tuple[CompiledRuleSet, Request]:
    """The request in the body, and the rules it is to be judged by; with a warning when it is an old one."""
    taken = admitted(raw, version, triage.limits)
    rules = triage.rules_for(taken.body)
    request = read_request(
        taken.body,
        version,
        rules.rule_set,
        triage.canonical_base,
        beside=triage.served,
        bindings=triage.bindings,
        plain=taken.plain,
    )
    old = age_problem(request.response, request.response_path, now=now, hours=triage.stale_after_hours)
    return rules, replace(request, warnings=(*request.warnings, old)) if old else request


def validate(triage: Triage, raw: bytes, *, version: FhirVersion) -> list[Problem]:
    """Every problem of the body, triaging nothing; empty when it is valid. Raises Refused when it is not JSON."""
    try:
        body = parse_body(raw, triage.limits)
    except Refused as refused:
        if _is_json(raw, triage.limits):
            return refused.problems
        raise
    rule_set = triage.rules_for(body).rule_set
    return validation_problems(body, version, rule_set, triage.canonical_base, bindings=triage.bindings)


def _is_json(raw: bytes, limits: Limits) -> bool:
    """Whether a body that was refused is JSON all the same, as one with a repeated key is.

    One of too many values is not looked through again.
    """
    if has_more_parts(raw, limits.max_parts):
        return False
    try:
        json.loads(raw, parse_constant=lambda name: int(name))
    except (ValueError, RecursionError):
        return False
    return True
