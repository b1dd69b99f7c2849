"""What the service can do: the one table of what is served, as a CapabilityStatement and as the answer to $versions."""

from __future__ import annotations

from dataclasses import dataclass

from service.fhir_io.canonical import Resource, filled
from service.fhir_io.operation import TRIAGE
from service.fhir_io.versions import DEFAULT, VERSIONS, FhirVersion

FORMATS = ("application/fhir+json", "json")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `definition` is a canonical address, or the type and id of a definition of ours."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Served:
    """What can be done with one type of resource; `search` gives the type of each search parameter."""

    resource_type: str
    interactions: tuple[str, ...] = ()
    search: tuple[tuple[str, str], ...] = ()
    operations: tuple[Operation, ...] = ()


_READ = ("read", "search-type")
_BY_URL = (("url", "uri"),)

SERVED = (
    Served(
        "QuestionnaireResponse",
        operations=(
            Operation("triage", f"OperationDefinition/{TRIAGE}"),
            Operation("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"),
        ),
    ),
    Served("Questionnaire", _READ, _BY_URL),
    Served("CodeSystem", _READ, _BY_URL),
    Served("ValueSet", _READ, _BY_URL),
    Served("OperationDefinition", _READ, _BY_URL),
    Served("PlanDefinition", _READ, _BY_URL),
    Served("StructureDefinition", _READ, _BY_URL),
)
"""Every type of resource that the service answers for; the web layer routes by it and the statement tells of it."""

SYSTEM_OPERATIONS = (Operation("versions", "http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions"),)
"""The operations at the FHIR base itself."""


def capability_statement(
    *, canonical_base: str, version: FhirVersion, base_url: str, software_version: str, date: str
) -> Resource:
    """The CapabilityStatement (https://hl7.org/fhir/R4/capabilitystatement.html) of a running service.

    `base_url` is the FHIR base as callers reach it, `date` when what is served last changed: that of the rule set.
    """
    return {
        "resourceType": "CapabilityStatement",
        "id": "numbness-triage",
        "version": software_version,
        "name": "NumbnessTriage",
        "title": "Triage of numbness",
        "status": "active",
        "experimental": True,
        "date": date,
        "kind": "instance",
        "software": {"name": "numbness-triage", "version": software_version},
        "implementation": {"description": "Triage of numbness from a QuestionnaireResponse", "url": base_url},
        "fhirVersion": version.release,
        "format": list(FORMATS),
        "rest": [_rest(canonical_base)],
    }


def _rest(canonical_base: str) -> Resource:
    served = ", ".join(version.code for version in VERSIONS.values())
    return {
        "mode": "server",
        "documentation": f"JSON only. The media type parameter fhirVersion chooses one of {served}; "
        f"without it {DEFAULT.code} is meant.",
        "resource": [_resource(served, canonical_base) for served in SERVED],
        "operation": [_operation(operation, canonical_base) for operation in SYSTEM_OPERATIONS],
    }


def _resource(served: Served, canonical_base: str) -> Resource:
    elements = {
        "type": served.resource_type,
        "interaction": [{"code": code} for code in served.interactions],
        "searchParam": [{"name": name, "type": kind} for name, kind in served.search],
        "operation": [_operation(operation, canonical_base) for operation in served.operations],
    }
    return filled(elements)


def _operation(operation: Operation, canonical_base: str) -> Resource:
    ours = not operation.definition.startswith("http")
    definition = f"{canonical_base}/{operation.definition}" if ours else operation.definition
    return {"name": operation.name, "definition": definition}


def versions_parameters() -> Resource:
    """The answer to $versions (https://hl7.org/fhir/R4/capabilitystatement-operation-versions.html)."""
    served = [{"name": "version", "valueCode": version.code} for version in VERSIONS.values()]
    return {"resourceType": "Parameters", "parameter": [*served, {"name": "default", "valueCode": DEFAULT.code}]}
