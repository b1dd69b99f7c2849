"""Deterministic ids: the same subject, answers and rules give the same resources, on every machine."""

from __future__ import annotations

import hashlib
import json
import uuid
from functools import lru_cache
from typing import Any

import orjson

from service.fhir_io.read import Request
from service.triage.questions import Answer

NAMESPACE = uuid.UUID("5f0b5b0e-4a52-5c0b-9f43-2f0f7a1d7c11")
"""Fixed for good: a change would make every stored id a stranger."""

_DELETE = b"\x7f"
"""The only character of ASCII that the two ways to write JSON write differently."""


def assessment_id(request: Request, digest: str) -> str:
    """UUIDv5 (RFC 4122) over who was asked, in which response, what was answered, in no order, and the rules' digest.

    The response and the encounter count as well, so far as they have ids: the same answers given again months later
    are another assessment, and no conditional create may take it for the first. So does the binding they were read by.
    """
    answers = request.answers
    said = [_said(link_id, answers[link_id]) for link_id in sorted(answers)]
    own = request.response.get("identifier")
    named = [request.response.get("id"), *map(_key, own if isinstance(own, list) else [own])]
    concerned = [_whom(request.subject), _whom(request.encounter), named, said, digest]
    concerned += [request.binding.digest] if request.binding else []
    return uuid5(NAMESPACE.bytes, _json(concerned))


@lru_cache(maxsize=4096)
def _said(link_id: str, values: tuple[Answer, ...]) -> orjson.Fragment:
    """The question and what was answered to it, each answer once, in JSON."""
    return orjson.Fragment(json.dumps([link_id, sorted({_as_json(value) for value in values})], separators=(",", ":")))


def _as_json(answer: Answer) -> str:
    """The answer in JSON; of a value itself, and of an option that was not asked or denied with what is said of it."""
    return json.dumps(answer if isinstance(answer, bool | str) else [type(answer).__name__.lower(), answer.option])


def _json(concerned: list[Any]) -> bytes:
    """JSON without white space or anything that is not ASCII."""
    dumped = orjson.dumps(concerned)
    if dumped.isascii() and _DELETE not in dumped:
        return dumped
    return json.dumps(orjson.loads(dumped), separators=(",", ":")).encode()


def _whom(reference: dict[str, Any] | None) -> Any:
    return reference and (reference.get("reference") or _key(reference.get("identifier")))


def _key(identifier: dict[str, Any] | None) -> list[Any]:
    return [(identifier or {}).get("system"), (identifier or {}).get("value")]


def part_id(assessment: str, part: str) -> str:
    """The id of a resource that belongs to an assessment, by the name of the part."""
    return uuid5(bytes.fromhex(assessment.replace("-", "")), part.encode())


def uuid5(namespace: bytes, name: bytes) -> str:
    """A UUID of version 5 (RFC 9562 §5.5), as `uuid.uuid5` makes it, straight from the hash to the text."""
    digest = _begun(namespace).copy()
    digest.update(name)
    text = digest.hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


@lru_cache(maxsize=64)
def _begun(namespace: bytes) -> hashlib._Hash:
    """The hash of what all names in a namespace begin with; nobody may go on with it itself."""
    return hashlib.sha1(namespace, usedforsecurity=False)


def urn(resource_id: str) -> str:
    """The id as a URN, for fullUrl and for identifiers of the system urn:ietf:rfc:3986."""
    return f"urn:uuid:{resource_id}"


def identifier(resource_id: str) -> dict[str, str]:
    """A FHIR Identifier made of the id, so that a conditional create finds a copy that is there already."""
    return {"system": "urn:ietf:rfc:3986", "value": urn(resource_id)}
