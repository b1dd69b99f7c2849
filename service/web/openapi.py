"""GET /openapi.json: everything that is served, as OpenAPI 3.1, made of the same table as the CapabilityStatement."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request

from service import __version__
from service.fhir_io.capability import SERVED, SYSTEM_OPERATIONS, Served
from service.fhir_io.type_schemas import PRIMITIVES, RESOURCE, type_schemas
from service.fhir_io.versions import DEFAULT, R4, R5, VERSIONS
from service.web.edges import the_service
from service.web.negotiation import FHIR_JSON, FORMATS
from service.web.plain_addresses import plain_paths

DOOR = Blueprint("openapi", __name__)

Json = dict[str, Any]

_MODELS = {version.code: R5 if version.r5_models else R4 for version in VERSIONS.values()}
"""By which models a version is read: R4 and R4B are read by the same."""

_TAKEN = ("QuestionnaireResponse", "Parameters")
_ANSWERED = ("RiskAssessment", "ServiceRequest", "OperationOutcome")
_ROOTS = (*_TAKEN, *_ANSWERED, "Bundle")

_REFUSED = {
    304: "The caller has it already: its If-None-Match is the ETag.",
    400: "The body is not JSON, not FHIR, or not structurally valid; or the address has a wrong parameter.",
    401: "There is no access token, or it is not valid; see /.well-known/smart-configuration.",
    403: "The access token does not allow this.",
    404: "There is nothing at this address.",
    406: "A version or format is asked for that is not served.",
    408: "The request did not come in whole in time.",
    413: "The body is too long, or holds too much.",
    415: "The body comes in a version, format or encoding that is not served.",
    422: "Valid FHIR that cannot be triaged.",
    429: "Asked more often than is allowed: ask again after Retry-After.",
    503: "Not ready, too much to do, or the identity provider does not answer: ask again after Retry-After.",
}
"""What each status means; the words of the reply say more."""

_HELD = (401, 403, 408, 429, 503)
"""How whatever takes a body may be refused, whatever is in it."""

_OPERATIONS: dict[str, tuple[str, tuple[int, ...], tuple[str, ...], str]] = {
    "triage": ("Bundle", (*_HELD, 400, 406, 413, 415, 422), ("explain", "format"), "Triage a QuestionnaireResponse"),
    "validate": (
        "OperationOutcome",
        (*_HELD, 400, 406, 413, 415),
        ("format",),
        "Say everything that is wrong with one",
    ),
    "versions": ("Parameters", (304, 406), ("format", "have"), "The FHIR versions that are served"),
}
"""Of each operation: the type it answers with, how it may refuse, its parameters, a summary."""

_INTERACTIONS = {
    "read": ("/{id}", "{}", (304, 404, 406), ("id", "format", "have"), "One {} by its id"),
    "search-type": (
        "",
        "Bundle of what was found",
        (304, 406),
        ("url", "format", "have"),
        "Every {}, or those of one canonical address",
    ),
}


@DOOR.get("/openapi.json")
def openapi() -> Response:
    """The document, with an ETag."""
    reply = Response(document_text(the_service().settings.public_base_url), content_type="application/json")
    reply.add_etag()
    reply.make_conditional(request)
    return reply


@lru_cache(maxsize=4)
def document_text(base_url: str) -> str:
    """The document as JSON; it changes with the code and with nothing else but the address in it."""
    return json.dumps(document(base_url), ensure_ascii=False, separators=(",", ":"))


def document(base_url: str = "") -> Json:
    """The OpenAPI document (https://spec.openapis.org/oas/v3.1.0) of a service that callers reach at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "numbness-triage",
            "version": __version__,
            "summary": "FHIR triage of numbness: QuestionnaireResponse in, RiskAssessment and ServiceRequests out",
            "description": "A decision aid, not a diagnosis. Every refusal is an OperationOutcome. FHIR "
            + ", ".join(f"{version.name} ({code})" for code, version in VERSIONS.items())
            + f"; the media type parameter fhirVersion chooses, {R4.code} when it is left out.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url or "/"}],
        "paths": _fhir_paths() | plain_paths(),
        "components": {
            "schemas": _schemas(),
            "parameters": _PARAMETERS,
            "headers": _HEADERS,
            "responses": _refusals(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _fhir_paths() -> Json:
    paths: Json = {}
    for served in SERVED:
        for operation in served.operations:
            asked = _operation(operation.name, body=True) | {"security": _needed(operation.needs)}
            paths[f"/fhir/{served.resource_type}/${operation.name}"] = {"post": asked}
        paths |= {path: {"get": asked} for path, asked in _interactions(served)}
    for operation in SYSTEM_OPERATIONS:
        paths[f"/fhir/${operation.name}"] = {"get": _operation(operation.name, body=False)}
    statement = _asked("CapabilityStatement", (304, 406), ("format", "have"), "What the service can do")
    return paths | {"/fhir/metadata": {"get": statement | {"operationId": "capabilities"}}}


def _operation(name: str, *, body: bool) -> Json:
    made = _asked(*_OPERATIONS[name]) | {"operationId": name}
    return made | ({"requestBody": {"required": True, "content": _taken()}} if body else {})


def _needed(scopes: tuple[str, ...]) -> list[Json]:
    """The scopes that an access token must have where access is controlled; the first says that it need not be."""
    return [{}, {"token": list(scopes)}]


def _interactions(served: Served) -> list[tuple[str, Json]]:
    kind = served.resource_type
    asked = []
    for code in served.interactions:
        below, answer, refusals, parameters, summary = _INTERACTIONS[code]
        made = _asked(answer.format(kind), refusals, parameters, summary.format(kind))
        asked.append((f"/fhir/{kind}{below}", made | {"operationId": f"{code}-{kind}"}))
    return asked


def _asked(answer: str, refusals: tuple[int, ...], parameters: tuple[str, ...], summary: str) -> Json:
    replies: Json = {str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals}
    headers = ("X-Request-Id", "ETag") if 304 in refusals else ("X-Request-Id",)
    good = {
        "description": f"{answer}.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": _content(answer),
    }
    named = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    return {"summary": summary, "tags": ["FHIR"], "parameters": named, "responses": {"200": good, **replies}}


def _taken() -> Json:
    """What a body may be, by media type: each FHIR version by its own models."""
    kinds = {code: [_reference(model, name) for name in _TAKEN] for code, model in _MODELS.items()}
    others = [code for code in VERSIONS if code != DEFAULT.code]
    by_version = {f"{FHIR_JSON}; fhirVersion={code}": {"schema": {"anyOf": kinds[code]}} for code in others}
    return {name: {"schema": {"anyOf": kinds[DEFAULT.code]}} for name in dict.fromkeys(FORMATS.values())} | by_version


def _content(answer: str) -> Json:
    """An answer of that type, which its first word names, in any version and format that is served."""
    if answer in _ROOTS:
        schema: Json = {"anyOf": [_reference(model, answer) for model in (R4, R5)]}
    else:
        schema = {"allOf": [_reference(R4, RESOURCE), {"properties": {"resourceType": {"const": answer.split()[0]}}}]}
    return {name: {"schema": schema} for name in dict.fromkeys(FORMATS.values())}


def _reference(model: Any, name: str) -> Json:
    return {"$ref": f"#/components/schemas/{model.name}.{name}"}


@lru_cache(maxsize=1)
def _schemas() -> Json:
    inside = {"BundleEntry.resource": _ANSWERED}
    made: Json = dict(PRIMITIVES)
    for model in (R4, R5):
        made |= type_schemas(model, _ROOTS, prefix=f"{model.name}.", inside=inside)
    return made


def _refusals() -> Json:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    return {
        str(status): {"description": said, "headers": headers}
        | ({} if status == 304 else {"content": _content("OperationOutcome")})
        for status, said in _REFUSED.items()
    }


_PARAMETERS: Json = {
    "explain": {
        "name": "explain",
        "in": "query",
        "description": "Whether to say which answers would change the level, and what to ask next.",
        "schema": {"enum": ["true", "false"], "default": "true"},
    },
    "format": {
        "name": "_format",
        "in": "query",
        "description": "The media type of the answer, in place of Accept; empty is as good as not given.",
        "schema": {"enum": ["", "json", *FORMATS, *(f"{FHIR_JSON}; fhirVersion={code}" for code in VERSIONS)]},
    },
    "have": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what the caller has.",
        "schema": {"type": "string"},
    },
    "id": {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/id"}},
    "url": {
        "name": "url",
        "in": "query",
        "description": "A canonical address, with |version if need be.",
        "schema": {"type": "string"},
    },
}

_HEADERS: Json = {
    "X-Request-Id": {"description": "Names this request in the log.", "required": True, "schema": {"type": "string"}},
    "ETag": {"description": "For If-None-Match.", "required": True, "schema": {"type": "string"}},
}
