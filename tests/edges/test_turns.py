"""Who comes when there is too much to do is told so at once; who was let in is answered in turn."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from service.web.app import create_app
from service.web.edges import CAME
from service.web.turns import BUSY, Turns, in_turn
from service.wiring import Service

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
SAID = "There are more requests than can be answered in good time. Nothing was triaged. Ask again."


class Place:
    """Of a connection only this is asked."""

    def __init__(self, *, is_spare: bool = False) -> None:
        self.is_spare = is_spare


def all_done(asking: list[gevent.Greenlet]) -> None:
    """Wait for all of them. The loop does not know how long the tests before took, and would count that as waiting."""
    gevent.get_hub().loop.update_now()
    gevent.joinall(asking, timeout=60, raise_error=True)
    assert all(one.ready() for one in asking)


def asked(inner: Callable[..., Any], turns: Turns, path: str = TRIAGE, *, is_spare: bool = False) -> gevent.Greenlet:
    sent = {"PATH_INFO": path, "gunicorn.socket": Place(is_spare=is_spare)}
    return gevent.spawn(in_turn(inner, turns), sent, None)


def test_those_in_the_line_are_answered_in_turn_and_those_beyond_it_before_them() -> None:
    told: list[str] = []
    turns = Turns(3)

    def inner(sent: dict[str, Any], _: Any) -> None:
        told.append(f"{sent['number']}{' busy' if sent.get(BUSY) else ''}")

    def ask(number: int) -> gevent.Greenlet:
        sent = {"PATH_INFO": TRIAGE, "gunicorn.socket": Place(), "number": number}
        return gevent.spawn(in_turn(inner, turns), sent, None)

    all_done([ask(number) for number in range(5)])
    assert sorted(told[:2]) == ["3 busy", "4 busy"]
    assert told[2:] == ["0", "1", "2"]
    assert (turns.waiting, turns.refused) == (0, 2)


def test_the_line_gets_its_turns_though_others_ask_again_and_again() -> None:
    done = Counter[str]()
    turns = Turns(2)

    def inner(sent: dict[str, Any], _: Any) -> None:
        done["busy" if sent.get(BUSY) else "served"] += 1

    def ask_on() -> None:
        while done["served"] < 200:
            in_turn(inner, turns)({"PATH_INFO": TRIAGE, "gunicorn.socket": Place()}, None)

    all_done([gevent.spawn(ask_on) for _ in range(50)])
    assert done["served"] >= 200
    assert done["busy"] > 0


def test_watchers_are_let_in_though_the_line_is_full() -> None:
    told: list[tuple[str, bool]] = []
    turns = Turns(1)

    def inner(sent: dict[str, Any], _: Any) -> None:
        told.append((sent["PATH_INFO"], BUSY in sent))

    paths = [TRIAGE, TRIAGE, "/health/ready", "/health/live", "/metrics", "/metricsx"]
    all_done([asked(inner, turns, path) for path in paths])
    assert told.count((TRIAGE, False)) == 1
    assert set(told) == {
        (TRIAGE, False),
        (TRIAGE, True),
        ("/health/ready", False),
        ("/health/live", False),
        ("/metrics", False),
        ("/metricsx", True),
    }


def test_a_connection_too_many_is_for_watchers_only() -> None:
    told: list[tuple[str, bool]] = []
    turns = Turns(10)

    def inner(sent: dict[str, Any], _: Any) -> None:
        told.append((sent["PATH_INFO"], BUSY in sent))

    asking = [asked(inner, turns, path, is_spare=True) for path in (TRIAGE, "/health/ready")]
    all_done(asking)
    assert sorted(told) == [(TRIAGE, True), ("/health/ready", False)]


def test_too_much_at_once_is_503_for_some_and_right_for_all_others(
    start_server: Callable[..., Any], respond: Callable[..., dict[str, Any]]
) -> None:
    served = start_server(TRIAGE_WORKERS="1", TRIAGE_MAX_WAITING="2")
    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()
    replies: list[tuple[int, dict[str, str], bytes]] = []
    ready: list[int] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        for _ in range(10):
            connection.request("POST", TRIAGE, body, {"Content-Type": "application/fhir+json"})
            answer = connection.getresponse()
            replies.append((answer.status, dict(answer.headers), answer.read()))
        connection.close()

    def watch() -> None:
        ready.extend(served.send("GET", "/health/ready").status for _ in range(10))

    asking = [threading.Thread(target=target) for target in [ask] * 24 + [watch]]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert ready == [200] * 10
    counted = Counter(status for status, _, _ in replies)
    assert set(counted) == {200, 503}
    for status, headers, raw in replies:
        assert headers["X-Request-Id"]
        assert headers["Cache-Control"] == "no-store"
        if status == 200:
            assert json.loads(raw)["resourceType"] == "Bundle"
        else:
            outcome = json.loads(raw)
            assert headers["Retry-After"] == "1"
            assert headers["Content-Type"] == "application/fhir+json"
            assert [issue["details"]["text"] for issue in outcome["issue"]] == [SAID]
            assert outcome["issue"][0]["code"] == "transient"
    logged = [event for event in served.events if event.get("status") == 503]
    assert len(logged) == counted[503]
    assert {tuple(event["kinds"]) for event in logged} == {("busy",)}


@pytest.fixture
def crowded(start_server: Callable[..., Any]) -> Any:
    return start_server(TRIAGE_WORKERS="1", TRIAGE_CONNECTIONS="2")


def test_when_all_connections_are_taken_the_next_caller_is_told_so_and_watchers_still_get_in(
    crowded: Any, ask: Callable[..., Any]
) -> None:
    half = b"POST /fhir/QuestionnaireResponse/$triage HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
    with crowded.connect() as one, crowded.connect() as two:
        one.sendall(half)
        two.sendall(half)
        crowded.send("GET", "/health/live")  # by now both are in
        for _ in range(3):
            refused = ask(crowded)
            assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
            assert refused.headers["Connection"] == "close"
            assert crowded.send("GET", "/health/ready").status == 200
    while ask(crowded).status == 503:
        gevent.sleep(0.05)
    assert ask(crowded).status == 200


def test_who_waits_is_told_in_the_metrics(start_server: Callable[..., Any]) -> None:
    served = start_server(TRIAGE_WORKERS="1", TRIAGE_METRICS_ADDRESS="service")
    told = served.send("GET", "/metrics").raw.decode()
    assert "\ntriage_requests_waiting 0.0\n" in told


def test_how_long_a_request_takes_is_counted_from_when_it_came(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    waited = {CAME: time.perf_counter() - 7}
    create_app(service.settings, service).test_client().get("/health/live", environ_base=waited)
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert 7_000 < line["duration_ms"] < 60_000
