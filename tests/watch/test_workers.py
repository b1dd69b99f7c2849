"""Real servers with several workers: metrics that add up whoever is asked, and that outlive a worker."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from watch.reading import samples

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}
SECONDS = 20

Told = dict[str, dict[tuple[str, ...], float]]


def asked(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def told_by(port: int) -> Told:
    status, raw = asked(port, "/metrics")
    assert status == 200
    return samples(raw.decode())


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def triages(told: Told) -> float:
    return told.get("triage_requests_total", {}).get(("triage", "200"), 0)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


@pytest.fixture
def served(start_server: Any, port: int) -> Any:
    return start_server(TRIAGE_WORKERS="2", TRIAGE_METRICS_ADDRESS=f"127.0.0.1:{port}", TRIAGE_CANARY_SECONDS="1")


def workers_of(master: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{master}/task/{master}/children").read_text("ascii").split()]


def test_workers_are_summed_and_what_one_counted_outlives_it(served: Any, port: int, respond: Any) -> None:
    body = json.dumps(respond({"numbness": True, "confusion": True}))

    def send(_: int) -> int:
        return int(served.send("POST", TRIAGE, body, FHIR).status)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(100))) == {200}
    until(lambda: triages(told_by(port)) == 100)
    told = told_by(port)
    assert (told["triage_workers"], told["triage_worker_starts_total"]) == ({(): 2}, {(): 2})
    assert told["triage_criteria_fired_total"]["confusion", "limb-numbness", "1.0.0"] == 100
    assert told["triage_request_duration_seconds_count"][("triage",)] == 100
    for worker in workers_of(served.process.pid):
        os.kill(worker, signal.SIGKILL)
        until(lambda: len(workers_of(served.process.pid)) == 2 and served.send("GET", "/health/live").status == 200)
    until(lambda: told_by(port)["triage_worker_starts_total"] == {(): 4})
    until(lambda: told_by(port)["triage_workers"] == {(): 2})
    assert triages(told_by(port)) == 100, "a counter never goes back"
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(20))) == {200}
    until(lambda: triages(told_by(port)) == 120)
    assert {triages(told_by(port)) for _ in range(10)} == {120}, "whoever answers"


def test_no_worker_tells_of_less_than_another_told_before(served: Any, port: int, respond: Any) -> None:
    body, told = json.dumps(respond({"numbness": True})), [0.0]
    for _ in range(40):
        assert served.send("POST", TRIAGE, body, FHIR).status == 200
        told.append(triages(told_by(port)))
    assert told == sorted(told)


def test_the_metrics_address_has_the_probes_and_nothing_else(served: Any, port: int, respond: Any) -> None:
    for path in ("/health/live", "/health/started", "/health/ready"):
        assert asked(port, path)[0] == 200
        assert served.send("GET", path).status == 200
    for path in ("/", "/fhir/metadata", TRIAGE, "/rules"):
        assert asked(port, path)[0] == 404
    assert served.send("GET", "/metrics").status == 404
    said = json.loads(asked(port, "/nothing")[1])
    assert said["message"] == "There are: GET /metrics, /health/live, /health/ready and /health/started."


def test_the_canary_is_tried_again_and_again_in_each_worker(served: Any, port: int) -> None:
    def tried_at() -> float:
        return told_by(port)["triage_canary_timestamp_seconds"][()]

    first = tried_at()
    until(lambda: tried_at() >= first + 2)


def test_open_connections_are_told(served: Any, port: int) -> None:
    with socket.create_connection(("127.0.0.1", served.port)), socket.create_connection(("127.0.0.1", served.port)):
        until(lambda: told_by(port)["triage_connections"][()] >= 2)
    assert told_by(port)["triage_connections_limit"] == {(): 512}


def test_it_runs_where_nothing_can_be_written(start_server: Any, port: int) -> None:
    """What the workers tell each other needs no file: neither a folder for it nor one for temporary files."""
    nowhere = "/proc/nowhere"
    server = start_server(TMPDIR=nowhere, HOME=nowhere, TRIAGE_METRICS_ADDRESS=f"127.0.0.1:{port}")
    assert told_by(port)["triage_build_info"]
    opened = [one.readlink() for one in Path(f"/proc/{server.process.pid}/fd").iterdir()]
    assert [path for path in opened if path.suffix == ".db"] == []


def test_what_is_no_http_is_counted_too(served: Any, port: int) -> None:
    assert b" 400 " in served.send_as_it_is(b"KANARI\r\n\r\n")
    until(lambda: told_by(port).get("triage_requests_total", {}).get(("none", "400")) == 1)
