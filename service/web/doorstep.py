"""Refusals that are given before anything of a request is looked at: no room, no client certificate."""

from __future__ import annotations

from typing import Any

import orjson

from service.fhir_io.outcome import operation_outcome
from service.problems import Kind, Problem
from service.settings import Settings
from service.web.edges import STATUS, Wsgi, passing
from service.web.negotiation import FHIR_JSON
from service.web.turns import BUSY, is_probe

BUSY_RETRY_AFTER_SECONDS = "1"

TOO_BUSY = Problem(
    Kind.BUSY, "", "There are more requests than can be answered in good time. Nothing was triaged.", "Ask again."
)
NO_CERTIFICATE = Problem(
    Kind.CERTIFICATE,
    "",
    "Callers must show a client certificate, and you showed none.",
    "Connect with one that this service knows the issuer of.",
)
_REASONS = {503: "503 Service Unavailable", 403: "403 Forbidden"}


def guarded(inner: Wsgi, settings: Settings) -> Wsgi:
    """Answer who is not to come in, with as little work as can be; let all others through."""
    needs_certificate = settings.tls_client_ca is not None

    def around(sent: dict[str, Any], start_response: Any) -> Any:
        if BUSY in sent:
            return _refuse(TOO_BUSY, start_response)
        if needs_certificate and not is_probe(sent) and not _shows_certificate(sent):
            return _refuse(NO_CERTIFICATE, start_response)
        return inner(sent, start_response)

    return around


_BODIES = {problem.kind: orjson.dumps(operation_outcome([problem])) for problem in (TOO_BUSY, NO_CERTIFICATE)}


def _refuse(problem: Problem, start_response: Any) -> list[bytes]:
    this = passing()
    this.refused_for, this.kinds = problem.kind.value, [problem.kind.value]
    body = _BODIES[problem.kind]
    headers = [("Content-Type", FHIR_JSON), ("Content-Length", str(len(body)))]
    if problem.kind is Kind.BUSY:
        headers.append(("Retry-After", BUSY_RETRY_AFTER_SECONDS))
    start_response(_REASONS[STATUS[problem.kind]], headers)
    return [body]


def _shows_certificate(sent: dict[str, Any]) -> bool:
    return getattr(sent.get("gunicorn.socket"), "certificate", None) is not None
