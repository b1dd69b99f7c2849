"""Who sends slowly, or nothing, or without a pause: all others are answered meanwhile, and nobody has for ever."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
HEAD = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: "
TOO_SLOW = "The request did not come in whole within 1 s. Nothing was triaged. Send it again."

Start = Callable[..., Any]
Respond = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def brief(start_server: Start) -> Any:
    """One worker that gives a request one second."""
    return start_server(TRIAGE_WORKERS="1", TRIAGE_REQUEST_TIMEOUT="1")


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_others_are_answered_while_many_send_slowly_and_these_are_in_the_end(
    start_server: Start, respond: Respond
) -> None:
    served = start_server(TRIAGE_WORKERS="1")
    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()
    whole = f"{HEAD}{len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    cuts = [1, 20, 100, len(whole) - len(body), len(whole) - 30, len(whole) - 1] * 4
    slow = [served.connect() for _ in cuts]
    for connection, cut in zip(slow, cuts, strict=True):
        connection.sendall(whole[:cut])
    for _ in range(10):
        assert served.send("POST", TRIAGE, body, {"Content-Type": "application/fhir+json"}).status == 200
    for connection, cut in zip(slow, cuts, strict=True):
        connection.sendall(whole[cut:])
    for connection in slow:
        assert all_of(connection).startswith(b"HTTP/1.1 200 ")
        connection.close()


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        (b"P", "unreadable"),
        (f"{HEAD}500\r\nX-Name: Example".encode(), "unreadable"),
        (f"{HEAD}500\r\n\r\n".encode(), "request"),
        (f'{HEAD}500\r\n\r\n{{"resourceType":'.encode(), "request"),
        (
            f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n".encode()
            + b"Transfer-Encoding: chunked\r\n\r\n1f4\r\n{",
            "request",
        ),
    ],
    ids=["a letter", "half a head", "no body", "half a body", "half a chunk"],
)
@pytest.mark.parametrize("trickling", [False, True], ids=["stops", "trickles"])
def test_a_request_that_is_not_in_by_its_time_is_408(
    brief: Any, texts: Callable[..., list[str]], sent: bytes, event: str, trickling: bool
) -> None:
    logged = len(brief.events)
    with brief.connect() as connection:
        connection.sendall(sent)
        if trickling:
            connection.settimeout(0.1)
            while not _readable(connection):
                connection.sendall(b"1")
            connection.settimeout(30)
        head, _, body = all_of(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert texts(json.loads(body)) == [TOO_SLOW]
    assert json.loads(body)["issue"][0]["code"] == "timeout"
    (line,) = brief.events[logged:]
    assert (line["event"], line["status"]) == (event, 408)
    assert "Example" not in json.dumps(line)


def _readable(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK) != b"?"
    except TimeoutError:
        return False


def test_a_connection_on_which_nothing_comes_is_closed_without_a_word(brief: Any) -> None:
    with brief.connect() as connection:
        assert all_of(connection) == b""


def alive(connection: http.client.HTTPConnection) -> None:
    """Ask once, on a connection that is the same one each time."""
    first = connection.sock
    connection.request("GET", "/health/live")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b'{"status":"live"}\n')
    assert first in (None, connection.sock)


def test_a_kept_connection_may_be_silent_for_longer_than_a_request_may_take(brief: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", brief.port, timeout=30)
    for _ in range(2):
        alive(connection)
        time.sleep(1.5)
    connection.close()


def test_a_place_that_a_silent_connection_holds_is_given_to_another(start_server: Start) -> None:
    served = start_server(TRIAGE_WORKERS="1", TRIAGE_CONNECTIONS="2")
    silent = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=30) for _ in range(2)]
    for connection in silent:
        alive(connection)
    assert served.send("GET", "/health/ready").status == 200
    for connection in silent:
        connection.close()


def test_who_does_not_take_what_was_asked_for_is_hung_up_on(brief: Any) -> None:
    logged = len(brief.events)
    with brief.connect() as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.sendall(b"GET /fhir/Questionnaire HTTP/1.1\r\nHost: x\r\n\r\n" * 400)
        while not [line for line in brief.events[logged:] if line["event"] == "not taken"]:
            assert brief.send("GET", "/health/live").status == 200
            time.sleep(0.1)
    assert {line["severity"] for line in brief.events[logged:]} == {"INFO", "WARNING"}


def test_who_has_the_next_request_always_ready_is_not_served_alone(brief: Any) -> None:
    logged, many = len(brief.events), 400
    with brief.connect() as greedy, brief.connect() as modest:
        modest.sendall(b"GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        greedy.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * many)
        modest.sendall(b"\r\n")
        assert all_of(modest).startswith(b"HTTP/1.1 200 ")
        greedy.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert all_of(greedy).count(b"HTTP/1.1 200 ") == many + 1
    routes = [line["route"] for line in brief.events[logged:]]
    assert routes.count("/health/live") == many + 1
    assert routes.index("/health/ready") < many
