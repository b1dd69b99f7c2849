"""Traces by OpenTelemetry, when they are wanted: a span for a request and one for each step, from an allow-list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

ALLOWED = frozenset(
    {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "request_id",
        "level",
        "complete",
        "rule_set",
        "rule_set_version",
        "fhir_version",
        "kinds",
        "refused_because",
    }
)
"""Every attribute that a span may have. None of them can hold what a caller wrote, as in the log."""

STEPS = ("read", "decide", "build")


class Caller(Protocol):
    """Where a caller's own span stands, each id in hexadecimal."""

    @property
    def trace_id(self) -> str: ...  # noqa: D102 - said above

    @property
    def parent_id(self) -> str: ...  # noqa: D102

    @property
    def flags(self) -> str: ...  # noqa: D102


_OFF: AbstractContextManager[None] = nullcontext()
_tracer: Any = None
_provider: Any = None


def start_tracing(version: str, exporter: Any = None) -> None:
    """Make spans from now on and send them by OTLP over HTTP to where the variables OTEL_* say; once in each process.

    `exporter`, of OpenTelemetry's kind, takes them instead, one by one.
    """
    global _tracer, _provider  # one for the process, as in OpenTelemetry itself
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    about = {"service.name": "numbness-triage", "service.version": version}
    told = Resource.create()  # what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before what we do
    named = not str(told.attributes.get("service.name", "unknown_service")).startswith("unknown_service")
    _provider = TracerProvider(resource=Resource(about).merge(told) if named else told.merge(Resource(about)))
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    else:
        _provider.add_span_processor(SimpleSpanProcessor(exporter))
    _tracer = _provider.get_tracer("numbness-triage", version)


def stop_tracing() -> None:
    """Send what is left, and make no more."""
    global _tracer, _provider
    stopped, _tracer, _provider = _provider, None, None
    if stopped is not None:
        stopped.shutdown()


def step(name: str) -> AbstractContextManager[None]:
    """A span around a step of a triage; nothing at all when traces are off."""
    return _OFF if _tracer is None else _span(name)


@contextmanager
def _span(name: str) -> Iterator[None]:
    """An exception that passes is not recorded: its words may quote what was sent."""
    with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def request_span(caller: Caller | None) -> AbstractContextManager[Any]:
    """A span around a request, below the caller's own when that is given; None when traces are off."""
    return _OFF if _tracer is None else _request_span(caller)


@contextmanager
def _request_span(caller: Caller | None) -> Iterator[Any]:
    from opentelemetry import trace
    from opentelemetry.context import Context

    above = Context()
    if caller:
        flags = trace.TraceFlags(int(caller.flags, 16))
        told = trace.SpanContext(int(caller.trace_id, 16), int(caller.parent_id, 16), is_remote=True, trace_flags=flags)
        above = trace.set_span_in_context(trace.NonRecordingSpan(told), above)
    with _tracer.start_as_current_span(
        "request", context=above, kind=trace.SpanKind.SERVER, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def tell(span: Any, **attributes: Any) -> None:
    """Say something of a request; ValueError for what is not allowed. A dot in a name is written as two underscores."""
    named = {name.replace("__", "."): value for name, value in attributes.items() if value not in (None, "", [])}
    if not named.keys() <= ALLOWED:
        raise ValueError(f"not on the list of attributes: {', '.join(sorted(named.keys() - ALLOWED))}")
    span.set_attributes(named)
    if named.get("http.response.status_code", 0) >= 500:
        from opentelemetry.trace import Status, StatusCode

        span.set_status(Status(StatusCode.ERROR))


def place_of(span: Any) -> tuple[str, str, str]:
    """The trace that a span is in, the span's own id, and the flags, all in hexadecimal."""
    context = span.get_span_context()
    return f"{context.trace_id:032x}", f"{context.span_id:016x}", f"{context.trace_flags:02x}"
