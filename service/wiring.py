"""The only place where objects are made: settings to rules, limits, clock and definitions; dull on purpose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from service.assess import Triage, assess
from service.fhir_io.body import Limits
from service.fhir_io.versions import DEFAULT
from service.ruleset.several import load_checked_rule_sets, load_rule_sets
from service.settings import Settings
from service.triage.compiled import compile_rules, with_generated
from service.triage.model import RuleSet


@dataclass(frozen=True, slots=True)
class Service:
    """What the doors are given."""

    settings: Settings
    triage: Triage


def warm_up(service: Service) -> None:
    """Triage a made-up response to each rule set, so that it is seen to work and the first caller does not wait."""
    for rule_set in service.triage.served:
        questionnaire = f"{service.triage.canonical_base}/Questionnaire/{rule_set.id}|{rule_set.version}"
        made_up = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": questionnaire,
            "status": "completed",
            "subject": {"reference": "Patient/made-up"},
            "item": [{"linkId": "1", "answer": [{"valueCoding": {"code": "1"}}]}],
        }
        assess(service.triage, json.dumps(made_up).encode(), version=DEFAULT)


def build_service(settings: Settings) -> Service:
    """Everything the doors need; RuleSetInvalid when the rules have errors."""
    return service_of(settings, load_rule_sets(settings.rule_paths))


def checked_rule_sets(settings: Settings) -> tuple[RuleSet, ...]:
    """What is to be served from now on; RuleSetInvalid with every error that `numbness-triage check` would find."""
    return load_checked_rule_sets(settings.rule_paths)


def service_of(settings: Settings, rule_sets: Sequence[RuleSet]) -> Service:
    """Everything the doors need to triage by these rule sets."""
    compiled = tuple(with_generated(compile_rules(rule_set)) for rule_set in rule_sets)
    limits = Limits(max_depth=settings.max_depth, max_items=settings.max_items)

    def clock() -> str:
        return settings.fixed_time or datetime.now(UTC).isoformat(timespec="seconds")

    return Service(settings, Triage(compiled, settings.canonical_base, limits, clock))
