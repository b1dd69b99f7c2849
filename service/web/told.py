"""What is told of a request once its reply begins: to its caller, to the log, to the metrics, to the trace."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from service.assess import Assessed
from service.fhir_io.versions import FhirVersion
from service.metrics import count_decision, count_refusal, count_request
from service.observe import log
from service.tracing import ALLOWED, place_of, tell
from service.triage.model import Level

if TYPE_CHECKING:
    from service.web.edges import Passing

NO_OPERATION = "none"
"""The operation of a request that no door takes."""


def of_request(this: Passing, status: int) -> list[tuple[str, str]]:
    """Log and count a request that is answered with this status; gives the headers that say how it is called."""
    rule, ids = request.url_rule if has_request_context() else None, this.ids  # some are refused before Flask
    method, route = (this.sent["REQUEST_METHOD"], rule.rule) if rule else ("", "")
    seconds = time.perf_counter() - this.began
    headers, named = _names(this)
    log(
        "request",
        request_id=ids.request,
        method=method,
        route=route,
        status=status,
        duration_ms=round(seconds * 1000, 1),
        bytes_in=this.length,
        kinds=this.kinds,
        **named,
        **this.told,
    )
    operation = rule.endpoint.partition(".")[0] if rule else NO_OPERATION
    count_request(this.tally, operation, str(status), seconds)
    if this.kinds:
        count_refusal(this.tally, operation, this.refused_for)
    if this.span:
        _trace(this, method, route, status)
    return headers


def _names(this: Passing) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """The ids of a request, as headers and, but for its own, as fields of the log."""
    headers, fields = [("X-Request-Id", this.ids.request)], dict[str, Any]()
    if correlation := this.ids.correlation:
        headers.append(("X-Correlation-Id", correlation))
        fields["correlation_id"] = correlation
    if place := _place(this):
        headers.append(("traceresponse", "00-{}-{}-{}".format(*place)))
        fields["trace_id"] = place[0]
    return headers, fields


def of_triage(this: Passing, done: Assessed, version: FhirVersion) -> None:
    """Count a triage, and note what is logged of it."""
    decision, rule_set = done.decision, done.rule_set
    this.told = {
        "level": decision.level.code,
        "complete": decision.complete,
        "rule_set": rule_set.id,
        "rule_set_version": rule_set.version,
        "fhir_version": version.code,
    }
    count_decision(
        this.tally,
        (rule_set.id, rule_set.version),
        level=decision.level.code,
        complete=decision.complete,
        fired=[finding.criterion.id for finding in decision.fired],
        red_flags=[one.item.link_id for one in decision.open_questions if one.could_reach >= Level.URGENT],
    )


def _place(this: Passing) -> tuple[str, str, str] | None:
    """Where the request stands in a trace: by its span, else by what its caller said, with an id made up for it."""
    if this.span:
        return place_of(this.span)
    trace = this.ids.trace
    return (trace.trace_id, secrets.token_hex(8), trace.flags) if trace else None


def _trace(this: Passing, method: str, route: str, status: int) -> None:
    tell(
        this.span,
        http__request__method=method,
        http__route=route,
        http__response__status_code=status,
        request_id=this.ids.request,
        kinds=this.kinds,
        **{name: value for name, value in this.told.items() if name in ALLOWED},
    )
