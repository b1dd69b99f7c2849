"""What the service can do: the one table of what is served, as a CapabilityStatement and as the answer to $versions."""

from __future__ import annotations

from dataclasses import dataclass

from service.fhir_io.canonical import Resource, filled
from service.fhir_io.operation import TRIAGE
from service.fhir_io.smart import security
from service.fhir_io.versions import DEFAULT, VERSIONS, FhirVersion

FORMATS = ("application/fhir+json", "json")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `definition` is a canonical address, or the type and id of a definition of ours.

    `needs` are the scopes (of SMART, version 2) without any of which it is refused; when empty, it is open to all.
    """

    name: str
    definition: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """What can be done with one type of resource; `search` gives the type of each search parameter.

    What is `is_open` carries nothing of a patient, and is read without a token; all else needs the scope of its type.
    """

    resource_type: str
    interactions: tuple[str, ...] = ()
    search: tuple[tuple[str, str], ...] = ()
    operations: tuple[Operation, ...] = ()
    is_open: bool = False


LETTERS = {"read": "r", "search-type": "s", "create": "c", "update": "u", "delete": "d"}
"""The letter that each interaction has in a scope (SMART App Launch 2.2, Scopes for requesting FHIR resources)."""

_SENDS = "system/QuestionnaireResponse.c"
_GETS = "system/RiskAssessment.r"
_READ = ("read", "search-type")
_BY_URL = (("url", "uri"),)

SERVED = (
    Served(
        "QuestionnaireResponse",
        operations=(
            Operation("triage", f"OperationDefinition/{TRIAGE}", (_SENDS, _GETS)),
            Operation("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate", (_SENDS,)),
        ),
    ),
    Served("Questionnaire", _READ, _BY_URL, is_open=True),
    Served("CodeSystem", _READ, _BY_URL, is_open=True),
    Served("ValueSet", _READ, _BY_URL, is_open=True),
    Served("OperationDefinition", _READ, _BY_URL, is_open=True),
    Served("PlanDefinition", _READ, _BY_URL, is_open=True),
    Served("StructureDefinition", _READ, _BY_URL, is_open=True),
)
"""Every type of resource that the service answers for; the web layer routes by it and the statement tells of it."""

SYSTEM_OPERATIONS = (Operation("versions", "http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions", ()),)
"""The operations at the FHIR base itself."""


def needed_scopes(served: Served, interaction: str) -> tuple[str, ...]:
    """The scopes that an interaction with a type needs; none when it is open."""
    return () if served.is_open else (f"system/{served.resource_type}.{LETTERS[interaction]}",)


def all_scopes() -> set[str]:
    """Every scope that anything needs which is served."""
    of_operations = {scope for served in SERVED for operation in served.operations for scope in operation.needs}
    of_types = {scope for served in SERVED for each in served.interactions for scope in needed_scopes(served, each)}
    return of_operations | of_types


def capability_statement(
    *, canonical_base: str, version: FhirVersion, base_url: str, software_version: str, date: str, token_url: str = ""
) -> Resource:
    """The CapabilityStatement (https://hl7.org/fhir/R4/capabilitystatement.html) of a running service.

    `base_url` is the FHIR base as callers reach it, `date` when what is served last changed: that of the rule set.
    `token_url` is where clients get access tokens; empty when they need none.
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
        "rest": [_rest(canonical_base, version, token_url)],
    }


def _rest(canonical_base: str, version: FhirVersion, token_url: str) -> Resource:
    served = ", ".join(version.code for version in VERSIONS.values())
    secured = bool(token_url)
    elements = {
        "mode": "server",
        "documentation": f"JSON only. The media type parameter fhirVersion chooses one of {served}; "
        f"without it {DEFAULT.code} is meant.",
        "security": security(token_url, version) if secured else {},
        "resource": [_resource(served, canonical_base, secured=secured) for served in SERVED],
        "operation": [_operation(operation, canonical_base, secured=secured) for operation in SYSTEM_OPERATIONS],
    }
    return filled(elements)


def _resource(served: Served, canonical_base: str, *, secured: bool) -> Resource:
    elements = {
        "type": served.resource_type,
        "interaction": [{"code": code} for code in served.interactions],
        "searchParam": [{"name": name, "type": kind} for name, kind in served.search],
        "operation": [_operation(operation, canonical_base, secured=secured) for operation in served.operations],
    }
    return filled(elements)


def _operation(operation: Operation, canonical_base: str, *, secured: bool) -> Resource:
    ours = not operation.definition.startswith("http")
    definition = f"{canonical_base}/{operation.definition}" if ours else operation.definition
    needs = f"Needs {' and '.join(operation.needs)}." if secured and operation.needs else ""
    return filled({"name": operation.name, "definition": definition, "documentation": needs})


def versions_parameters() -> Resource:
    """The answer to $versions (https://hl7.org/fhir/R4/capabilitystatement-operation-versions.html)."""
    served = [{"name": "version", "valueCode": version.code} for version in VERSIONS.values()]
    return {"resourceType": "Parameters", "parameter": [*served, {"name": "default", "valueCode": DEFAULT.code}]}
