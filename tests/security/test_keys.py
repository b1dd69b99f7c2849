"""The issuer's keys: rotated, away, slow, wrong; and who can make us ask for them how often."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from flask import Response
from security.issuer import Issuer
from security.trusting import Clock, trusting

from service.security.asking import LONGEST_ANSWER_BYTES
from service.security.guard import KEPT_SECONDS, Guard
from service.security.keys import FRESH_SECONDS, UNKNOWN_EVERY_SECONDS, Keys
from service.security.refusal import TokenRefused, Unavailable, Why

SCOPE = "system/*.cruds"
MAX_AGE = 3600


def refused(guard, token):
    with pytest.raises(TokenRefused) as caught:
        guard.ask(token)
    return caught.value.why


def settle(guard):
    """Wait for what is under way in another thread."""
    event = guard._keys._under_way
    if event:
        assert event.wait(10)


def test_the_keys_are_fetched_once_for_many_tokens(issuer, guard_of):
    guard, _ = guard_of(issuer)
    for number in range(20):
        assert guard.ask(issuer.sign(scope=SCOPE, jti=str(number)))
    assert issuer.count("/keys") == 1
    assert guard.at_hand(issuer.sign(scope=SCOPE)), "no need to wait for what is known"


def test_many_at_once_are_answered_by_one_fetch(issuer, guard_of):
    guard, _ = guard_of(issuer)
    issuer.jwks_reply = lambda: time.sleep(0.3) or {"keys": [key.as_dict(private=False) for key in issuer.keys]}
    token, found = issuer.sign(scope=SCOPE), []
    threads = [threading.Thread(target=lambda: found.append(guard.ask(token))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 12
    assert issuer.count("/keys") == 1


def test_a_rotated_key_works_at_once_and_the_old_one_no_longer(issuer, guard_of):
    guard, _ = guard_of(issuer)
    old = issuer.keys[0]
    assert guard.ask(issuer.sign(scope=SCOPE))
    issuer.rotate("second")
    assert guard.ask(issuer.sign(scope=SCOPE))
    assert issuer.count("/keys") == 2
    assert refused(guard, issuer.sign(key=old, scope=SCOPE)) is Why.UNKNOWN_KEY


def test_a_token_whose_key_was_withdrawn_serves_no_longer_than_is_stated(issuer, guard_of):
    guard, clock = guard_of(issuer)
    token = issuer.sign(scope=SCOPE, exp=int(time.time()) + 3000)
    assert guard.ask(token)
    issuer.rotate("second")
    assert guard.ask(issuer.sign(scope=SCOPE))
    clock.ahead = KEPT_SECONDS - 1
    assert guard.ask(token)
    clock.ahead = KEPT_SECONDS + 1
    assert refused(guard, token) is Why.UNKNOWN_KEY


def test_a_flood_of_unknown_names_makes_no_flood_of_questions(issuer, guard_of):
    guard, clock = guard_of(issuer)
    assert guard.ask(issuer.sign(scope=SCOPE))
    for number in range(200):
        assert refused(guard, issuer.sign(header={"kid": f"made-up-{number}"}, scope=SCOPE)) is Why.UNKNOWN_KEY
    assert issuer.count("/keys") == 2
    clock.ahead += UNKNOWN_EVERY_SECONDS + 1
    issuer.rotate("second")
    assert guard.ask(issuer.sign(scope=SCOPE)), "and a key that is really new still comes"
    assert issuer.count("/keys") == 3


def test_keys_are_renewed_in_the_background_while_they_serve_on(issuer, guard_of):
    guard, clock = guard_of(issuer)
    assert guard.ask(issuer.sign(scope=SCOPE))
    clock.ahead = FRESH_SECONDS + 1
    assert guard.at_hand(issuer.sign(scope=SCOPE, jti="a", exp=int(time.time()) + 9000))
    settle(guard)
    assert issuer.count("/keys") == 2


GARBAGE = {
    "not-json": lambda: Response("<html>", mimetype="text/html"),
    "a-list": lambda: Response("[]", mimetype="application/json"),
    "no-keys": lambda: {"keys": []},
    "keys-of-no-use": lambda: {"keys": [{"kty": "oct", "kid": "first", "k": "c2VjcmV0"}, {"kty": "OKP"}, None, 7, {}]},
    "keys-for-encryption": lambda: {"keys": [{"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA", "use": "enc"}]},
    "broken-keys": lambda: {
        "keys": [{"kty": "RSA", "kid": "first", "n": "", "e": ""}, {"kty": "EC", "kid": [], "crv": 1}]
    },
    "keys-is-text": lambda: {"keys": "first"},
    "huge": lambda: Response(b'{"keys": [' + b" " * LONGEST_ANSWER_BYTES + b"]}", mimetype="application/json"),
    "deep": lambda: Response(b"[" * 100_000, mimetype="application/json"),
    "error": lambda: Response("{}", status=500),
    "moved": lambda: Response("", status=302, headers={"Location": "/keys2"}),
    "empty": lambda: Response("", status=200),
    "not-utf-8": lambda: Response(b"\xff\xfe", mimetype="application/json"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_whatever_the_issuer_says_instead_of_keys_the_good_ones_serve_on(issuer, guard_of, name):
    guard, clock = guard_of(issuer, auth_jwks_max_age=MAX_AGE)
    assert guard.ask(issuer.sign(scope=SCOPE))
    issuer.jwks_reply = GARBAGE[name]
    for ahead in (FRESH_SECONDS + 1, FRESH_SECONDS + 120, MAX_AGE - 60):
        clock.ahead = ahead
        assert guard.ask(issuer.sign(scope=SCOPE, exp=int(clock()) + 300)), ahead
        settle(guard)
    assert issuer.count("/keys") == 4
    clock.ahead = MAX_AGE + 1
    with pytest.raises(Unavailable):
        guard.ask(issuer.sign(scope=SCOPE, exp=int(clock()) + 300))
    issuer.jwks_reply = None
    clock.ahead += 61
    assert guard.ask(issuer.sign(scope=SCOPE, exp=int(clock()) + 300)), "and all is well when it comes back"


@pytest.mark.parametrize("name", GARBAGE)
def test_without_any_keys_nobody_is_let_in_and_the_issuer_is_left_in_peace(issuer, guard_of, name):
    guard, clock = guard_of(issuer)
    issuer.jwks_reply = GARBAGE[name]
    for _ in range(20):
        with pytest.raises(Unavailable):
            guard.ask(issuer.sign(scope=SCOPE))
    assert issuer.count("/keys") == 1
    clock.ahead += 3
    issuer.jwks_reply = None
    assert guard.ask(issuer.sign(scope=SCOPE))


def test_an_issuer_that_is_not_there_is_asked_ever_less_often():
    asked = []

    def fetch():
        asked.append(clock.ahead)
        raise Unavailable("not there")

    clock = Clock(lambda: 1000.0)
    keys = Keys(fetch, clock, max_age=MAX_AGE)
    for second in range(600):
        clock.ahead = float(second)
        with pytest.raises(Unavailable):
            keys.wait_for("first", "RSA")
    assert asked == [0, 2, 6, 14, 30, 62, 122, 182, 242, 302, 362, 422, 482, 542]


def test_an_issuer_that_accepts_and_says_nothing_does_not_hold_us_up(monkeypatch):
    monkeypatch.setattr("service.security.asking.SECONDS_TO_READ", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        guard = silent_guard(silent)
        with pytest.raises(Unavailable):
            guard.ask(Issuer.sign(Named(), scope=SCOPE))
        settle(guard)


def test_an_issuer_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr("service.security.asking.SECONDS_IN_ALL", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        threading.Thread(target=drip, args=(dripping,), daemon=True).start()
        guard = silent_guard(dripping)
        with pytest.raises(Unavailable):
            guard.ask(Issuer.sign(Named(), scope=SCOPE))
        settle(guard)


def drip(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                connection.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            return


class Named:
    """Enough of an issuer to sign by."""

    url, audience, more, algorithm = "https://issuer.example.org", "x", {}, "RS384"

    def __init__(self):
        self.keys = [Issuer.new_key(self, "first")]


def silent_guard(listening):
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/keys"
    settings = trusting(Named(), auth_jwks_url=url)
    return Guard(settings, clock=time.time, monotonic=time.monotonic)


@pytest.mark.parametrize(
    "metadata",
    [
        {"jwks_uri": "{url}/keys"},
        {"issuer": "https://elsewhere.example.org", "jwks_uri": "{url}/keys"},
        {"issuer": "{url}/", "jwks_uri": "{url}/keys"},
        {"issuer": "{url}"},
        {"issuer": "{url}", "jwks_uri": "http://keys.example.org/"},
        {"issuer": "{url}", "jwks_uri": "file:///etc/keys"},
        {"issuer": "{url}", "jwks_uri": ["{url}/keys"]},
    ],
)
def test_metadata_of_another_issuer_or_with_keys_in_the_open_are_not_believed(issuer, guard_of, metadata):
    said = json.loads(json.dumps(metadata).replace("{url}", issuer.url))
    issuer.metadata_reply = lambda: said
    guard, _ = guard_of(issuer)
    with pytest.raises(Unavailable):
        guard.ask(issuer.sign(scope=SCOPE))
    assert issuer.count("/keys") == 0


def test_an_issuer_with_the_metadata_of_oauth_only_is_found_too(issuer, guard_of):
    """RFC 8414: the well-known address stands before the path."""
    issuer.metadata_reply = lambda: Response("", status=404)
    guard, _ = guard_of(issuer)
    assert guard.ask(issuer.sign(scope=SCOPE))
    assert issuer.count("/.well-known/oauth-authorization-server") == 1


def test_over_tls_the_issuer_must_be_vouched_for(tmp_path, guard_of):
    import ssl

    import trustme

    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issuer = Issuer(tls=tls)
    try:
        believing, _ = guard_of(issuer, auth_ca_file=tmp_path / "ca.pem")
        assert believing.ask(issuer.sign(scope=SCOPE))
        other = trustme.CA()
        other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
        for file in (tmp_path / "other.pem", None):
            doubting, _ = guard_of(issuer, auth_ca_file=file)
            with pytest.raises(Unavailable):
                doubting.ask(issuer.sign(scope=SCOPE))
        elsewhere, _ = guard_of(
            issuer, auth_ca_file=tmp_path / "ca.pem", auth_jwks_url=issuer.url.replace("localhost", "127.0.0.1")
        )
        with pytest.raises(Unavailable):
            elsewhere.ask(issuer.sign(scope=SCOPE))
    finally:
        issuer.stop()
