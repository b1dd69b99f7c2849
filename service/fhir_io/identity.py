"""Deterministic ids: the same subject, answers and rules give the same resources, on every machine."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from typing import Any

from service.fhir_io.read import Request
from service.triage.questions import Answer

NAMESPACE = uuid.UUID("5f0b5b0e-4a52-5c0b-9f43-2f0f7a1d7c11")
"""Fixed for good: a change would make every stored id a stranger."""


def assessment_id(request: Request, digest: str) -> str:
    """UUIDv5 (RFC 4122) over who was asked, in which response, what was answered, in no order, and the rules' digest.

    The response and the encounter count as well, so far as they have ids: the same answers given again months later
    are another assessment, and no conditional create may take it for the first. So does the binding they were read by.
    """
    said = sorted(
        (link_id, sorted({_as_json(value) for value in values})) for link_id, values in request.answers.items()
    )
    own = request.response.get("identifier")
    named = [request.response.get("id"), *map(_key, own if isinstance(own, list) else [own])]
    concerned = [_whom(request.subject), _whom(request.encounter), named, said, digest]
    concerned += [request.binding.digest] if request.binding else []
    return str(uuid.uuid5(NAMESPACE, json.dumps(concerned, separators=(",", ":"))))


@lru_cache(maxsize=4096)
def _as_json(answer: Answer) -> str:
    """The answer in JSON; of a value itself, and of an option that was not asked or denied with what is said of it."""
    return json.dumps(answer if isinstance(answer, bool | str) else [type(answer).__name__.lower(), answer.option])


def _whom(reference: dict[str, Any] | None) -> Any:
    return reference and (reference.get("reference") or _key(reference.get("identifier")))


def _key(identifier: dict[str, Any] | None) -> list[Any]:
    return [(identifier or {}).get("system"), (identifier or {}).get("value")]


def part_id(assessment: str, part: str) -> str:
    """The id of a resource that belongs to an assessment, by the name of the part."""
    return str(uuid.uuid5(_parsed(assessment), part))


@lru_cache(maxsize=64)
def _parsed(assessment: str) -> uuid.UUID:
    return uuid.UUID(assessment)


def urn(resource_id: str) -> str:
    """The id as a URN, for fullUrl and for identifiers of the system urn:ietf:rfc:3986."""
    return f"urn:uuid:{resource_id}"


def identifier(resource_id: str) -> dict[str, str]:
    """A FHIR Identifier made of the id, so that a conditional create finds a copy that is there already."""
    return {"system": "urn:ietf:rfc:3986", "value": urn(resource_id)}
