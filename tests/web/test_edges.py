"""What stands around every request: refusals as OperationOutcome, headers, and faults that give nothing away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.config import Config

from service.observe import start_logging
from service.web.app import create_app
from service.web.server import _Log
from service.wiring import Service

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
NAMED = "Patient Example Name"
UNREAD = "The request could not be read. Send the whole body again."
NOT_HTTP = "The request is not HTTP that is understood here. Send it again, well-formed."


@pytest.mark.parametrize(
    "path", ["/fhir/QuestionnaireResponse/$nothing", "/fhir/Patient/1", "/nothing", "/fhir", "/static/nothing.css"]
)
def test_an_unknown_address_is_404(client: FlaskClient, texts: Callable[..., list[str]], path: str) -> None:
    reply = client.get(path)
    said = "There is nothing at this address. See /fhir/metadata for what is served."
    assert (reply.status_code, texts(reply.json)) == (404, [said])
    assert reply.json["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", TRIAGE, "OPTIONS, POST"),
        ("PUT", TRIAGE, "OPTIONS, POST"),
        ("POST", "/fhir/metadata", "GET, HEAD, OPTIONS"),
        ("DELETE", "/fhir/Questionnaire/limb-numbness", "GET, HEAD, OPTIONS"),
        ("POST", "/", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_405_and_names_the_right_ones(
    client: FlaskClient, texts: Callable[..., list[str]], method: str, path: str, allowed: str
) -> None:
    reply = client.open(path, method=method)
    said = "This address does not take this method. See /fhir/metadata for what is served."
    assert (reply.status_code, texts(reply.json)) == (405, [said])
    assert reply.headers["Allow"] == allowed


def test_a_body_over_the_limit_is_413(post: Callable[..., Any], texts: Callable[..., list[str]]) -> None:
    reply = post(b" " * 1_048_577)
    assert (reply.status_code, texts(reply.json)) == (413, ["The body is longer than 1048576 bytes. Send less."])
    assert reply.json["issue"][0]["code"] == "too-long"


def test_a_body_over_the_limit_that_does_not_say_how_long_it_is_is_413(
    server: Any, texts: Callable[..., list[str]]
) -> None:
    chunks = (b" " * 65_536 for _ in range(40))
    reply = server.send("POST", TRIAGE, chunks, {"Content-Type": "application/fhir+json"})
    assert (reply.status, texts(reply.json)) == (413, ["The body is longer than 1048576 bytes. Send less."])


def test_a_body_just_within_the_limit_is_read(post: Callable[..., Any], respond: Callable[..., dict[str, Any]]) -> None:
    raw = json.dumps(respond({"numbness": True})).encode()
    assert post(raw + b" " * (1_048_576 - len(raw))).status_code == 200


def test_a_broken_chunk_is_the_callers_fault(server: Any) -> None:
    head = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked"
    answer = server.send_as_it_is(f"{head}\r\n\r\nno length\r\n{{}}\r\n0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert UNREAD.encode() in answer


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /fhir/metadata?name=Example Name HTTP/1.1\r\nHost: x", b"400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Example Name: 1", b"400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: Example Name", b"400 "),
        (b"GET /?name=Example+Name" + b"e" * 9000 + b" HTTP/1.1\r\nHost: x", b"414 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Name: Example Name" + b"e" * 9000, b"431 "),
        (b"Example Name", b"400 "),
    ],
)
def test_what_is_not_http_is_answered_as_fhir_and_not_repeated(
    server: Any, texts: Callable[..., list[str]], line: bytes, status: bytes
) -> None:
    logged = len(server.log)
    head, _, body = server.send_as_it_is(line + b"\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status)
    assert b"Content-Type: application/fhir+json" in head
    assert texts(json.loads(body)) == [NOT_HTTP]
    assert '"event":"unreadable"' in server.log[logged:]
    assert "Example" not in server.log[logged:]


def test_the_log_of_the_http_server_learns_the_type_of_an_exception_only(capfd: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    try:
        raise ValueError(NAMED)
    except ValueError:
        _Log(Config()).exception("Error handling request %s", f"/?name={NAMED}")
    (line,) = capfd.readouterr().err.splitlines()
    told = {name: value for name, value in json.loads(line).items() if name != "time"}
    assert told == {"severity": "ERROR", "event": "fault", "error_type": "ValueError", "error_place": "gunicorn"}


def test_every_reply_carries_a_request_id_of_its_own(client: FlaskClient) -> None:
    ids = set()
    for path in ("/", "/health/live", "/fhir/metadata", "/nothing", "/static/page.css"):
        ids.add(client.get(path).headers["X-Request-Id"])
    assert len(ids) == 5


def test_what_is_said_of_a_patient_is_not_stored_on_the_way(post: Callable[..., Any]) -> None:
    assert post(b"{}").headers["Cache-Control"] == "no-store"
    assert post(b"{}", "$validate").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("fails", "operation"),
    [
        ("service.assess.decide", "$triage"),
        ("service.assess.read_request", "$triage"),
        ("service.assess.build_bundle", "$triage"),
        ("service.assess.validation_problems", "$validate"),
    ],
)
def test_a_fault_of_ours_is_500_and_says_nothing_of_patient_or_code(
    service: Service,
    respond: Callable[..., dict[str, Any]],
    texts: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    fails: str,
    operation: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(NAMED)

    client = create_app(service.settings, service).test_client()
    monkeypatch.setattr(fails, fail)
    reply = client.post(f"/fhir/QuestionnaireResponse/{operation}", json=respond({"numbness": True}))
    request_id = reply.headers["X-Request-Id"]
    assert reply.status_code == 500
    assert texts(reply.json) == [
        f"The service failed. Nothing was triaged. Report it with the request id {request_id}."
    ]
    assert reply.json["issue"][0] | {"details": {}} == {"severity": "fatal", "code": "exception", "details": {}}
    out, err = capfd.readouterr()
    assert NAMED not in out + err
    fault, finished = (json.loads(line) for line in err.splitlines())
    assert (fault["event"], fault["severity"], fault["error_type"]) == ("fault", "ERROR", "ValueError")
    assert fault["error_place"].startswith("web/test_edges.py:")
    assert fault["request_id"] == finished["request_id"] == request_id
    assert (finished["event"], finished["status"], finished["kinds"]) == ("request", 500, ["fault"])


def test_the_log_says_of_a_triage_what_was_decided_and_nothing_more(
    service: Service, respond: Callable[..., dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    client = create_app(service.settings, service).test_client()
    reply = client.post(TRIAGE, json=respond({"numbness": True, "confusion": True}))
    (line,) = capfd.readouterr().err.splitlines()
    logged = json.loads(line)
    assert logged.pop("time").endswith("+00:00")
    assert logged.pop("duration_ms") > 0
    assert logged.pop("bytes_in") > 100
    assert logged == {
        "severity": "INFO",
        "event": "request",
        "request_id": reply.headers["X-Request-Id"],
        "method": "POST",
        "route": "/fhir/QuestionnaireResponse/$triage",
        "status": 200,
        "kinds": [],
        "level": "emergency",
        "complete": True,
        "rule_set": "limb-numbness",
        "rule_set_version": service.triage.served[0].version,
        "fhir_version": "4.0",
    }
