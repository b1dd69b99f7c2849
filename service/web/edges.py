"""Around each request: an id, the log line, and every refusal or fault as an OperationOutcome."""

from __future__ import annotations

import logging
import time
import traceback
import uuid
from typing import Any

import orjson
from flask import Flask, Request, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service.fhir_io.outcome import operation_outcome
from service.fhir_io.versions import DEFAULT, FhirVersion
from service.observe import log
from service.problems import Kind, Problem, Refused
from service.web.negotiation import Wanted, agreed
from service.wiring import Service

STATUS = {
    Kind.MALFORMED: 400,
    Kind.STRUCTURE: 400,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.NOT_ACCEPTABLE: 406,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.STATUS: 422,
    Kind.QUESTIONNAIRE: 422,
    Kind.SUBJECT: 422,
    Kind.ANSWER_TYPE: 422,
    Kind.ANSWER_CODE: 422,
    Kind.NOT_ASKED: 422,
    Kind.ARRANGEMENT: 422,
    Kind.REQUIRED_ANSWER: 422,
    Kind.OCCURRENCE: 422,
    Kind.NOT_ENABLED: 422,
    Kind.ANSWER_LIMIT: 422,
    Kind.FAULT: 500,
    Kind.NOT_READY: 503,
}
"""The HTTP status of a refusal, by the kind of its first problem."""

RETRY_AFTER_SECONDS = "5"

DRAINED_BYTES = 33_554_432
DRAINED_AT_ONCE = 65_536

_UNREAD = Problem(Kind.MALFORMED, "", "The request could not be read.", "Send the whole body again.")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def the_service() -> Service:
    """The service by which this request is answered, the same from its beginning to its end."""
    service: Service = g.service
    return service


def body_of(incoming: Request) -> bytes:
    """The body; refused when it is too long, however it is sent, or cannot be read.

    Flask cuts a body that does not say how long it is off at the limit and says nothing, so we look for more.
    """
    try:
        raw = incoming.get_data(cache=False)
        cut_off = incoming.content_length is None and len(raw) >= the_service().settings.max_body_bytes
        if cut_off and incoming.environ["wsgi.input"].read(1):
            raise RequestEntityTooLarge
        return raw
    except HTTPException:
        raise
    except Exception:  # what a server raises for a broken chunk is its own; reading is the caller's part, not ours
        raise Refused([_UNREAD]) from None


def _drain() -> None:
    """Read on and forget what is too long, within reason: a caller who is still sending would not see the reply."""
    for _ in range(DRAINED_BYTES // DRAINED_AT_ONCE):
        if not request.environ["wsgi.input"].read(DRAINED_AT_ONCE):
            return


def fhir_reply(resource: dict[str, Any] | bytes, wanted: Wanted, version: FhirVersion, status: int = 200) -> Response:
    """A resource, or its JSON, as the reply to a request, in the format and version that were agreed on."""
    body = resource if isinstance(resource, bytes) else orjson.dumps(resource)
    return Response(body, status=status, content_type=wanted.content_type(version))


def _outcome_reply(problems: list[Problem]) -> Response:
    kind = problems[0].kind
    g.kinds = sorted({problem.kind.value for problem in problems})
    asked = agreed(request)
    reply = fhir_reply(operation_outcome(problems), asked, asked.version or DEFAULT, STATUS[kind])
    if kind is Kind.NOT_READY:
        reply.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return reply


def _refused(refused: Refused) -> Response:
    return _outcome_reply(refused.problems)


def _http_error(error: HTTPException) -> Response:
    """Flask's own refusals: an unknown address, a wrong method, a body that is too long or broken off."""
    if error.code == 405:
        reply = _outcome_reply([Problem(Kind.METHOD, "", "This address does not take this method.", _served())])
        reply.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        return reply
    if error.code == 404:
        return _outcome_reply([Problem(Kind.NOT_FOUND, "", "There is nothing at this address.", _served())])
    if error.code == 413:
        _drain()
        limit = the_service().settings.max_body_bytes
        return _outcome_reply([Problem(Kind.TOO_LARGE, "", f"The body is longer than {limit} bytes.", "Send less.")])
    if (error.code or 500) >= 500:
        return _fault(getattr(error, "original_exception", None) or error)
    return _outcome_reply([_UNREAD])


def _served() -> str:
    return "See /fhir/metadata for what is served."


def _fault(error: Exception) -> Response:
    """A fault of ours: the caller learns an id, the log learns the place, neither learns what was sent."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log(
        "fault",
        severity=logging.ERROR,
        request_id=g.request_id,
        error_type=type(error).__name__,
        error_place=f"{place.filename.rsplit('/', 2)[-2]}/{place.filename.rsplit('/', 1)[-1]}:{place.lineno}",
    )
    said = "The service failed. Nothing was triaged."
    return _outcome_reply([Problem(Kind.FAULT, "", said, f"Report it with the request id {g.request_id}.")])


def _begin() -> None:
    g.request_id = str(uuid.uuid4())
    g.began = time.perf_counter()
    g.told = {}
    g.service = current_app.extensions["in_force"].now()


def _end(reply: Response) -> Response:
    reply.headers["X-Request-Id"] = g.request_id
    for name, value in SECURITY_HEADERS.items():
        reply.headers.setdefault(name, value)
    if request.path.startswith("/fhir/QuestionnaireResponse"):
        reply.headers["Cache-Control"] = "no-store"
    log(
        "request",
        request_id=g.request_id,
        method=request.method if request.url_rule else "",
        route=request.url_rule.rule if request.url_rule else "",
        status=reply.status_code,
        duration_ms=round((time.perf_counter() - g.began) * 1000, 1),
        bytes_in=request.content_length,
        kinds=g.get("kinds", []),
        **g.told,
    )
    return reply


def surround(app: Flask) -> None:
    """Put these edges around every request of the application, and keep Flask's own log, which may quote, silent."""
    app.logger.disabled = True
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
