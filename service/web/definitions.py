"""GET /fhir/metadata, /fhir/$versions, and read and search of the definitions that the rules give rise to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request

from service import __version__
from service.fhir_io.capability import SERVED, capability_statement, versions_parameters
from service.fhir_io.definitions import definitions
from service.fhir_io.versions import DEFAULT, FhirVersion
from service.problems import Kind, Problem, Refused
from service.triage.model import RuleSet
from service.web.edges import fhir_reply, the_service
from service.web.negotiation import wanted

DOOR = Blueprint("definitions", __name__)

READABLE = tuple(served.resource_type for served in SERVED if "read" in served.interactions)


@lru_cache(maxsize=8)
def _made(digest: str, canonical_base: str, version: FhirVersion) -> dict[tuple[str, str], dict[str, Any]]:
    """The definitions of the running rule set; `digest` is what makes an entry of the cache its own."""
    rule_set = the_service().triage.rules.rule_set
    if rule_set.digest != digest:
        raise LookupError("another rule set is being served")
    return definitions(rule_set, canonical_base, version)


def _definitions(version: FhirVersion) -> dict[tuple[str, str], dict[str, Any]]:
    return _made(_rule_set().digest, the_service().triage.canonical_base, version)


def _rule_set() -> RuleSet:
    return the_service().triage.rules.rule_set


def _fhir_base() -> str:
    """The FHIR base as callers reach it: as set, else as this request came in."""
    return (the_service().settings.public_base_url or request.host_url.rstrip("/")) + "/fhir"


def _cacheable(resource: dict[str, Any]) -> Response:
    """A reply with an ETag of its bytes, or 304 when the caller has them already."""
    asked = wanted(request)
    reply = fhir_reply(resource, asked, asked.version or DEFAULT)
    reply.add_etag()
    reply.headers["Vary"] = "Accept"
    reply.make_conditional(request)
    return reply


@DOOR.get("/metadata")
def metadata() -> Response:
    """The CapabilityStatement of this instance."""
    version = wanted(request).version or DEFAULT
    statement = capability_statement(
        canonical_base=the_service().triage.canonical_base,
        version=version,
        base_url=_fhir_base(),
        software_version=__version__,
        date=_rule_set().date,
    )
    return _cacheable(statement)


@DOOR.get("/$versions")
def versions() -> Response:
    """The FHIR versions that are served."""
    return _cacheable(versions_parameters())


@DOOR.get(f"/<any({', '.join(READABLE)}):resource_type>/<resource_id>")
def read(resource_type: str, resource_id: str) -> Response:
    """One definition by its id; 404 when there is none."""
    found = _definitions(wanted(request).version or DEFAULT).get((resource_type, resource_id))
    if found is None:
        ids = ", ".join(own for kind, own in _definitions(DEFAULT) if kind == resource_type)
        missing = Problem(Kind.NOT_FOUND, "", f"There is no {resource_type} with this id.", f"There are: {ids}.")
        raise Refused([missing])
    return _cacheable(found)


@DOOR.get(f"/<any({', '.join(READABLE)}):resource_type>")
def search(resource_type: str) -> Response:
    """Every definition of a type, or those whose canonical is `url`, as a searchset."""
    made = _definitions(wanted(request).version or DEFAULT)
    url, _, version = request.args.get("url", "").partition("|")
    found = [
        resource
        for (kind, _), resource in made.items()
        if kind == resource_type and url in ("", resource["url"]) and version in ("", resource["version"])
    ]
    entries = [
        {
            "fullUrl": f"{_fhir_base()}/{resource_type}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in found
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    bundle["link"] = [{"relation": "self", "url": f"{_fhir_base()}/{resource_type}" + _query(url)}]
    return _cacheable(bundle | ({"entry": entries} if entries else {}))


def _query(url: str) -> str:
    known = [resource["url"] for resource in _definitions(DEFAULT).values()]
    return f"?url={url}" if url in known else ""
