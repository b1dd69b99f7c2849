"""Every definition that a rule set gives rise to, made anew from the rules so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Sequence

from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.capability import SERVED, capability_statement, versions_parameters
from service.fhir_io.explanation_definition import explanation_definition
from service.fhir_io.operation import triage_operation
from service.fhir_io.plan import plan_definition
from service.fhir_io.questionnaire import questionnaire
from service.fhir_io.terminology import code_systems, value_sets
from service.fhir_io.versions import FhirVersion
from service.triage.model import RuleSet

__all__ = ["SERVED", "capability_statement", "definitions", "versions_parameters"]


def definitions(
    rule_sets: Sequence[RuleSet], canonical_base: str, version: FhirVersion
) -> dict[tuple[str, str], Resource]:
    """The definitions by resource type and id; the CapabilityStatement is apart, as it depends on where we run.

    Each rule set has a Questionnaire and a PlanDefinition; an older version of one has its version in their ids. The
    rest belongs to all of them, under the version of the first.
    """
    first = Edition(rule_sets[0], canonical_base, version, beside=tuple(rule_sets[1:]))
    made = [*code_systems(first), *value_sets(first), triage_operation(first), explanation_definition(first)]
    newest: set[str] = set()
    for rule_set in rule_sets:
        edition = Edition(rule_set, canonical_base, version)
        name = f"{rule_set.id}-{rule_set.version}" if rule_set.id in newest else rule_set.id
        made += [resource | {"id": name} for resource in (questionnaire(edition), plan_definition(edition))]
        newest.add(rule_set.id)
    return {(resource["resourceType"], resource["id"]): resource for resource in made}
