"""GET /fhir/metadata, /fhir/$versions, and read and search of the definitions that the rules give rise to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from service import __version__
from service.fhir_io.capability import SERVED, capability_statement, versions_parameters
from service.fhir_io.definitions import definitions
from service.fhir_io.versions import DEFAULT, FhirVersion
from service.problems import Kind, Problem, Refused
from service.web.edges import fhir_reply, the_service
from service.web.negotiation import wanted

DOOR = Blueprint("definitions", __name__)

READABLE = tuple(served.resource_type for served in SERVED if "read" in served.interactions)


_MADE: dict[str, tuple[tuple[str, ...], dict[tuple[str, str], dict[str, Any]]]] = {}
"""Definitions already made, of each FHIR version those made last, with what they were made of.

A definition never changes while its rules do not; those of rules that are no longer served are forgotten.
"""


def _definitions(version: FhirVersion) -> dict[tuple[str, str], dict[str, Any]]:
    triage = the_service().triage
    made_of = (triage.canonical_base, *(rule_set.digest for rule_set in triage.served))
    kept = _MADE.get(version.code)
    if kept is None or kept[0] != made_of:
        kept = _MADE[version.code] = (made_of, definitions(triage.served, triage.canonical_base, version))
    return kept[1]


def _fhir_base() -> str:
    """The FHIR base as callers reach it: as set, else as this request came in."""
    return (the_service().settings.public_base_url or request.url_root.rstrip("/")) + "/fhir"


def _cacheable(resource: dict[str, Any]) -> Response:
    """A reply with an ETag of its bytes, or 304 when the caller has them already."""
    asked = wanted(request.environ)
    reply = fhir_reply(resource, asked, asked.version or DEFAULT)
    reply.add_etag()
    reply.headers["Vary"] = "Accept"
    reply.make_conditional(request)
    return reply


@DOOR.get("/metadata")
def metadata() -> Response:
    """The CapabilityStatement of this instance."""
    version = wanted(request.environ).version or DEFAULT
    settings = the_service().settings
    statement = capability_statement(
        canonical_base=the_service().triage.canonical_base,
        version=version,
        base_url=_fhir_base(),
        software_version=__version__,
        date=max(rule_set.date for rule_set in the_service().triage.served),
        token_url=settings.auth_token_url if settings.controls_access else "",
    )
    return _cacheable(statement)


@DOOR.get("/$versions")
def versions() -> Response:
    """The FHIR versions that are served."""
    return _cacheable(versions_parameters())


@DOOR.get(f"/<any({', '.join(READABLE)}):resource_type>/<resource_id>")
def read(resource_type: str, resource_id: str) -> Response:
    """One definition by its id; 404 when there is none."""
    found = _definitions(wanted(request.environ).version or DEFAULT).get((resource_type, resource_id))
    if found is None:
        ids = ", ".join(own for kind, own in _definitions(DEFAULT) if kind == resource_type)
        missing = Problem(Kind.NOT_FOUND, "", f"There is no {resource_type} with this id.", f"There are: {ids}.")
        raise Refused([missing])
    return _cacheable(found)


@DOOR.get(f"/<any({', '.join(READABLE)}):resource_type>")
def search(resource_type: str) -> Response:
    """Every definition of a type, or those whose canonical is `url`, as a searchset."""
    made = _definitions(wanted(request.environ).version or DEFAULT)
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
