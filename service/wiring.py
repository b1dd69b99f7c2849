"""The only place where objects are made: settings to rules, limits, clock and definitions; dull on purpose."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from service.assess import Triage, assess
from service.canary import Vignette, vignettes_of
from service.fhir_io.admission.body import Limits
from service.fhir_io.versions import DEFAULT
from service.ruleset.bindings.load import load_bindings
from service.ruleset.cases import Case
from service.ruleset.load import load_rule_set
from service.ruleset.several import ACTIVE, checked_if_active, load_rule_sets
from service.ruleset.vignettes import load_vignettes
from service.settings import Settings
from service.triage.binding import Binding
from service.triage.compiled import compile_rules, with_generated
from service.triage.model import RuleSet

if TYPE_CHECKING:
    from service.security.guard import Guard


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What comes from files: the rule sets, the bindings to them, and their vignettes by the digest of the rule set.

    They go together, also when they are reloaded.
    """

    rule_sets: tuple[RuleSet, ...]
    bindings: tuple[Binding, ...]
    vignettes: Mapping[str, tuple[Case, ...]]


@dataclass(frozen=True, slots=True)
class Service:
    """What the doors are given, and the vignettes by which it is tried."""

    settings: Settings
    triage: Triage
    vignettes: tuple[Vignette, ...] = ()


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
    """Everything the doors need; RuleSetInvalid when the rules or the bindings have errors."""
    return service_of(settings, _known(settings, load_rule_set))


def checked_knowledge(settings: Settings) -> Knowledge:
    """What is to be served from now on; RuleSetInvalid with every error that `numbness-triage check` would find."""
    return _known(settings, checked_if_active)


def _known(settings: Settings, load: Callable[[Path], RuleSet]) -> Knowledge:
    vignettes: dict[str, tuple[Case, ...]] = {}

    def load_both(folder: Path) -> RuleSet:
        rule_set = load(folder)
        if rule_set.status == ACTIVE:
            vignettes[rule_set.digest] = load_vignettes(folder, rule_set)
        return rule_set

    rule_sets = load_rule_sets(settings.rule_paths, load=load_both)
    return Knowledge(rule_sets, load_bindings(settings.bindings_path, rule_sets), vignettes)


def service_of(settings: Settings, knowledge: Knowledge) -> Service:
    """Everything the doors need to triage by this knowledge."""
    compiled = tuple(with_generated(compile_rules(rule_set)) for rule_set in knowledge.rule_sets)
    limits = Limits(max_depth=settings.max_depth, max_items=settings.max_items)

    def clock() -> str:
        return settings.fixed_time or datetime.now(UTC).isoformat(timespec="seconds")

    triage = Triage(
        rule_sets=compiled,
        canonical_base=settings.canonical_base,
        limits=limits,
        clock=clock,
        stale_after_hours=settings.stale_after_hours,
        bindings=knowledge.bindings,
    )
    return Service(settings, triage, vignettes_of(knowledge.rule_sets, knowledge.vignettes, settings.canonical_base))


def build_guard(settings: Settings) -> Guard:
    """Who looks at access tokens."""
    from service.security.guard import Guard  # with all of its cryptography, which only access control needs

    return Guard(settings, clock=time.time, monotonic=time.monotonic)
