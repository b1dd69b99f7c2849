"""Around each request: an id, the log line, and every refusal or fault as an OperationOutcome."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length

from service.fhir_io.outcome import operation_outcome
from service.fhir_io.versions import DEFAULT, FhirVersion
from service.metrics import Tally
from service.observe import log
from service.problems import Kind, Problem, Refused
from service.tracing import request_span
from service.web import told
from service.web.headers import protect
from service.web.ids import Ids, ids_of
from service.web.in_force import InForce
from service.web.negotiation import Sent, Wanted, agreed
from service.web.watch import Watch
from service.wiring import Service

STATUS = {
    Kind.MALFORMED: 400,
    Kind.STRUCTURE: 400,
    Kind.AUTHORIZATION: 400,
    Kind.LOGIN: 401,
    Kind.EXPIRED: 401,
    Kind.FORBIDDEN: 403,
    Kind.CERTIFICATE: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.NOT_ACCEPTABLE: 406,
    Kind.TOO_SLOW: 408,
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
    Kind.THROTTLED: 429,
    Kind.FAULT: 500,
    Kind.BUSY: 503,
    Kind.NOT_READY: 503,
}
"""The HTTP status of a refusal, by the kind of its first problem."""

RETRY_AFTER_SECONDS = "5"

DRAINED_BYTES = 33_554_432
DRAINED_AT_ONCE = 65_536


class TooSlow(Exception):  # noqa: N818 - the name says what is the matter
    """Raised by the server when a request is not in, head and body, by its time; says how many seconds it had."""


_SERVED = "See /fhir/metadata for what is served."
_UNREAD = Problem(Kind.MALFORMED, "", "The request could not be read.", "Send the whole body again.")

CAME = "triage.came"
"""When a request came that had to wait for its turn: its caller waits, too."""

Wsgi = Callable[[dict[str, Any], Any], Any]


@dataclass(slots=True)
class Passing:
    """One request on its way: as it was sent, with the length that it says; its ids, who answers it, what is told."""

    sent: Sent
    length: int | None
    in_force: InForce
    ids: Ids
    tally: Tally
    began: float
    service: Service | None = None
    refused_for: str = ""
    kinds: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    span: Any = None


_PASSING: ContextVar[Passing] = ContextVar("passing")


def passing() -> Passing:
    """The request that is being answered."""
    return _PASSING.get()


def the_service() -> Service:
    """The service by which this request is answered, the same from its beginning to its end."""
    this = passing()
    if this.service is None:
        this.service = this.in_force.now()
    return this.service


def body_of(this: Passing) -> bytes:
    """The body; refused when it is too long, however it is sent, or cannot be read to its end.

    We read it ourselves: Flask cuts a body that does not say how long it is off at the limit and says nothing.
    """
    limit = the_service().settings.max_body_bytes
    length = this.length
    if length is None and not this.sent.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > limit:
        raise RequestEntityTooLarge
    try:
        raw: bytes = this.sent["wsgi.input"].read(limit + 1 if length is None else length)
    except TooSlow as late:
        raise Refused([too_slow(late)]) from None
    except Exception:  # what a server raises for a broken chunk is its own; reading is the caller's part, not ours
        raise Refused([_UNREAD]) from None
    if len(raw) > limit:
        raise RequestEntityTooLarge
    if length is not None and len(raw) < length:
        raise Refused([_UNREAD])
    return raw


def too_slow(late: TooSlow) -> Problem:
    """What is said to whoever was."""
    said = f"The request did not come in whole within {late} s. Nothing was triaged."
    return Problem(Kind.TOO_SLOW, "", said, "Send it again.")


def _drain() -> None:
    """Read on and forget what is too long, within reason: a caller who is still sending would not see the reply."""
    with suppress(Exception):  # too slow or broken: the reply is the same
        for _ in range(DRAINED_BYTES // DRAINED_AT_ONCE):
            if not passing().sent["wsgi.input"].read(DRAINED_AT_ONCE):
                return


def fhir_reply(resource: dict[str, Any] | bytes, wanted: Wanted, version: FhirVersion, status: int = 200) -> Response:
    """A resource, or its JSON, as the reply to a request, in the format and version that were agreed on."""
    body = resource if isinstance(resource, bytes) else orjson.dumps(resource)
    return Response(body, status=status, content_type=wanted.content_type(version))


def outcome_reply(problems: list[Problem]) -> Response:
    """Problems as the reply to a request, which the first of them gives its status."""
    kind = problems[0].kind
    this = passing()
    this.refused_for, this.kinds = kind.value, sorted({problem.kind.value for problem in problems})
    asked = agreed(this.sent)
    reply = fhir_reply(operation_outcome(problems), asked, asked.version or DEFAULT, STATUS[kind])
    if kind is Kind.NOT_READY:
        reply.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return reply


def _refused(refused: Refused) -> Response:
    return outcome_reply(refused.problems)


def _http_error(error: HTTPException) -> Response:
    """Flask's own refusals: an unknown address, a wrong method, a body that is too long or broken off."""
    if error.code == 405:
        reply = outcome_reply([Problem(Kind.METHOD, "", "This address does not take this method.", _SERVED)])
        reply.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        return reply
    if error.code == 404:
        return outcome_reply([Problem(Kind.NOT_FOUND, "", "There is nothing at this address.", _SERVED)])
    if error.code == 413:
        _drain()
        limit = the_service().settings.max_body_bytes
        return outcome_reply([Problem(Kind.TOO_LARGE, "", f"The body is longer than {limit} bytes.", "Send less.")])
    if (error.code or 500) >= 500:
        return _fault(getattr(error, "original_exception", None) or error)
    return outcome_reply([_UNREAD])


def _fault(error: Exception) -> Response:
    """A fault of ours: the caller learns an id, the log learns the place, neither learns what was sent."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log(
        "fault",
        severity=logging.ERROR,
        request_id=passing().ids.request,
        error_type=type(error).__name__,
        error_place=f"{place.filename.rsplit('/', 2)[-2]}/{place.filename.rsplit('/', 1)[-1]}:{place.lineno}",
    )
    said = "The service failed. Nothing was triaged."
    return outcome_reply([Problem(Kind.FAULT, "", said, f"Report it with the request id {passing().ids.request}.")])


def surround(app: Flask) -> None:
    """Put these edges around every request of the application, and keep Flask's own log, which may quote, silent."""
    app.logger.disabled = True
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
    app.wsgi_app = _around(app.wsgi_app, app.extensions["watch"])  # type: ignore[method-assign, assignment]  # Flask's own way


def _around(inner: Wsgi, watch: Watch) -> Wsgi:
    """Number the request; when its reply begins, add what every reply carries and tell of it.

    This is WSGI and not hooks of Flask's, and the headers join a plain list: together they would cost more than Flask.
    """

    in_force, tally = watch.in_force, watch.tally
    hsts = in_force.service.settings.hsts_seconds

    def around(sent: dict[str, Any], start_response: Any) -> Any:
        this = Passing(sent, get_content_length(sent), in_force, ids_of(sent), tally, _came(sent))
        with suppress(TimeoutError):  # it is asked for again where the fault can be answered
            this.service = in_force.now()

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers += told.of_request(this, int(status[:3]))
            protect(headers, sent, hsts_seconds=hsts)
            return start_response(status, headers, exc_info)

        before = _PASSING.set(this)
        tally.in_flight += 1
        try:
            with request_span(this.ids.trace) as this.span:
                return inner(sent, begin)
        finally:
            tally.in_flight -= 1
            _PASSING.reset(before)

    return around


def _came(sent: Sent) -> float:
    return sent.get(CAME) or time.perf_counter()
