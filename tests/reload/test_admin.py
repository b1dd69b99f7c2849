"""The admin address: reload and its outcome, for programs on this machine; never reached by the main address."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from reload.conftest import TRIAGE, Rules, Served

from service.settings import Settings
from service.web import admin
from service.web.admin import create_admin
from service.web.board import Board, new_board
from service.web.in_force import InForce
from service.wiring import Service

Serve = Callable[..., Served]
FORBIDDEN = "Requests come from programs on this machine, to a loopback address, and never from a page in a browser."
NOTHING = "There is nothing at this address. There are: GET /rules and POST /rules/reload."


def test_a_reload_is_answered_with_what_is_served_now(serve: Serve, rules: Rules) -> None:
    served = serve()
    first = served.send("GET", "/rules", admin=True)
    assert (first[0], set(first[2])) == (200, {"ruleSets"})
    version, digest = rules.write("1.1.0")
    status, _, said = served.send("POST", "/rules/reload", admin=True)
    serving = [{"id": "limb-numbness", "version": version, "sha256": digest}]
    assert (status, said) == (200, {"status": "reloaded", "ruleSets": serving})
    assert {served.triage() for _ in range(40)} == {(version, digest)}
    now = served.send("GET", "/rules", admin=True)[2]
    last = now.pop("lastReload")
    assert now == {"ruleSets": serving}
    assert last.pop("at") == served.ready()["lastReload"]["at"]
    assert last == {"state": "reloaded", "ruleSets": serving}


def test_a_refusal_is_answered_with_every_problem_and_what_still_serves(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1)
    before = served.ready()["ruleSets"]
    mend = rules.break_them()
    status, _, said = served.send("POST", "/rules/reload", admin=True)
    assert (status, said["status"], said["ruleSets"]) == (422, "refused", before)
    (problem,) = said["problems"]
    assert set(problem) == {"where", "message", "remedy"}
    assert problem["where"] == "limb_numbness/tests.yaml:6:1"
    assert served.ready()["ruleSets"] == before
    assert served.ready()["lastReload"]["state"] == "refused"
    assert served.send("GET", "/rules", admin=True)[2]["lastReload"]["problems"] == [problem]
    mend()
    assert served.send("POST", "/rules/reload", admin=True)[0] == 200


def test_two_who_ask_at_once_are_both_answered(serve: Serve, rules: Rules) -> None:
    served = serve()
    wanted = rules.write("1.1.0")
    got: list[Any] = []
    asking = [
        threading.Thread(target=lambda: got.append(served.send("POST", "/rules/reload", admin=True))) for _ in range(6)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert {status for status, _, _ in got} <= {200, 503}
    assert 200 in {status for status, _, _ in got}
    for status, headers, said in got:
        if status == 200:
            assert [(one["version"], one["sha256"]) for one in said["ruleSets"]] == [wanted]
        else:
            assert said == {"status": "unavailable", "message": "Another reload is under way. Ask again."}
            assert headers["Retry-After"] == "5"
    assert served.triage() == wanted


def test_all_others_are_answered_while_a_reload_is_waited_for(serve: Serve) -> None:
    served = serve(workers=1)
    waiting = served.connect(served.admin_port)
    waiting.request("POST", "/rules/reload")
    assert served.send("GET", "/health/live")[0] == 200
    answer = waiting.getresponse()
    assert (answer.status, json.loads(answer.read())["status"]) == (200, "reloaded")
    waiting.close()
    served.wait_until(lambda: any(line["event"] == "admin request" for line in served.logged()))
    events = [line["event"] for line in served.logged() if line.get("route") in ("/health/live", "/rules/reload")]
    assert events == ["request", "admin request"]


def test_it_is_there_when_the_main_address_is_full(serve: Serve) -> None:
    served = serve(workers=1)
    full = [socket.create_connection(("127.0.0.1", served.port), timeout=60) for _ in range(300)]
    for connection in full:
        connection.sendall(b"GET /health/live HTTP/1.1\r\n")
    assert served.send("GET", "/rules", admin=True)[0] == 200
    for connection in full:
        connection.close()


LEADING: list[dict[str, str]] = [
    {},
    {"Host": "127.0.0.1:{admin}"},
    {"Host": "localhost:{admin}", "X-Forwarded-Port": "{admin}", "X-Forwarded-Host": "localhost:{admin}"},
    {"Server-Port": "{admin}", "Forwarded": "host=localhost:{admin}", "X-Forwarded-Server": "localhost"},
    {"SERVER_PORT": "{admin}", "Script-Name": "/rules", "Proxy-Port": "{admin}"},
]
"""Headers that could make a server believe that a request came in by another address."""


def test_the_main_address_never_leads_to_it(serve: Serve) -> None:
    served = serve(workers=1)
    for headers in LEADING:
        given = {name: value.format(admin=served.admin_port) for name, value in headers.items()}
        connection = served.connect()
        connection.request("POST", "/rules/reload", headers=given)
        assert connection.getresponse().status == 404, headers
        connection.close()
    target = f"POST http://127.0.0.1:{served.admin_port}/rules/reload HTTP/1.1\r\nHost: 127.0.0.1:{served.admin_port}"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as raw:
        raw.sendall(f"{target}\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(65_536).startswith(b"HTTP/1.1 404 ")
    assert served.reloads() == []


def test_it_serves_nothing_but_its_two_operations(serve: Serve) -> None:
    served = serve(workers=1)
    fhir = {"Content_Type": "application/fhir+json"}
    reply = served.send("POST", TRIAGE, admin=True, raw=served.body, **fhir)
    assert (reply[0], reply[2]) == (404, {"status": "error", "message": NOTHING})
    for path in ("/", "/health/ready", "/fhir/metadata", "/static/page.css"):
        assert served.send("GET", path, admin=True)[0] == 404
    for method, path in (("GET", "/rules/reload"), ("POST", "/rules"), ("DELETE", "/rules")):
        assert served.send(method, path, admin=True)[0] == 405
    assert served.reloads() == []


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The admin application in process, as a child of the master would run it; signals are kept in a list."""
    return _client(service, monkeypatch, new_board())


def _client(service: Service, monkeypatch: pytest.MonkeyPatch, board: Board) -> Any:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(admin.os, "getppid", lambda: board.master)
    monkeypatch.setattr(admin.os, "kill", lambda pid, number: sent.append((pid, number)))
    made = create_admin(InForce(service, board), board).test_client()
    made.sent = sent
    return made


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:8081"},
        {"Origin": "null"},
        {"Host": "triage.example.org"},
        {"Host": "127.0.0.1.example.org:8081"},
        {"Host": "localhost.example.org"},
        {"Host": "10.0.0.1:8081"},
        {"Host": "0.0.0.0:8081"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/rules/reload"), ("GET", "/rules"), ("GET", "/nothing")])
def test_what_a_page_in_a_browser_could_send_is_refused(
    client: Any, headers: dict[str, str], method: str, path: str
) -> None:
    reply = client.open(path, method=method, headers={"Host": "127.0.0.1:8081", **headers})
    assert (reply.status_code, reply.json) == (403, {"status": "forbidden", "message": FORBIDDEN})
    assert client.sent == []


@pytest.mark.parametrize("host", ["127.0.0.1:8081", "127.1.2.3", "localhost:8081", "LOCALHOST", "[::1]:8081"])
def test_loopback_in_any_spelling_is_let_in(client: Any, host: str) -> None:
    assert client.get("/rules", headers={"Host": host}).status_code == 200


def test_it_does_not_wait_for_ever(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "WAIT_SECONDS", 0.1)
    reply = client.post("/rules/reload")
    said = "The reload has not ended within 20 seconds. GET /rules tells how it ends."
    assert (reply.status_code, reply.json) == (503, {"status": "unavailable", "message": said})
    assert reply.headers["Retry-After"] == "5"
    assert len(client.sent) == 1


def test_a_reload_under_way_is_said_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    board = new_board()
    board.begin()
    made = _client(service, monkeypatch, board)
    reply = made.post("/rules/reload")
    said = "Another reload is under way. Ask again."
    assert (reply.status_code, reply.json) == (503, {"status": "unavailable", "message": said})
    assert made.sent == []


def test_no_stranger_is_signalled_when_the_master_is_gone(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.os, "getppid", lambda: 1)
    reply = client.post("/rules/reload")
    said = "The process that reloads is gone. Restart the service."
    assert (reply.status_code, reply.json) == (503, {"status": "unavailable", "message": said})
    assert client.sent == []


def test_without_the_setting_there_is_none(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1, admin=False)
    with pytest.raises(ConnectionRefusedError):
        served.send("GET", "/rules", admin=True)
    wanted = rules.write("1.1.0")
    served.reload()
    assert served.triage() == wanted


def test_the_log_tells_of_it(serve: Serve) -> None:
    served = serve(workers=1)
    served.send("POST", "/rules/reload", admin=True)
    served.send("POST", "/rules/reload?name=Example", admin=True, Origin="http://example.org/Example")
    served.wait_until(lambda: len([line for line in served.logged() if line["event"] == "admin request"]) == 2)
    lines = [line for line in served.logged() if line["event"] == "admin request"]
    assert [(line["route"], line["status"]) for line in lines] == [("/rules/reload", 200), ("/rules/reload", 403)]
    assert "Example" not in json.dumps(served.logged())
    assert f"http://127.0.0.1:{served.admin_port}" in {line.get("address") for line in served.logged()}


def test_the_settings_know_its_host_and_port() -> None:
    assert Settings(admin_address="localhost:8081").admin == ("127.0.0.1", 8081)
    assert Settings(admin_address="[::1]:8081").admin == ("::1", 8081)
    assert Settings().admin is None
