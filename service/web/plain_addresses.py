"""What is served beside FHIR: pages for people and probes, as paths of OpenAPI."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_HTML = {"text/html": {"schema": {"type": "string"}}}
_JSON = {"application/json": {"schema": {"type": "object"}}}
_RULE_SETS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("id", "version", "sha256")},
        "required": ["id", "version", "sha256"],
    },
}
_READY = {
    "type": "object",
    "properties": {
        "status": {"const": "ready"},
        "ruleSets": _RULE_SETS,
        "vignettes": {"type": "integer"},
        "lastReload": {"type": "object"},
    },
    "required": ["status", "ruleSets", "vignettes"],
}
_STARTED = {"type": "object", "properties": {"status": {"const": "started"}}, "required": ["status"]}
_UNREADY = {
    "type": "object",
    "properties": {
        "status": {"enum": ["starting", "unsafe"]},
        "failedVignettes": {"type": "array", "items": {"type": "string"}},
        "ruleSets": _RULE_SETS,
        "lastReload": {"type": "object"},
    },
    "required": ["status"],
}
_LIVE = {"type": "object", "properties": {"status": {"const": "live"}}, "required": ["status"]}
_ANY = {"*/*": {"schema": {"type": "string"}}}
_RESPONSE = {"application/fhir+json": {"schema": {"type": "object"}}}

_ADDRESSES: tuple[tuple[str, str, str, Json, str], ...] = (
    ("/", "page", "A page for people", _HTML, ""),
    ("/rules", "rules", "The rules in words", _HTML, ""),
    ("/static/{filename}", "static", "What the pages need", _ANY, "filename"),
    ("/examples/{name}/response.json", "example", "An example of a response", _RESPONSE, "name"),
    ("/health/live", "live", "Whether the process answers", {"application/json": {"schema": _LIVE}}, ""),
    (
        "/health/started",
        "started",
        "Whether it has begun",
        {"application/json": {"schema": _STARTED}},
        "",
    ),
    (
        "/health/ready",
        "ready",
        "Whether it can triage, and by which rules",
        {"application/json": {"schema": _READY}},
        "",
    ),
    ("/openapi.json", "openapi", "This document", _JSON, ""),
)
"""Path, operation id, summary, content of the reply, name of the parameter in the path."""


_PROBES = ("started", "ready")
"""What answers 503 when it is not so."""


def plain_paths() -> Json:
    """The paths of OpenAPI of all that is not FHIR."""
    return {path: {"get": _get(name, summary, content, part)} for path, name, summary, content, part in _ADDRESSES}


def _get(name: str, summary: str, content: Json, part: str) -> Json:
    made: Json = {"operationId": name, "summary": summary, "tags": ["for people and probes"]}
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    replies: Json = {"200": {"description": f"{summary}.", "headers": headers, "content": content}}
    if name in _PROBES:
        content = {"application/json": {"schema": _UNREADY}}
        replies["503"] = {"description": "Not yet, or not safe.", "headers": headers, "content": content}
    if part:
        made["parameters"] = [{"name": part, "in": "path", "required": True, "schema": {"type": "string"}}]
        replies["404"] = {"$ref": "#/components/responses/404"}
    return made | {"responses": replies}
