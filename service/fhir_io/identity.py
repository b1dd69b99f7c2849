"""Deterministic ids: the same subject, answers and rules give the same resources, on every machine."""

from __future__ import annotations

import json
import uuid
from typing import Any

from service.triage.questions import Answers

NAMESPACE = uuid.UUID("5f0b5b0e-4a52-5c0b-9f43-2f0f7a1d7c11")
"""Fixed for good: a change would make every stored id a stranger."""


def assessment_id(subject: dict[str, Any], answers: Answers, digest: str) -> str:
    """UUIDv5 (RFC 4122) over who was asked, what was answered, in no order, and by which rules it was judged."""
    identifier = subject.get("identifier") or {}
    who = subject.get("reference") or [identifier.get("system"), identifier.get("value")]
    said = sorted((link_id, sorted({json.dumps(value) for value in values})) for link_id, values in answers.items())
    return str(uuid.uuid5(NAMESPACE, json.dumps([who, said, digest], separators=(",", ":"))))


def part_id(assessment: str, part: str) -> str:
    """The id of a resource that belongs to an assessment, by the name of the part."""
    return str(uuid.uuid5(uuid.UUID(assessment), part))


def urn(resource_id: str) -> str:
    """The id as a URN, for fullUrl and for identifiers of the system urn:ietf:rfc:3986."""
    return f"urn:uuid:{resource_id}"


def identifier(resource_id: str) -> dict[str, str]:
    """A FHIR Identifier made of the id, so that a conditional create finds a copy that is there already."""
    return {"system": "urn:ietf:rfc:3986", "value": urn(resource_id)}
