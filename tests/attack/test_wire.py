"""What comes over a real connection: bombs, chunks, wrong lengths, smuggling, pipelines, callers that break off."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attack.invariants import TRACE
from attack.wire import BOMB, GOOD, NAMED, PLAIN, broken_off, faults, odd, post, replies, sent

ODD = int(os.environ.get("ATTACK_WIRE", "400"))
GROWTH_BYTES = 40 * 1024 * 1024


@pytest.fixture
def address(server: Any) -> Iterator[tuple[str, int]]:
    """Where the server is; afterwards it is still well, had no fault, and logged nothing of what was sent."""
    before = len(server.log)
    yield ("127.0.0.1", server.port)
    assert server.process.poll() is None
    ((status, _),) = replies(sent(("127.0.0.1", server.port), post(GOOD, "Connection: close")))
    assert status == 200
    logged = server.log[before:]
    assert '"fault"' not in logged, logged[-3000:]
    assert not TRACE.search(logged)


@pytest.mark.parametrize("name", NAMED)
def test_an_odd_request_is_answered_or_refused(address: tuple[str, int], name: str) -> None:
    raw, statuses = NAMED[name]
    came = sent(address, raw)
    assert list(faults(came)) == []
    assert {status for status, _ in replies(came)[:1]} <= statuses
    assert came or not statuses


def test_no_second_request_is_smuggled_in(address: tuple[str, int]) -> None:
    hidden = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    for raw in (
        post(b"0\r\n\r\n" + hidden, "Transfer-Encoding: chunked", length=5 + len(hidden)),
        post(hidden, "Transfer-Encoding: chunked, identity", length=len(hidden)),
        post(hidden, f"Content-Length: {len(hidden)}", length=0),
        post(hidden, "Transfer-Encoding : chunked", length=len(hidden)),
    ):
        came = sent(address, raw)
        assert [status for status, _ in replies(came)] == [400], came


def test_requests_in_a_row_are_answered_in_a_row(address: tuple[str, int]) -> None:
    came = replies(sent(address, (post(GOOD) + post(b"{}")) * 20))
    assert [status for status, _ in came] == [200, 400] * 20


def test_a_bad_request_in_a_row_ends_it(address: tuple[str, int]) -> None:
    came = replies(sent(address, post(GOOD) + b"no HTTP\r\n\r\n" + post(GOOD)))
    assert [status for status, _ in came] == [200, 400]


def test_callers_that_break_off_leave_nothing_behind(server: Any, address: tuple[str, int]) -> None:
    whole = post(GOOD)
    for cut in (0, 1, 30, len(PLAIN), len(whole) - len(GOOD), len(whole) - 3, len(whole)):
        for _ in range(8):
            broken_off(address, whole[:cut])
    assert _open_files(server) < 80


def test_many_that_send_nothing_more_hold_up_nobody(address: tuple[str, int]) -> None:
    held = [socket.create_connection(address, timeout=30) for _ in range(60)]
    try:
        for number, one in enumerate(held):
            one.sendall(post(GOOD)[: 20 + number * 3])
        assert replies(sent(address, post(GOOD)))[0][0] == 200
    finally:
        for one in held:
            one.close()


def test_bombs_make_it_hold_no_more_memory(server: Any, address: tuple[str, int]) -> None:
    bombs = [post(BOMB, "Content-Encoding: gzip"), post(BOMB), NAMED["zip bomb"][0], NAMED["deflate bomb"][0]]
    for raw in bombs * 2:
        sent(address, raw)
    before = _held(server)
    asking = [threading.Thread(target=sent, args=(address, raw)) for raw in bombs * 12]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert _held(server) - before < GROWTH_BYTES


def test_odd_requests_without_end(address: tuple[str, int]) -> None:
    found = {}
    for number in range(ODD):
        raw = odd(1, number)
        if wrong := list(faults(sent(address, raw))):
            found[number] = (wrong, raw[:300])
    assert found == {}


def _workers(server: Any) -> list[int]:
    pid = server.process.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _held(server: Any) -> int:
    """The memory that all workers hold."""
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096 for one in _workers(server))


def _open_files(server: Any) -> int:
    return max(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in _workers(server))
