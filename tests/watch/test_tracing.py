"""Traces: a span for the request and one for each step, in the caller's trace, with allowed attributes only."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from service.tracing import ALLOWED, STEPS, start_tracing, step, stop_tracing, tell

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    start_tracing("0", exporter)
    yield exporter
    stop_tracing()


def test_a_triage_has_a_span_for_each_step_below_that_of_the_request(
    client: FlaskClient, spans: InMemorySpanExporter, respond: Any
) -> None:
    reply = client.post(TRIAGE, json=respond({"numbness": True, "confusion": True}))
    *steps, whole = spans.get_finished_spans()
    assert tuple(span.name for span in steps) == STEPS
    assert {span.parent.span_id for span in steps} == {whole.context.span_id}
    assert (whole.name, whole.kind.name, whole.parent) == ("request", "SERVER", None)
    assert dict(whole.attributes) == {
        "http.request.method": "POST",
        "http.route": TRIAGE,
        "http.response.status_code": 200,
        "request_id": reply.headers["X-Request-Id"],
        "level": "emergency",
        "complete": True,
        "rule_set": "limb-numbness",
        "rule_set_version": "1.0.0",
        "fhir_version": "4.0",
    }
    assert [dict(span.attributes) for span in steps] == [{}, {}, {}]
    assert reply.headers["traceresponse"] == (
        f"00-{whole.context.trace_id:032x}-{whole.context.span_id:016x}-{whole.context.trace_flags:02x}"
    )


def test_the_callers_trace_is_gone_on_with(client: FlaskClient, spans: InMemorySpanExporter, respond: Any) -> None:
    sent = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "kanari=1", "baggage": "name=kanari"}
    reply = client.post(TRIAGE, json=respond({"numbness": True}), headers=sent)
    finished = spans.get_finished_spans()
    assert {f"{span.context.trace_id:032x}" for span in finished} == {TRACE}
    assert f"{finished[-1].parent.span_id:016x}" == PARENT
    assert reply.headers["traceresponse"].startswith(f"00-{TRACE}-{finished[-1].context.span_id:016x}-")
    assert "kanari" not in "".join(span.to_json() for span in finished)


def test_a_trace_that_its_caller_does_not_keep_is_not_kept(
    client: FlaskClient, spans: InMemorySpanExporter, respond: Any
) -> None:
    client.post(TRIAGE, json=respond({"numbness": True}), headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    assert spans.get_finished_spans() == ()


def test_a_refusal_says_its_kind_and_a_fault_is_an_error_without_its_words(
    client: FlaskClient, spans: InMemorySpanExporter, respond: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(TRIAGE, data=b"{", content_type="application/fhir+json")
    refused = spans.get_finished_spans()[-1]
    assert (refused.attributes["kinds"], refused.status.status_code) == (("malformed",), StatusCode.UNSET)

    def fail(*_: object, **__: object) -> None:
        raise KeyError("Kanari Müller")

    monkeypatch.setattr("service.assess.decide", fail)
    assert client.post(TRIAGE, json=respond({"numbness": True})).status_code == 500
    failed = spans.get_finished_spans()[-1]
    assert (failed.status.status_code, failed.status.description) == (StatusCode.ERROR, None)
    text = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "anari" not in text
    assert [span.events for span in spans.get_finished_spans() if span.events] == []


@pytest.mark.parametrize("name", ["subject", "http__url", "url__query", "answers", "user_agent__original"])
def test_an_attribute_that_is_not_on_the_list_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=r"^not on the list of attributes: "):
        tell(None, **{name: "Kanari"})
    assert name.replace("__", ".") not in ALLOWED


def test_when_off_nothing_is_made_nor_imported(environment: dict[str, str], client: FlaskClient, respond: Any) -> None:
    assert step("read") is step("decide")
    reply = client.post(TRIAGE, json=respond({"numbness": True}))
    assert "traceresponse" not in reply.headers
    code = "import sys, service.web.server, service.web.minding; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


class _Collector(BaseHTTPRequestHandler):
    """Stands in for an OpenTelemetry collector: keeps what it is sent."""

    bodies: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        self.bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_running_service_sends_its_spans_by_otlp(start_server: Any, respond: Any) -> None:
    _Collector.bodies.clear()
    with HTTPServer(("127.0.0.1", 0), _Collector) as collector:
        Thread(target=collector.serve_forever, daemon=True).start()
        server = start_server(
            TRIAGE_OTEL="true",
            TRIAGE_WORKERS="1",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}",
            OTEL_SERVICE_NAME="ward-three",
        )
        sent = {**FHIR, "traceparent": f"00-{TRACE}-{PARENT}-01"}
        assert server.send("POST", TRIAGE, json.dumps(respond({"numbness": True})), sent).status == 200
        assert server.stop() == 0  # what is left is sent at the end
        collector.shutdown()
    assert {path for path, _ in _Collector.bodies} == {"/v1/traces"}
    text = b"".join(raw for _, raw in _Collector.bodies)
    for word in (b"ward-three", b"read", b"decide", b"build", b"request", b"routine", bytes.fromhex(TRACE)):
        assert word in text
    assert b"Patient/example" not in text


def test_a_collector_that_is_not_there_holds_up_neither_answers_nor_the_end(start_server: Any, respond: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        server = start_server(TRIAGE_OTEL="true", TRIAGE_WORKERS="1", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
        for _ in range(20):
            reply = server.send("POST", TRIAGE, json.dumps(respond({"numbness": True})), FHIR)
            assert reply.status == 200
        assert server.stop() == 0
    assert "anari" not in server.log
    assert "Traceback" not in server.log


def test_what_only_the_log_may_hold_is_not_told_of_a_span(
    client: FlaskClient, spans: InMemorySpanExporter, respond: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.told.ALLOWED", frozenset({"level"}))
    assert client.post(TRIAGE, json=respond({"numbness": True})).status_code == 200
    told = spans.get_finished_spans()[-1].attributes
    assert told["level"] == "routine"
    assert {"complete", "rule_set"} & set(told) == set()
