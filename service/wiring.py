"""The only place where objects are made: settings to rules, limits, clock and definitions; dull on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from service.assess import Triage, assess
from service.fhir_io.body import Limits
from service.fhir_io.versions import DEFAULT
from service.ruleset.several import load_rule_sets
from service.settings import Settings
from service.triage.compiled import compile_rules


@dataclass(frozen=True, slots=True)
class Service:
    """What the doors are given."""

    settings: Settings
    triage: Triage


def warm_up(service: Service) -> None:
    """Triage a made-up response once, so that the first caller does not wait until the models are loaded."""
    made_up = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/made-up"},
        "item": [{"linkId": "1", "answer": [{"valueCoding": {"code": "1"}}]}],
    }
    assess(service.triage, json.dumps(made_up).encode(), version=DEFAULT)


def build_service(settings: Settings) -> Service:
    """Everything the doors need; RuleSetInvalid when the rules have errors."""
    rule_sets = tuple(compile_rules(rule_set) for rule_set in load_rule_sets(settings.rule_paths))
    limits = Limits(max_depth=settings.max_depth, max_items=settings.max_items)

    def clock() -> str:
        return settings.fixed_time or datetime.now(UTC).isoformat(timespec="seconds")

    return Service(settings, Triage(rule_sets, settings.canonical_base, limits, clock))
