"""Tokens that must not be taken, each with the reason that the log gives."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from security.issuer import AUDIENCE, Issuer, encoded
from security.trusting import trusting

from service.security.guard import LONGEST_TOKEN, Guard
from service.security.refusal import TokenRefused, Why

NOW = int(time.time())
SCOPE = "system/*.cruds"
FOREIGN = RSAKey.generate_key(2048, {"kid": "first"})
FOREIGN_EC = ECKey.generate_key("P-384", {"kid": "first"})


@pytest.fixture(scope="module")
def guard(shared_issuer):
    return Guard(trusting(shared_issuer), clock=time.time, monotonic=time.monotonic)


def refused(guard, token):
    """The reason, which must be the same whether or not the issuer may be asked."""
    with pytest.raises(TokenRefused) as caught:
        guard.ask(token)
    return caught.value.why


def test_a_good_token_is_taken(guard, shared_issuer):
    found = guard.ask(shared_issuer.token("system/QuestionnaireResponse.c system/RiskAssessment.rs"))
    assert found.scopes == {"system/QuestionnaireResponse.c", "system/RiskAssessment.rs"}
    assert found.certificate is None


@pytest.mark.parametrize("algorithm", ["RS384", "ES384", "RS256", "ES256"])
def test_each_algorithm_is_taken_when_it_is_set_and_refused_when_it_is_not(algorithm):
    issuer = Issuer(algorithm=algorithm)
    try:
        token = issuer.token(SCOPE)
        allowing = Guard(trusting(issuer, auth_algorithms=algorithm), clock=time.time, monotonic=time.monotonic)
        assert allowing.ask(token).scopes == {SCOPE}
        others = " ".join({"RS384", "ES384", "RS256", "ES256"} - {algorithm})
        other = Guard(trusting(issuer, auth_algorithms=others), clock=time.time, monotonic=time.monotonic)
        assert refused(other, token) is Why.ALGORITHM
    finally:
        issuer.stop()


def test_rs256_and_es256_are_refused_unless_they_are_set(guard, shared_issuer):
    assert refused(guard, shared_issuer.sign(header={"alg": "RS256"}, scope=SCOPE)) is Why.ALGORITHM


def unsigned(issuer, algorithm, signature=b"", **header):
    claims = {"iss": issuer.url, "aud": AUDIENCE, "exp": NOW + 3000, "scope": SCOPE}
    head = {"alg": algorithm, "kid": "first", "typ": "at+jwt", **header}
    return f"{encoded(head)}.{encoded(claims)}.{encoded(signature)}"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 0, [], ["RS384"], {"alg": "RS384"}])
@pytest.mark.parametrize("signature", [b"", b"x", b"\0" * 256])
def test_no_signature_is_no_token(guard, shared_issuer, algorithm, signature):
    why = refused(guard, unsigned(shared_issuer, algorithm, signature))
    assert why in (Why.MALFORMED, Why.HEADER, Why.ALGORITHM)


@pytest.mark.parametrize(("name", "digest"), [("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")])
def test_a_public_key_is_no_secret(guard, shared_issuer, name, digest):
    """The public key, in each shape that it has, as the key of an HMAC."""
    key = shared_issuer.keys[0]
    shapes = [
        key.as_pem(private=False),
        key.as_pem(private=False).strip(),
        key.as_der(private=False),
        json.dumps(key.as_dict(private=False)).encode(),
        key.as_dict(private=False)["n"].encode(),
        b"",
    ]
    for shape in shapes:
        for algorithm in (name, "RS384"):
            head = unsigned(shared_issuer, algorithm).rpartition(".")[0]
            signature = hmac.new(shape, head.encode(), getattr(hashlib, digest)).digest()
            why = refused(guard, f"{head}.{encoded(signature)}")
            assert why is (Why.ALGORITHM if algorithm == name else Why.SIGNATURE)


def at(seconds):
    return int(time.time()) + seconds


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": -31}, Why.EXPIRED),
        ({"exp": -86_400}, Why.EXPIRED),
        ({"nbf": 3600}, Why.NOT_YET_VALID),
        ({"iat": 3600}, Why.NOT_YET_VALID),
    ],
)
def test_a_token_is_taken_in_its_time_only(guard, shared_issuer, claims, why):
    moved = {name: at(seconds) for name, seconds in claims.items()}
    assert refused(guard, shared_issuer.sign(scope=SCOPE, **moved)) is why


def test_clocks_may_differ_by_half_a_minute(guard, shared_issuer):
    assert guard.ask(shared_issuer.sign(scope=SCOPE, exp=at(-20), nbf=at(20), iat=at(20)))


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": None}, Why.CLAIMS),
        ({"exp": "9999999999"}, Why.CLAIMS),
        ({"exp": True}, Why.CLAIMS),
        ({"exp": float("inf")}, Why.CLAIMS),
        ({"exp": float("nan")}, Why.CLAIMS),
        ({"exp": [9_999_999_999]}, Why.CLAIMS),
        ({"exp": 0}, Why.EXPIRED),
        ({"exp": -1}, Why.EXPIRED),
        ({"nbf": "0"}, Why.NOT_YET_VALID),
        ({"iss": None}, Why.CLAIMS),
        ({"iss": ""}, Why.ISSUER),
        ({"iss": "https://issuer.example.org"}, Why.ISSUER),
        ({"iss": ["https://issuer.example.org"]}, Why.ISSUER),
        ({"aud": None}, Why.CLAIMS),
        ({"aud": ""}, Why.AUDIENCE),
        ({"aud": []}, Why.AUDIENCE),
        ({"aud": "https://triage.example.org"}, Why.AUDIENCE),
        ({"aud": f"{AUDIENCE}/"}, Why.AUDIENCE),
        ({"aud": f"{AUDIENCE} https://elsewhere.example.org"}, Why.AUDIENCE),
        ({"aud": ["https://elsewhere.example.org"]}, Why.AUDIENCE),
        ({"aud": {AUDIENCE: True}}, Why.AUDIENCE),
        ({"aud": [[AUDIENCE]]}, Why.AUDIENCE),
        ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, Why.CERTIFICATE),
        ({"cnf": {"jkt": "x", "x5t#S256": "y"}}, Why.CERTIFICATE),
        ({"cnf": {"x5t#S256": 1}}, Why.CERTIFICATE),
        ({"cnf": {}}, Why.CERTIFICATE),
        ({"cnf": "x5t#S256"}, Why.CERTIFICATE),
    ],
)
def test_what_a_token_says_must_be_for_us(guard, shared_issuer, claims, why):
    """PyJWT would not write some of these claims, so the issuer's key signs them by hand."""
    said = {"iss": shared_issuer.url, "aud": AUDIENCE, "exp": at(300), "scope": SCOPE, **claims}
    said = {name: value for name, value in said.items() if value is not None}
    assert refused(guard, signed_by_hand(shared_issuer.keys[0], {}, said)) is why


def signed_by_hand(key, header, claims):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    raw = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    head = f"{encoded({'alg': 'RS384', 'kid': 'first', 'typ': 'at+jwt', **header})}.{encoded(raw)}"
    return f"{head}.{encoded(key.private_key.sign(head.encode(), PKCS1v15(), hashes.SHA384()))}"


@pytest.mark.parametrize(
    "claims",
    [b"[]", b"null", b'"x"', b"{", b"\xff", b"[" * 3000, b"1" * 5000, b'{"exp": 1e999}'],
    ids=["list", "null", "text", "broken", "not-utf-8", "deep", "long-number", "infinite"],
)
def test_claims_that_are_no_claims_are_refused(guard, shared_issuer, claims):
    assert refused(guard, signed_by_hand(shared_issuer.keys[0], {}, claims)) in (Why.CLAIMS, Why.SIGNATURE)


def test_the_audience_may_be_one_of_several(guard, shared_issuer):
    assert guard.ask(shared_issuer.sign(scope=SCOPE, aud=["https://elsewhere.example.org", AUDIENCE]))


KIDS = [
    "",
    "unknown",
    "First",
    "first ",
    "../../../../etc/passwd",
    "/dev/null",
    "' OR '1'='1",
    "first'; DROP TABLE keys; --",
    "http://127.0.0.1:1/keys",
    "first\x00",
    "\n",
    "{{7*7}}",
    "é",
]


@pytest.mark.parametrize("kid", KIDS)
def test_a_kid_is_a_name_and_nothing_else(guard, shared_issuer, kid):
    """The issuer's own signature does not help: no such key is shown."""
    asked = len(shared_issuer.asked)
    assert refused(guard, shared_issuer.sign(header={"kid": kid}, scope=SCOPE)) is Why.UNKNOWN_KEY
    assert set(shared_issuer.asked[asked:]) <= {"/.well-known/openid-configuration", "/keys"}


@pytest.mark.parametrize("kid", [1, True, ["first"], {"kid": "first"}, 1.5])
def test_a_kid_that_is_no_text_is_refused(guard, shared_issuer, kid):
    claims = {"iss": shared_issuer.url, "aud": AUDIENCE, "exp": at(300)}
    assert refused(guard, signed_by_hand(shared_issuer.keys[0], {"kid": kid}, claims)) is Why.HEADER


def test_without_a_kid_the_only_key_is_meant(guard, shared_issuer):
    assert guard.ask(shared_issuer.sign(header={"kid": None}, scope=SCOPE))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": FOREIGN.as_dict(private=False)},
        {"jwk": {**FOREIGN.as_dict(private=False), "kid": "mine"}, "kid": "mine"},
        {"jku": "https://attacker.example.org/keys", "kid": "mine"},
        {"x5u": "https://attacker.example.org/cert", "kid": "mine"},
        {"x5c": ["MIIB"], "kid": "mine"},
        {"jku": "http://127.0.0.1:1/keys"},
        {"x5t": "x"},
    ],
)
def test_a_token_does_not_bring_its_own_key(guard, shared_issuer, header):
    asked = len(shared_issuer.asked)
    token = signed_by_hand(FOREIGN, header, {"iss": shared_issuer.url, "aud": AUDIENCE, "exp": at(300), "scope": SCOPE})
    assert refused(guard, token) in (Why.SIGNATURE, Why.UNKNOWN_KEY, Why.HEADER)
    assert set(shared_issuer.asked[asked:]) <= {"/.well-known/openid-configuration", "/keys"}


def test_a_key_in_the_header_of_a_good_token_is_not_read(guard, shared_issuer):
    assert guard.ask(shared_issuer.sign(header={"jku": "https://attacker.example.org/keys"}, scope=SCOPE))


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 9_999_999_999},
        {"crit": ["x"], "x": 1},
        {"crit": ["b64"], "b64": True},
        {"crit": []},
        {"crit": "b64"},
        {"b64": True},
        {"typ": "logout+jwt"},
        {"typ": "dpop+jwt"},
        {"typ": "JOSE"},
        {"typ": 1},
        {"typ": None},
    ],
)
def test_a_header_that_asks_for_what_is_not_understood_is_refused(guard, shared_issuer, header):
    claims = {"iss": shared_issuer.url, "aud": AUDIENCE, "exp": at(300), "scope": SCOPE}
    assert refused(guard, signed_by_hand(shared_issuer.keys[0], header, claims)) is Why.HEADER


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_types_of_access_tokens_are_taken(guard, shared_issuer, kind):
    assert guard.ask(shared_issuer.sign(header={"typ": kind}, scope=SCOPE))


def test_a_key_of_another_kind_is_not_the_key(guard, shared_issuer):
    """The kid of an RSA key, the algorithm of an elliptic curve."""
    token = shared_issuer.sign(header={"alg": "ES384"}, key=FOREIGN_EC, scope=SCOPE)
    assert refused(guard, token) is Why.UNKNOWN_KEY


def test_a_key_of_another_curve_is_not_the_key():
    issuer = Issuer(algorithm="ES256")
    try:
        issuer.keys[0] = ECKey.generate_key("P-256", {"kid": "first"})
        guard = Guard(trusting(issuer), clock=time.time, monotonic=time.monotonic)
        claims = {"iss": issuer.url, "aud": AUDIENCE, "exp": at(300)}
        head = f"{encoded({'alg': 'ES384', 'kid': 'first'})}.{encoded(claims)}"
        for length in (64, 96):
            assert refused(guard, f"{head}.{encoded(b'1' * length)}") is Why.SIGNATURE
    finally:
        issuer.stop()


def test_a_key_that_says_what_it_is_for_is_for_nothing_else():
    """The issuer shows it for RS256; a signature by RS384 is none of its own, although both are set."""
    issuer = Issuer(algorithm="RS256")
    try:
        both = trusting(issuer, auth_algorithms="RS256 RS384")
        guard = Guard(both, clock=time.time, monotonic=time.monotonic)
        assert guard.ask(issuer.sign(scope=SCOPE))
        assert refused(guard, issuer.sign(header={"alg": "RS384"}, scope=SCOPE)) is Why.ALGORITHM
    finally:
        issuer.stop()


def test_a_signature_of_nothing_is_none():
    """ECDSA with r and s of 0 (CVE-2022-21449)."""
    issuer = Issuer(algorithm="ES384")
    try:
        guard = Guard(trusting(issuer), clock=time.time, monotonic=time.monotonic)
        head = (
            f"{encoded({'alg': 'ES384', 'kid': 'first'})}.{encoded({'iss': issuer.url, 'aud': AUDIENCE, 'exp': at(9)})}"
        )
        assert refused(guard, f"{head}.{encoded(bytes(96))}") is Why.SIGNATURE
    finally:
        issuer.stop()


def test_the_right_name_with_a_foreign_key_is_refused(guard, shared_issuer):
    assert refused(guard, shared_issuer.sign(key=FOREIGN, scope=SCOPE)) is Why.SIGNATURE


def test_a_token_is_not_taken_after_its_time_although_it_was_before(guard_of, shared_issuer):
    guard, clock = guard_of(shared_issuer)
    token = shared_issuer.sign(scope=SCOPE, exp=at(40))
    assert guard.ask(token)
    clock.ahead = 35
    assert guard.ask(token), "within the leeway"
    clock.ahead = 75
    assert refused(guard, token) is Why.EXPIRED


def test_a_huge_token_is_not_looked_at(guard, shared_issuer):
    token = shared_issuer.sign(scope=SCOPE, more="x" * LONGEST_TOKEN)
    assert refused(guard, token) is Why.TOO_LONG
    assert guard.ask(shared_issuer.sign(scope=SCOPE, more="x" * 5000))


@pytest.fixture(scope="module")
def good(guard, shared_issuer):
    token = shared_issuer.sign(scope=SCOPE, exp=at(3000))
    assert guard.ask(token)
    return token


def test_a_token_that_is_cut_is_refused(guard, good):
    for length in (*range(1, 40), *range(len(good) - 40, len(good)), good.index("."), good.rindex(".")):
        assert refused(guard, good[:length]) in (Why.MALFORMED, Why.OPAQUE, Why.SIGNATURE, Why.HEADER), length
    parts = good.split(".")
    for cut in (
        "..",
        f"{parts[0]}..{parts[2]}",
        f"{parts[0]}.{parts[1]}.",
        f".{parts[1]}.{parts[2]}",
        f"{good}.",
        f"{good}.x",
    ):
        assert refused(guard, cut) in (Why.MALFORMED, Why.OPAQUE, Why.HEADER)


LETTERS = base64.urlsafe_b64encode(bytes(range(256))).decode() + ".=+/~-_"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), letter=st.sampled_from(sorted(set(LETTERS))))
def test_a_token_with_any_letter_changed_is_refused(guard, good, place, letter):
    place %= len(good)
    if good[place] != letter:
        refused(guard, good[:place] + letter + good[place + 1 :])


def test_a_token_with_its_last_letter_changed_is_refused(guard, good):
    """The last letter of base64 has bits that mean nothing: read loosely, sixteen letters give the same signature."""
    for letter in sorted(set(LETTERS) - {good[-1]}):
        refused(guard, good[:-1] + letter)


def test_nothing_that_is_refused_is_remembered_as_good(guard, shared_issuer):
    token = shared_issuer.sign(scope=SCOPE, aud="https://elsewhere.example.org")
    for _ in range(3):
        assert refused(guard, token) is Why.AUDIENCE


@functools.cache
def weak():
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, 1024)


def test_a_key_that_is_too_short_is_not_used(issuer, guard_of):
    numbers = weak().public_key().public_numbers()
    short = {"kty": "RSA", "kid": "short", "e": "AQAB", "n": encoded(numbers.n.to_bytes(128, "big"))}
    good = issuer.keys[0].as_dict(private=False)
    issuer.jwks_reply = lambda: {"keys": [short, good]}

    class Short:
        kid, private_key = "short", weak()

    guard, _ = guard_of(issuer)
    assert refused(guard, signed_by_hand(Short, {"kid": "short"}, {"iss": issuer.url})) is Why.UNKNOWN_KEY
    assert guard.ask(issuer.sign(scope=SCOPE))


@pytest.mark.parametrize("purpose", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"use": "tls"}, {"key_ops": []}])
def test_a_key_for_something_else_is_not_used(issuer, guard_of, purpose):
    shown = {name: value for name, value in issuer.keys[0].as_dict(private=False).items() if name != "use"}
    issuer.jwks_reply = lambda: {"keys": [{**shown, **purpose}, FOREIGN_EC.as_dict(private=False)]}
    guard, _ = guard_of(issuer)
    assert refused(guard, issuer.sign(scope=SCOPE)) is Why.UNKNOWN_KEY
