"""Every definition that a rule set gives rise to, made anew from the rules so that the two cannot differ."""

from __future__ import annotations

from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.capability import SERVED, capability_statement, versions_parameters
from service.fhir_io.operation import triage_operation
from service.fhir_io.plan import plan_definition
from service.fhir_io.questionnaire import questionnaire
from service.fhir_io.terminology import code_systems, value_sets
from service.fhir_io.versions import FhirVersion
from service.triage.model import RuleSet

__all__ = ["SERVED", "capability_statement", "definitions", "versions_parameters"]


def definitions(rule_set: RuleSet, canonical_base: str, version: FhirVersion) -> dict[tuple[str, str], Resource]:
    """The definitions by resource type and id; the CapabilityStatement is apart, as it depends on where we run."""
    edition = Edition(rule_set, canonical_base, version)
    made = [
        questionnaire(edition),
        *code_systems(edition),
        *value_sets(edition),
        triage_operation(edition),
        plan_definition(edition),
    ]
    return {(resource["resourceType"], resource["id"]): resource for resource in made}
