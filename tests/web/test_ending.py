"""SIGTERM: whoever was let in is answered, under load too, and nobody who is silent holds up the end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}

Start = Callable[..., Any]
Respond = Callable[..., dict[str, Any]]


def ask_until_nobody_is_there(port: int, body: bytes, *, keep_alive: bool, said: Counter[str]) -> None:
    """Ask over and over, and count what came back; a connection that was made and gives no reply is lost."""
    headers = FHIR if keep_alive else {**FHIR, "Connection": "close"}
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
        except OSError:
            return
        try:
            closing = False
            while not closing:
                connection.request("POST", f"{TRIAGE}?explain=false", body, headers)
                answer = connection.getresponse()
                closing = answer.will_close
                said[f"{answer.status} {len(answer.read()) > 1000}"] += 1
        except (OSError, http.client.HTTPException) as lost:
            said[f"lost, {'kept' if keep_alive else 'fresh'}: {type(lost).__name__}"] += 1
        finally:
            connection.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nobody_who_was_let_in_is_lost_when_it_ends_under_load(
    start_server: Start, respond: Respond, workers: str
) -> None:
    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()
    for _ in range(3):
        served, said = start_server(TRIAGE_WORKERS=workers), Counter[str]()
        asking = [
            threading.Thread(
                target=ask_until_nobody_is_there,
                args=(served.port, body),
                kwargs={"keep_alive": number % 2 == 0, "said": said},
            )
            for number in range(16)
        ]
        for thread in asking:
            thread.start()
        while said.total() < 100:
            time.sleep(0.01)
        assert served.stop() == 0
        for thread in asking:
            thread.join()
        assert set(said) == {"200 True"}, said


def test_a_request_that_is_half_in_is_answered_and_the_connection_then_closed(
    start_server: Start, respond: Respond
) -> None:
    served = start_server(TRIAGE_WORKERS="1")
    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()
    head = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: {len(body)}"
    with served.connect() as slow, served.connect() as silent:
        slow.sendall(f"{head}\r\n\r\n".encode() + body[:100])
        assert served.send("GET", "/health/live").status == 200
        served.process.terminate()
        assert silent.recv(1) == b""
        slow.sendall(body[100:])
        answer = b"".join(iter(lambda: slow.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert served.stop() == 0


def test_a_worker_that_alone_is_told_to_end_is_replaced_and_the_address_stays_open(start_server: Start) -> None:
    served = start_server(TRIAGE_WORKERS="1")
    (worker,) = _workers(served)
    os.kill(worker, signal.SIGTERM)
    while _workers(served) <= {worker}:
        time.sleep(0.02)
    for _ in range(5):
        assert served.send("GET", "/health/ready").status == 200


def _workers(served: Any) -> set[int]:
    pid = served.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()}
