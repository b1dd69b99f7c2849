"""Who asks more often than is allowed is told when to ask again; servers that share a Redis count together."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from flask.testing import FlaskClient

from service.settings import Settings
from service.web.rates import Rates
from service.web.throttling import client_of as told_apart

THREE = "3/hour"
SAID = "You have asked more than 3 times in 3600 seconds. Nothing was triaged. Ask again in {} seconds."

Make = Callable[..., FlaskClient]
Texts = Callable[..., list[str]]


def test_who_asks_too_often_is_429_and_told_when_to_ask_again(client_of: Make, texts: Texts) -> None:
    client = client_of(rate_limit=THREE)
    for left in (2, 1, 0):
        reply = client.get("/fhir/metadata")
        assert reply.status_code == 200
        assert reply.headers["RateLimit-Policy"] == '"requests";q=3;w=3600'
        assert re.fullmatch(rf'"requests";r={left};t=3(600|59\d)', reply.headers["RateLimit"])
        assert "Retry-After" not in reply.headers
    reply = client.post("/fhir/QuestionnaireResponse/$triage", json={})
    wait = reply.headers["Retry-After"]
    assert reply.status_code == 429
    assert re.fullmatch(r"3(600|59\d)", wait)
    assert reply.headers["RateLimit"] == f'"requests";r=0;t={wait}'
    assert reply.mimetype == "application/fhir+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert texts(reply.json) == [SAID.format(wait)]
    assert (reply.json["issue"][0]["severity"], reply.json["issue"][0]["code"]) == ("error", "throttled")


def test_after_the_time_that_was_told_the_caller_is_answered_again(
    client_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, later, now = client_of(rate_limit="1/hour"), [0], time.time
    monkeypatch.setattr(time, "time", lambda: now() + later[0])
    assert client.get("/fhir/metadata").status_code == 200
    refused = client.get("/fhir/metadata")
    later[0] = int(refused.headers["Retry-After"]) - 60
    assert client.get("/fhir/metadata").status_code == 429
    later[0] += 60
    assert client.get("/fhir/metadata").status_code == 200


def test_refusals_count_too_so_that_guessing_is_not_free(client_of: Make) -> None:
    client = client_of(rate_limit=THREE)
    assert [client.get("/nothing").status_code for _ in range(4)] == [404, 404, 404, 429]


def test_what_access_control_refuses_is_counted_by_address(client_of: Make) -> None:
    """A hook before ours that answers itself, as access control does."""
    client = client_of(rate_limit=THREE)
    client.application.before_request_funcs[None].insert(0, lambda: ("no", 401))
    assert [client.get("/fhir/metadata").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_health_is_never_refused_nor_counted(client_of: Make) -> None:
    client = client_of(rate_limit="1/hour")
    assert [client.get("/health/ready").status_code for _ in range(3)] == [200] * 3
    assert "RateLimit" not in client.get("/health/live").headers
    assert client.get("/fhir/metadata").status_code == 200


def test_without_a_rate_nobody_is_counted(client_of: Make) -> None:
    assert "RateLimit" not in client_of().get("/fhir/metadata").headers


def asked_by(client: FlaskClient, address: str, **headers: str) -> int:
    return client.get("/fhir/metadata", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


def test_one_caller_does_not_use_up_the_rate_of_another(client_of: Make) -> None:
    client = client_of(rate_limit="1/hour")
    assert [asked_by(client, "10.0.0.1"), asked_by(client, "10.0.0.1"), asked_by(client, "10.0.0.2")] == [200, 429, 200]


def test_behind_a_trusted_proxy_the_callers_are_told_apart_and_nobody_else_can_pose_as_one(client_of: Make) -> None:
    client = client_of(rate_limit="1/hour", trusted_proxies="10.0.0.1")
    by_proxy = [asked_by(client, "10.0.0.1", X_Forwarded_For=f"203.0.113.{n}") for n in (1, 2, 1)]
    spoofed = [asked_by(client, "10.9.9.9", X_Forwarded_For=f"203.0.113.{n}") for n in (3, 4, 5)]
    assert (by_proxy, spoofed) == ([200, 200, 429], [200, 429, 429])


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8::ffff:2"}, True),
        ({"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8:0:1::1"}, False),
        ({"REMOTE_ADDR": "::ffff:10.0.0.1"}, {"REMOTE_ADDR": "10.0.0.1"}, True),
        ({"REMOTE_ADDR": "::ffff:10.0.0.1"}, {"REMOTE_ADDR": "::ffff:10.0.0.2"}, False),
        ({"REMOTE_ADDR": "10.0.0.1", "triage.client": "a"}, {"REMOTE_ADDR": "10.0.0.2", "triage.client": "a"}, True),
        ({"REMOTE_ADDR": "10.0.0.1", "triage.client": "a"}, {"REMOTE_ADDR": "10.0.0.1", "triage.client": "b"}, False),
        ({"REMOTE_ADDR": "10.0.0.1", "triage.client": "10.0.0.1"}, {"REMOTE_ADDR": "10.0.0.1"}, False),
    ],
)
def test_who_is_the_same_caller(one: dict[str, str], other: dict[str, str], is_same: bool) -> None:
    assert (told_apart(one) == told_apart(other)) is is_same


def test_two_servers_share_a_rate_until_redis_is_killed_and_again_when_it_is_back(
    start_server: Callable[..., Any], start_redis: Callable[..., Any], ask: Callable[..., Any], tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("of the test\n", "utf-8")
    redis = start_redis("--requirepass", "of the test")
    shared = {
        "TRIAGE_WORKERS": "1",
        "TRIAGE_RATE_LIMIT": "6/hour",
        "TRIAGE_RATE_LIMIT_STORAGE": redis.url,
        "TRIAGE_RATE_LIMIT_PASSWORD_FILE": str(password),
    }
    one, two = start_server(**shared), start_server(**shared)
    assert [ask(server).status for server in (one, two) * 4] == [200] * 6 + [429] * 2

    redis.kill()
    alone = [[ask(server) for _ in range(7)] for server in (one, two)]
    assert [[reply.status for reply in replies] for replies in alone] == [[200] * 6 + [429]] * 2
    for server in (one, two):
        counted = [event for event in server.events if event["event"] == "rates counted alone"]
        assert [event["severity"] for event in counted] == ["WARNING"]

    redis.start_again()
    for server in (one, two):
        _wait_for(server, "rates counted together again")
    assert [ask(server).status for server in (one, two) * 4] == [200] * 6 + [429] * 2
    for server in (one, two):
        assert not [event for event in server.events if event.get("status", 0) >= 500]
        assert "of the test" not in server.log


def _wait_for(server: Any, event: str) -> None:
    for _ in range(200):
        if any(line["event"] == event for line in server.events):
            return
        time.sleep(0.1)
    raise AssertionError(server.log)


def test_what_is_kept_in_redis_says_nothing_of_who_asked(start_redis: Callable[..., Any]) -> None:
    import redis as client

    served = start_redis()
    rates = Rates(Settings(rate_limit=THREE, rate_limit_storage=served.url))
    assert rates.count("client somebody@hospital.example").left == 2
    kept = client.Redis(port=served.port).keys()
    assert [re.fullmatch(rb"numbness-triage:LIMITER/[0-9a-f]{32}/3/1/hour", key) is not None for key in kept] == [True]


def test_redis_is_reached_by_tls_when_its_certificate_is_of_the_issuer_that_is_set(
    start_redis: Callable[..., Any], tmp_path: Path
) -> None:
    issuer = trustme.CA()
    issued = issuer.issue_cert("127.0.0.1")
    files = {"ca": issuer.cert_pem, "cert": issued.cert_chain_pems[0], "key": issued.private_key_pem}
    for name, pem in files.items():
        pem.write_to_path(tmp_path / name)
    options = {"cert": "--tls-cert-file", "key": "--tls-key-file", "ca": "--tls-ca-cert-file"}
    tls = [text for name, option in options.items() for text in (option, str(tmp_path / name))]
    served = start_redis("--tls-auth-clients", "no", *tls, tls=True)
    for query, is_alone in ((f"?ssl_ca_certs={tmp_path / 'ca'}", False), ("", True)):
        rates = Rates(Settings(rate_limit=THREE, rate_limit_storage=served.url.replace("redis:", "rediss:") + query))
        assert rates.count("somebody").is_within
        assert rates.is_alone is is_alone


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{}", "redis://no-such-host.invalid:{}", "rediss://127.0.0.1:{}"])
def test_a_redis_that_is_not_there_turns_nobody_away(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    rates = Rates(Settings(rate_limit=THREE, rate_limit_storage=url.format(port)))
    assert [rates.count("somebody").is_within for _ in range(4)] == [True, True, True, False]
    assert rates.is_alone


@pytest.mark.parametrize(("redis_seconds", "patience_seconds"), [(0.1, 20), (20, 0.1)])
def test_a_redis_that_does_not_answer_is_given_up_on(
    monkeypatch: pytest.MonkeyPatch, redis_seconds: float, patience_seconds: float
) -> None:
    """It takes connections, and says nothing: a request waits once, for a moment, and the next ones do not."""
    monkeypatch.setattr("service.web.rates.REDIS_SECONDS", redis_seconds)
    monkeypatch.setattr("service.web.rates.PATIENCE_SECONDS", patience_seconds)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"redis://127.0.0.1:{mute.getsockname()[1]}"
        rates = Rates(Settings(rate_limit=THREE, rate_limit_storage=url))
        assert [rates.count("somebody").is_within for _ in range(4)] == [True, True, True, False]
        assert rates.is_alone
