"""Marked ids, addresses and names through every door of a real server, with faults put into it: none comes out.

What is looked through: the log at its most talkative, the metrics, the traces, the bodies and headers of every error,
and the names and contents of all files that the server made.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from doors.marked import FHIR, HEADERS, MARK, PATHS, TRACE, TRIAGE, Respond, bodies, triaged
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.tracing import start_tracing, stop_tracing
from service.web.app import create_app
from service.wiring import Service

ID = "kanari-4711"
"""A mark where FHIR wants an id, a code or an address, which a name with a space and an umlaut cannot be."""

IDENTIFIED: dict[str, Any] = {
    "id": ID,
    "identifier": {"system": f"http://{ID}", "value": ID},
    "subject": {"reference": f"Patient/{ID}", "identifier": {"system": f"http://{ID}", "value": ID}, "display": MARK},
    "author": {"reference": f"Practitioner/{ID}"},
    "source": {"reference": f"https://{ID}.example.org/Patient/1"},
    "encounter": {"reference": f"Encounter/{ID}"},
    "basedOn": [{"reference": f"ServiceRequest/{ID}"}],
    "partOf": [{"reference": f"Observation/{ID}"}],
    "meta": {"source": f"http://{ID}", "profile": [f"http://{ID}"], "versionId": ID},
    "extension": [{"url": f"http://{ID}", "valueString": ID}],
}

REFUSED: dict[str, dict[str, Any]] = {
    "status": {"status": "stopped"},
    "no such status": {"status": ID},
    "group": {"subject": {"reference": f"Group/{ID}"}},
    "inside": {"subject": {"reference": f"#{ID}"}},
    "another type": {"subject": {"reference": f"Patient/{ID}", "type": "Group"}},
    "encounter": {"encounter": {"reference": f"Group/{ID}"}},
    "basis": {"basedOn": [{"reference": f"#{ID}"}]},
    "contained": {"contained": [{"resourceType": "Patient", "id": ID}, {"resourceType": ID}]},
    "questionnaire": {"questionnaire": f"http://{ID}/Questionnaire/{ID}|{ID}"},
    "id": {"id": f"{ID}_"},
    "extension": {"extension": [{"url": f"http://{ID}", "valueString": ID, "valueCode": ID}]},
    "modifier": {"modifierExtension": [{"url": f"http://{ID}", "valueString": ID}]},
    "authored": {"authored": ID},
    "element": {f"{MARK} {ID}": ID},
}

ANSWERED: dict[str, Any] = {
    "uri": {"valueUri": f"http://{ID}"},
    "date": {"valueDate": ID},
    "reference": {"valueReference": {"reference": f"Patient/{ID}"}},
    "file": {"valueAttachment": {"url": f"http://{ID}", "title": ID, "contentType": ID}},
    "quantity": {"valueQuantity": {"value": 1, "unit": ID, "system": f"http://{ID}", "code": ID}},
    "number": {"valueDecimal": ID},
}


def identified(respond: Respond) -> dict[str, bytes]:
    """Bodies that are refused, with marked ids wherever there can be one."""
    made = {name: respond({"numbness": True}, **{**IDENTIFIED, **more}) for name, more in REFUSED.items()}
    made |= {name: respond({"numbness": answer}, **IDENTIFIED) for name, answer in ANSWERED.items()}
    return {name: json.dumps(body).encode() for name, body in made.items()}


def everything(respond: Respond) -> list[tuple[str, str, bytes, dict[str, str]]]:
    """Every request: method, path, body and headers."""
    good = json.dumps(respond({"numbness": True}, **IDENTIFIED)).encode()
    all_bodies = [good, *bodies(respond).values(), *triaged(respond).values(), *identified(respond).values()]
    asked = [
        ("POST", f"/fhir/QuestionnaireResponse/{operation}?name={quote(MARK)}&id={ID}", raw, FHIR)
        for operation in ("$triage", "$validate")
        for raw in all_bodies
    ]
    asked += [("POST", TRIAGE, good, {**FHIR, **headers}) for headers in [*HEADERS, *MARKED_HEADERS]]
    paths = [*PATHS, f"/metrics?{ID}", f"/health/ready?{ID}", f"/?{ID}", f"/rules?{ID}", f"/rules/{ID}"]
    asked += [(method, path, good, FHIR) for path in paths for method in ("GET", "POST", "KANARI")]
    return asked


MARKED_HEADERS: list[dict[str, str]] = [
    {"X-Request-Id": ID, "X-Correlation-Id": ID, "traceparent": f"00-{ID}-1-01", "tracestate": f"{ID}=1"},
    {"baggage": f"name={ID}", "Forwarded": f"for={ID}", "X-Forwarded-Host": ID, "From": f"{ID}@example.org"},
    {"Accept-Language": ID, "Origin": f"https://{ID}", "Cookie": f"{ID}={ID}", "Authorization": f"Basic {ID}"},
    {"Content-Type": f"application/fhir+json; boundary={ID}", "Content-Encoding": ID, "Range": f"{ID}=1-2"},
]

BROKEN = [
    f"GET /{ID} HTTP/9.9\r\n\r\n",
    f"{ID} / HTTP/1.1\r\n\r\n",
    f"GET / HTTP/1.1\r\n{ID}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: {ID}\r\n{ID} : 1\r\n\r\n",
    f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Length: {ID}\r\n\r\n",
    f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{ID}\r\n",
    f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {ID}\r\n\r\n",
    f"GET /{ID * 2000} HTTP/1.1\r\n\r\n",
    f"GET / HTTP/1.1\r\nX-Name: {ID * 2000}\r\n\r\n",
]


def unmarked(what: Any) -> bool:
    return TRACE not in str(what).lower()


def test_bodies_with_marked_ids_leave_no_trace_in_process(
    service: Service, respond: Respond, capfd: pytest.CaptureFixture[str]
) -> None:
    exporter = InMemorySpanExporter()
    app = create_app(replace(service.settings, log_level="DEBUG", metrics_address="service"), service)
    start_tracing("0", exporter)
    try:
        client = app.test_client()
        for method, path, raw, headers in everything(respond):
            reply = client.open(path, method=method, data=raw, headers=headers)
            assert reply.status_code < 500, (method, path, headers)
            assert unmarked(reply.headers), (method, path, headers)
            if reply.status_code >= 400:
                assert unmarked(reply.text), (method, path, raw)
        told = client.get("/metrics").text
    finally:
        stop_tracing()
    assert 'triage_requests_total{operation="triage",status="422"}' in told
    assert unmarked(told)
    spans = exporter.get_finished_spans()
    assert len(spans) > 200
    assert unmarked("".join(span.to_json() for span in spans))
    out, err = capfd.readouterr()
    assert '"event":"request"' in err
    assert unmarked(out + err)


def test_of_ids_only_codes_and_link_ids_are_repeated_and_only_to_their_sender(
    post: Any, respond: Respond, texts: Any
) -> None:
    for name, raw in identified(respond).items():
        for operation in ("$triage", "$validate"):
            reply = post(raw, operation).json
            said = reply.get("entry", [{"resource": reply}])[-1]["resource"]
            assert said["resourceType"] == "OperationOutcome", name
            assert unmarked(said), (name, operation)
    code = {"valueCoding": {"system": f"http://{ID}", "code": ID, "display": ID}}
    (text,) = texts(post(respond({"numbness-onset": code})).json)
    assert text.count(ID) == 1
    assert f"The code {ID} is not an option here." in text


@dataclass(frozen=True)
class Broken:
    """A server with a fault in it, its addresses, and the folder that it may write to."""

    port: int
    metrics_port: int
    admin_port: int
    folder: Path
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8")


SERVE = """
import importlib, sys
place, name, mark = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
def fail(*_, **__):
    raise KeyError(mark) from ValueError(mark)
if place != "-":
    held = importlib.import_module(place)
    *above, last = name.split(".")
    for step in above:
        held = getattr(held, step)
    real = getattr(held, last)
    import os
    master = os.getpid()
    setattr(held, last, lambda *a, **k: real(*a, **k) if os.getpid() == master else fail())
from service.cli import main
main()
"""
"""Serves with a function that fails in the workers, as nothing should, with words that quote what was sent."""

FAULTS = [
    "- -",
    "service.assess decide",
    "service.web.told of_request",
    "service.web.told count_request",
    "service.web.validate validate_body",
    "service.web.negotiation wanted",
    "service.web.watch miss_of",
    "service.web.minding tell",
    "service.web.metrics exposition",
    "service.web.connection Connection.recv",
    "service.web.worker Worker.handle",
]


@pytest.fixture
def broken(
    request: pytest.FixtureRequest, environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[[], Broken]]:
    """The server with the fault that the test is called with."""
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> Broken:
        held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        ports = [one.getsockname()[1] for one in held]
        for one in held:
            one.close()
        made = Broken(*ports, tmp_path / "work", tmp_path / "log")
        made.folder.mkdir()
        settings = {
            "TRIAGE_METRICS_ADDRESS": f"127.0.0.1:{made.metrics_port}",
            "TRIAGE_ADMIN_ADDRESS": f"127.0.0.1:{made.admin_port}",
            "TRIAGE_CANARY_SECONDS": "1",
            "TRIAGE_WORKERS": "1",
            "TMPDIR": str(made.folder),
            "HOME": str(made.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-c", SERVE, *request.param.split(), MARK, "serve", "--port", str(made.port)]
        with made.log_file.open("wb") as errors:
            processes.append(
                subprocess.Popen(
                    command, env={**environment, **settings}, stdout=errors, stderr=errors, cwd=made.folder
                )
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", made.port)) == 0:
                    return made
            time.sleep(0.1)
        raise AssertionError(made.log)

    yield start
    for process in processes:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0


def send(port: int, method: str, path: str, raw: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, body and headers; a status of 0 when the server hung up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, raw, {**headers, "Connection": "close"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode(), str(reply.headers)
    except (OSError, http.client.HTTPException):
        return 0, "", ""
    finally:
        connection.close()


@pytest.mark.parametrize("broken", FAULTS, indirect=True)
def test_no_fault_lets_a_mark_out_of_a_running_server(broken: Callable[[], Broken], respond: Respond) -> None:
    server = broken()
    for method, path, raw, headers in everything(respond)[::3]:
        status, body, told = send(server.port, method, path, raw, headers)
        assert unmarked(told), (method, path)
        if status >= 400:
            assert unmarked(body), (method, path)
    for port in (server.metrics_port, server.admin_port):
        for path in (f"/{ID}", f"/metrics?{ID}", f"/rules?{ID}", f"/health/ready?{ID}"):
            for headers in MARKED_HEADERS:
                assert unmarked(send(port, "GET", path, b"", headers)), (port, path)
    for raw_text in BROKEN:
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection,
            contextlib.suppress(OSError),  # a server with a fault in it may hang up at any moment
        ):
            connection.sendall(raw_text.encode())
            connection.shutdown(socket.SHUT_WR)
            assert unmarked(connection.recv(65_536))
    time.sleep(1.5)  # the canary is tried, and what was counted told
    assert unmarked(send(server.metrics_port, "GET", "/metrics", b"", {}))
    log = server.log
    assert '"event":"serving"' in log
    assert unmarked(log)
    assert "Traceback" not in log
    assert [line for line in log.splitlines() if not line.startswith('{"time":')] == []
    names = [os.fspath(path) for path in server.folder.rglob("*")]
    assert unmarked(names)
    assert all(unmarked(path.read_bytes()) for path in server.folder.rglob("*") if path.is_file())
