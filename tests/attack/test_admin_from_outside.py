"""The reload and all of the admin address, asked for from another address than loopback: there is nothing there."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attack.wire import replies, sent
from reload.conftest import TRIAGE, Served, rules, serve

__all__ = ["rules", "serve"]

TRICKS = (
    "POST /rules/reload HTTP/1.1\r\nHost: 127.0.0.1:{admin}",
    "POST /rules/reload HTTP/1.1\r\nHost: localhost:{admin}",
    "POST /rules/reload/ HTTP/1.1\r\nHost: localhost:{admin}",
    "POST //rules/reload HTTP/1.1\r\nHost: localhost:{admin}",
    "POST /rules/%72eload HTTP/1.1\r\nHost: localhost:{admin}",
    "POST /fhir/../rules/reload HTTP/1.1\r\nHost: localhost:{admin}",
    "POST http://127.0.0.1:{admin}/rules/reload HTTP/1.1\r\nHost: 127.0.0.1:{admin}",
    "POST http://127.0.0.1:{admin}/rules/reload HTTP/1.1\r\nHost: {public}",
    "POST /rules/reload HTTP/1.1\r\nHost: {public}\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1",
    "POST /rules/reload HTTP/1.1\r\nHost: {public}\r\nX-Forwarded-Host: localhost:{admin}\r\nX-Forwarded-Port: {admin}",
    "POST /rules/reload HTTP/1.1\r\nHost: {public}\r\nForwarded: for=127.0.0.1;host=localhost:{admin};proto=http",
    "POST /rules/reload HTTP/1.1\r\nHost: {public}\r\nServer-Port: {admin}\r\nX-Server-Port: {admin}",
    "POST /rules/reload HTTP/1.1\r\nHost: {public}\r\nSERVER_PORT: {admin}\r\nSERVER_NAME: localhost",
    "POST /reload HTTP/1.1\r\nHost: {public}\r\nSCRIPT_NAME: /rules\r\nPATH_INFO: /rules/reload",
    "POST /health/live HTTP/1.1\r\nHost: {public}\r\nX-Original-URL: /rules/reload\r\nX-Rewrite-URL: /rules/reload",
    "GET /rules/reload HTTP/1.1\r\nHost: {public}\r\nX-HTTP-Method-Override: POST",
)
"""Requests that could be taken for such as came in by the admin address."""


@pytest.fixture
def served(serve: Callable[..., Served], environment: dict[str, str]) -> Iterator[Served]:
    """A server that listens to the whole network, knows no callers, and has an admin address."""
    before = dict(environment)
    environment |= {"TRIAGE_HOST": "0.0.0.0", "TRIAGE_AUTH": "none", "TRIAGE_INSECURE": "true"}
    try:
        yield serve(workers=1)
    finally:
        environment.clear()
        environment.update(before)


def outside() -> list[str]:
    """Addresses of this machine beside 127.0.0.1: another of its loopback, and that of its network if it has one."""
    found = ["127.0.0.2"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # sends nothing: it only tells the address that would be used
            found.append(asking.getsockname()[0])
        except OSError:
            pass
    return found


def test_nothing_is_reloaded_from_outside(served: Served) -> None:
    for host in outside():
        for trick in TRICKS:
            head = trick.format(admin=served.admin_port, public=f"{host}:{served.port}")
            ((status, _),) = replies(sent((host, served.port), f"{head}\r\nContent-Length: 0\r\n\r\n".encode()))
            assert status in (400, 404, 405), trick
    assert served.reloads() == []
    assert "lastReload" not in served.ready()


def test_no_reload_is_smuggled_behind_another_request(served: Served) -> None:
    hidden = f"POST /rules/reload HTTP/1.1\r\nHost: localhost:{served.admin_port}\r\nContent-Length: 0\r\n\r\n"
    for length, chunks in ((0, ""), (len(hidden), "Transfer-Encoding: chunked\r\n")):
        raw = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{chunks}\r\n"
        got: list[Any] = [status for status, _ in replies(sent(("127.0.0.2", served.port), (raw + hidden).encode()))]
        assert set(got) <= {400, 404, 415}, got
    assert served.reloads() == []


def test_nobody_listens_at_the_admin_port_but_at_its_own_address(served: Served) -> None:
    for host in outside():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, served.admin_port), timeout=5)
    status, _, said = served.send("GET", "/rules", admin=True)
    assert (status, list(json.loads(json.dumps(said)))) == (200, ["ruleSets"])
