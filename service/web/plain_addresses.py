"""What is served beside FHIR: pages for people and probes, as paths of OpenAPI."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


_HTML = {"text/html": {"schema": {"type": "string"}}}
_JSON = _json({"type": "object"})
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
        "status": {"enum": ["ready", "starting", "unsafe"]},
        "ruleSets": _RULE_SETS,
        "vignettes": {"type": "integer"},
        "failedVignettes": {"type": "array", "items": {"type": "string"}},
        "lastReload": {"type": "object"},
    },
    "required": ["status"],
}
_LIVE = {"type": "object", "properties": {"status": {"const": "live"}}, "required": ["status"]}
_STARTED = {"type": "object", "properties": {"status": {"enum": ["started", "starting"]}}, "required": ["status"]}
_ANY = {"*/*": {"schema": {"type": "string"}}}
_RESPONSE = {"application/fhir+json": {"schema": {"type": "object"}}}

_SMART = "Where to get an access token, and for what; nothing where none is needed"

_ADDRESSES: tuple[tuple[str, str, str, Json, str, tuple[int, ...]], ...] = (
    ("/", "page", "A page for people", _HTML, "", ()),
    ("/rules", "rules", "The rules in words", _HTML, "", ()),
    ("/static/{filename}", "static", "What the pages need", _ANY, "filename", (404,)),
    ("/examples/{name}/response.json", "example", "An example of a response", _RESPONSE, "name", (404,)),
    ("/health/live", "live", "Whether the process answers", _json(_LIVE), "", ()),
    ("/health/started", "started", "Whether it has begun", _json(_STARTED), "", (503,)),
    ("/health/ready", "ready", "Whether it can triage, and by which rules", _json(_READY), "", (503,)),
    ("/metrics", "metrics", "For Prometheus, unless they have an address of their own", _ANY, "", (404,)),
    ("/.well-known/smart-configuration", "smart", _SMART, _JSON, "", (404,)),
    ("/fhir/.well-known/smart-configuration", "smart-fhir", _SMART, _JSON, "", (404,)),
    ("/openapi.json", "openapi", "This document", _JSON, "", ()),
)
"""Path, operation id, summary, content of the reply, name of the parameter in the path, how it may be refused."""


def plain_paths() -> Json:
    """The paths of OpenAPI of all that is not FHIR."""
    return {
        path: {"get": _get(name, summary, content, part=part, refusals=refusals)}
        for path, name, summary, content, part, refusals in _ADDRESSES
    }


def _get(name: str, summary: str, content: Json, *, part: str, refusals: tuple[int, ...]) -> Json:
    made: Json = {"operationId": name, "summary": summary, "tags": ["for people and probes"]}
    good = {
        "description": f"{summary}.",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": content,
    }
    not_good = {"description": "Not yet, or not safe.", "content": content}
    replies: Json = {"200": good, **({"503": not_good} if 503 in refusals else {})}
    if 404 in refusals:
        replies["404"] = {"$ref": "#/components/responses/404"}
    if part:
        made["parameters"] = [{"name": part, "in": "path", "required": True, "schema": {"type": "string"}}]
    return made | {"responses": replies}
