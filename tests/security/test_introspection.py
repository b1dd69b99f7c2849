"""Tokens that only the issuer understands."""

from __future__ import annotations

import base64
import time

import pytest
from flask import Response, request
from security.issuer import AUDIENCE, Issuer
from security.trusting import asking

from service.security.guard import KEPT_SECONDS
from service.security.refusal import TokenRefused, Unavailable, Why

SCOPE = "system/QuestionnaireResponse.c system/RiskAssessment.r"


@pytest.fixture
def opaque(issuer: Issuer) -> Issuer:
    issuer.as_jwt = False
    return issuer


def refused(guard, token):
    with pytest.raises(TokenRefused) as caught:
        guard.ask(token)
    return caught.value.why


@pytest.mark.parametrize("auth", ["introspection", "smart"])
def test_an_opaque_token_is_taken_when_the_issuer_says_so(opaque, guard_of, auth):
    guard, _ = guard_of(opaque, auth=auth, **asking(opaque))
    assert guard.ask(opaque.token(SCOPE)).scopes == set(SCOPE.split())


def test_the_secret_may_stand_in_a_file_that_changes(opaque, guard_of, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("an old one\n", "utf-8")
    more = asking(opaque, auth_introspection_secret="", auth_introspection_secret_file=secret)
    guard, _ = guard_of(opaque, **more)
    token = opaque.token(SCOPE)
    with pytest.raises(Unavailable, match="status 401"):
        guard.ask(token)
    secret.write_text("a-secret-of-ours\n", "utf-8")
    assert guard.ask(token)
    secret.unlink()
    with pytest.raises(Unavailable, match="secret not read: FileNotFoundError"):
        guard.ask("another-token")


def test_id_and_secret_are_encoded_as_oauth_has_it(issuer, guard_of):
    """RFC 6749, section 2.3.1: as in a form, each by itself, so that a colon in one of them parts nothing."""
    sent = []
    issuer.introspection_reply = lambda: sent.append(request.headers["Authorization"]) or {"active": False}
    more = asking(issuer, auth_introspection_client_id="a:b", auth_introspection_secret="ü +%")
    guard, _ = guard_of(issuer, **more)
    assert refused(guard, "opaque") is Why.INACTIVE
    assert sent == ["Basic " + base64.b64encode(b"a%3Ab:%C3%BC+%2B%25").decode()]


def test_a_signed_token_is_judged_by_its_signature_and_not_asked_about(issuer, guard_of):
    guard, _ = guard_of(issuer, **asking(issuer))
    assert guard.ask(issuer.token(SCOPE))
    bad = issuer.sign(scope=SCOPE, aud="https://elsewhere.example.org")
    assert refused(guard, bad) is Why.AUDIENCE
    assert issuer.count("/introspect") == 0


def test_with_introspection_alone_every_token_is_asked_about(issuer, guard_of):
    guard, _ = guard_of(issuer, auth="introspection", **asking(issuer))
    assert refused(guard, issuer.token(SCOPE)) is Why.INACTIVE
    assert issuer.count("/introspect") == 1
    assert issuer.count("/keys") == 0


def test_a_token_that_the_issuer_does_not_know_is_refused(opaque, guard_of):
    guard, _ = guard_of(opaque, **asking(opaque))
    assert refused(guard, "made-up") is Why.INACTIVE


def test_nobody_to_ask_is_no_reason_to_believe(opaque, guard_of):
    guard, _ = guard_of(opaque)
    assert refused(guard, opaque.token(SCOPE)) is Why.OPAQUE
    assert opaque.count("/introspect") == 0


def test_the_answer_is_kept_for_a_minute_at_most(opaque, guard_of):
    guard, clock = guard_of(opaque, **asking(opaque))
    token = opaque.token(SCOPE)
    for _ in range(10):
        assert guard.ask(token)
    assert opaque.count("/introspect") == 1
    opaque.opaque[token].revoked = True
    clock.ahead = KEPT_SECONDS - 1
    assert guard.ask(token)
    clock.ahead = KEPT_SECONDS + 1
    assert refused(guard, token) is Why.INACTIVE


def test_the_answer_is_kept_no_longer_than_the_token_lives(opaque, guard_of):
    guard, clock = guard_of(opaque, **asking(opaque))
    token = opaque.token(SCOPE)
    opaque.opaque[token].expires_at = time.time() + 10
    assert guard.ask(token)
    clock.ahead = 11
    assert guard.ask(token), "asked again: the issuer's clock says that it is active"
    assert opaque.count("/introspect") == 2
    clock.ahead = 45
    assert refused(guard, token) is Why.EXPIRED


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"active": "true"}, Why.INACTIVE),
        ({"active": 1}, Why.INACTIVE),
        ({}, Why.INACTIVE),
        ({"active": True}, Why.CLAIMS),
        ({"active": True, "exp": 1}, Why.EXPIRED),
        ({"active": True, "exp": 9_999_999_999, "iss": "https://elsewhere.example.org"}, Why.ISSUER),
        ({"active": True, "exp": 9_999_999_999, "aud": "https://elsewhere.example.org"}, Why.AUDIENCE),
        ({"active": True, "exp": 9_999_999_999, "nbf": 9_999_999_998}, Why.NOT_YET_VALID),
        ({"active": True, "exp": 9_999_999_999, "cnf": {"jkt": "x"}}, Why.CERTIFICATE),
    ],
)
def test_what_the_issuer_says_is_held_to_the_same(issuer, guard_of, said, why):
    guard, _ = guard_of(issuer, **asking(issuer))
    issuer.introspection_reply = lambda: said
    assert refused(guard, "opaque") is why


def test_an_audience_that_is_ours_is_taken(issuer, guard_of):
    guard, _ = guard_of(issuer, **asking(issuer))
    issuer.introspection_reply = lambda: {"active": True, "exp": 9_999_999_999, "aud": ["x", AUDIENCE], "scope": "a b"}
    assert guard.ask("opaque").scopes == {"a", "b"}


@pytest.mark.parametrize(
    "reply",
    [
        lambda: Response("", status=503),
        lambda: Response("active", mimetype="application/json"),
        lambda: Response("[true]", mimetype="application/json"),
        lambda: Response("", status=302, headers={"Location": "/elsewhere"}),
        lambda: Response(b'{"active": true, "exp": 9999999999' + b" " * 300_000 + b"}"),
    ],
    ids=["away", "not-json", "a-list", "moved", "huge"],
)
def test_no_answer_lets_nobody_in(issuer, guard_of, reply):
    guard, _ = guard_of(issuer, **asking(issuer))
    issuer.introspection_reply = reply
    with pytest.raises(Unavailable):
        guard.ask("opaque")
    assert "/elsewhere" not in issuer.asked


def test_scopes_may_be_a_list_under_another_name(issuer, guard_of):
    """As Entra ID writes the roles of an application."""
    guard, _ = guard_of(issuer, auth_scope_claim="roles")
    assert guard.ask(issuer.sign(roles=SCOPE.split())).scopes == set(SCOPE.split())
    assert guard.ask(issuer.sign(roles=[1, None, "a"], scope=SCOPE)).scopes == {"a"}
    assert guard.ask(issuer.sign(roles={"a": 1})).scopes == set()
    assert guard.ask(issuer.sign(scope=SCOPE)).scopes == set()
