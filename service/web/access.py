"""The door: who may ask for what, by the scopes of an access token; and where clients learn how to come by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import gevent
from flask import Blueprint, Flask, Request, Response, current_app, jsonify, request

from service.fhir_io.capability import SERVED, all_scopes, needed_scopes
from service.fhir_io.smart import smart_configuration
from service.problems import Kind, Problem
from service.security.certificate import is_same, is_trusted, of_certificate, thumbprint
from service.security.refusal import TokenRefused, Unavailable, Why
from service.security.scopes import grants
from service.settings import Settings
from service.web.edges import outcome_reply, passing, the_service
from service.web.proxies import peer_of
from service.web.throttling import CLIENT
from service.wiring import build_guard

if TYPE_CHECKING:
    from service.security.claims import Granted
    from service.security.guard import Guard

DOOR = Blueprint("access", __name__)

OPEN = frozenset(
    {
        "static",
        "page",
        "reference",
        "health",
        "metrics",
        "access",
        "openapi",
        "definitions.metadata",
        "definitions.versions",
    }
)
"""Blueprints and endpoints that carry nothing of a patient, for whoever asks; what a client must read first is here."""

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    f"/fhir/{served.resource_type}/${operation.name}": operation.needs
    for served in SERVED
    for operation in served.operations
}
INTERACTIONS = {"definitions.read": "read", "definitions.search": "search-type"}
_SERVED = {served.resource_type: served for served in SERVED}

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
"""RFC 6750, section 2.1. A comma is not in it: two headers, which a server joins by one, are no token."""

_SCHEME = re.compile(r"Bearer\b", re.IGNORECASE)

WHERE = "See /.well-known/smart-configuration for where to get one."


@DOOR.get("/.well-known/smart-configuration")
@DOOR.get("/fhir/.well-known/smart-configuration")
def configuration() -> Response:
    """Where to get a token, and which scopes there are; 404 when none is needed."""
    settings = the_service().settings
    if not settings.controls_access:
        return outcome_reply([Problem(Kind.NOT_FOUND, "", "There is no access control here.", "Send no token.")])
    return jsonify(smart_configuration(settings.auth_token_url, all_scopes()))


def keep(app: Flask, settings: Settings) -> None:
    """Let no request through to the application's doors unless it may; all of them when access is not controlled."""
    if settings.controls_access:
        app.extensions["guard"] = build_guard(settings)
        app.before_request(_check)


def scopes_of(endpoint: str, rule: str, given: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The scopes that a route needs; None when it stands in no table, and so is for nobody."""
    if endpoint in OPEN or endpoint.partition(".")[0] in OPEN:
        return ()
    if endpoint in INTERACTIONS and given.get("resource_type") in _SERVED:
        return needed_scopes(_SERVED[given["resource_type"]], INTERACTIONS[endpoint])
    return OPERATIONS.get(rule)


def _check() -> Response | None:
    """None to go on, or the reply that refuses. Flask's own answers (404, 405, OPTIONS) need no token."""
    if request.url_rule is None or request.method == "OPTIONS":
        return None
    needed = scopes_of(request.endpoint or "", request.url_rule.rule, request.view_args or {})
    if needed == ():
        return None
    try:
        return _admitted(request, needed)
    except TokenRefused as refused:
        passing().told = {"refused_because": refused.why.value}
        return _unauthorized(refused.why, needed or ())
    except Unavailable:
        said = "Who you are cannot be checked now: the identity provider does not answer."
        return outcome_reply([Problem(Kind.NOT_READY, "", said, "Ask again.")])


def _admitted(asking: Request, needed: tuple[str, ...] | None) -> Response | None:
    said = asking.headers.get("Authorization", "")
    if "access_token" in asking.args:
        return _bad_request("The access token stands in the address, where logs keep it.", needed)
    if not _SCHEME.match(said):
        return _challenge(Kind.LOGIN, "This needs an access token.", needed, error="")
    found = _BEARER.fullmatch(said)
    if not found:
        return _bad_request("There is not exactly one well-formed access token.", needed)
    guard: Guard = current_app.extensions["guard"]
    granted = guard.at_hand(found[1]) or _aside(guard.ask, found[1])
    asking.environ[CLIENT] = granted.client
    if granted.certificate is not None and not is_same(granted.certificate, _certificate(asking)):
        raise TokenRefused(Why.CERTIFICATE)
    if needed is None or not grants(granted.scopes, needed):
        passing().told = {"refused_because": "scope"}
        return _challenge(Kind.FORBIDDEN, "The access token does not allow this.", needed, error="insufficient_scope")
    return None


def _certificate(asking: Request) -> str | None:
    """The thumbprint of the caller's certificate: as a trusted proxy tells of it, else as it was shown to us."""
    settings = the_service().settings
    name = settings.auth_certificate_header
    if name and is_trusted(peer_of(asking.environ), settings.trusted_proxies):
        return thumbprint(asking.headers.get(name, ""))
    shown = getattr(asking.environ.get("gunicorn.socket"), "certificate", None)
    return of_certificate(shown) if shown else None


def _aside(ask: Callable[[str], Granted], token: str) -> Granted:
    """Ask what may wait for the identity provider in a thread of its own, so that only this request waits."""
    if not isinstance(gevent.getcurrent(), gevent.Greenlet):
        return ask(token)
    found: Granted = gevent.get_hub().threadpool.apply(ask, (token,))
    return found


def _unauthorized(why: Why, needed: tuple[str, ...]) -> Response:
    if why is Why.EXPIRED:
        return _challenge(Kind.EXPIRED, "The access token has expired.", needed, error="invalid_token")
    return _challenge(Kind.LOGIN, "The access token is not valid here.", needed, error="invalid_token")


def _bad_request(said: str, needed: tuple[str, ...] | None) -> Response:
    passing().told = {"refused_because": Why.MALFORMED.value}
    return _challenge(Kind.AUTHORIZATION, said, needed, error="invalid_request")


def _challenge(kind: Kind, said: str, needed: tuple[str, ...] | None, *, error: str) -> Response:
    """The refusal as FHIR, and as OAuth has it in WWW-Authenticate (RFC 6750, section 3)."""
    remedy = f"Needed: {' '.join(needed)}. {WHERE}" if needed else WHERE
    reply = outcome_reply([Problem(kind, "", said, remedy)])
    parts = {
        "realm": "fhir",
        "error": error,
        "error_description": said if error else "",
        "scope": " ".join(needed or ()),
    }
    told = ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)
    reply.headers["WWW-Authenticate"] = f"Bearer {told}"
    return reply
