"""The door: who may ask for what, what a refusal says and what it keeps to itself."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import trustme
from flask import Flask
from security.issuer import AUDIENCE
from security.trusting import asking, door_of, issuer, shared_issuer, trusting

from service.fhir_io.capability import SERVED
from service.web.access import scopes_of
from service.web.app import create_app

TRIAGE, VALIDATE = "/fhir/QuestionnaireResponse/$triage", "/fhir/QuestionnaireResponse/$validate"
BOTH = "system/QuestionnaireResponse.c system/RiskAssessment.r"
WHERE = "See /.well-known/smart-configuration for where to get one."
__all__ = ["door_of", "issuer", "shared_issuer"]

OPEN = [
    "/",
    "/rules",
    "/static/page.css",
    "/health/live",
    "/health/ready",
    "/fhir/metadata",
    "/fhir/$versions",
    "/.well-known/smart-configuration",
    "/fhir/.well-known/smart-configuration",
    "/fhir/Questionnaire/limb-numbness",
    "/fhir/Questionnaire?url=x",
    "/fhir/CodeSystem",
    "/fhir/ValueSet",
    "/fhir/OperationDefinition",
    "/fhir/PlanDefinition",
    "/fhir/StructureDefinition",
    "/examples/cold-foot-pain-walking/response.json",
]


@pytest.fixture
def door(door_of, shared_issuer):
    return door_of(shared_issuer)


@pytest.fixture
def body(respond):
    return respond({"numbness": True})


def sent(door, path, body, token=None, **headers):
    given = {"Authorization": f"Bearer {token}"} if token else {}
    return door.post(path, json=body, headers={**given, **headers})


def challenge(error="", said="", scope=BOTH):
    parts = ['realm="fhir"']
    if error:
        parts += [f'error="{error}"', f'error_description="{said}"']
    parts.append(f'scope="{scope}"')
    return "Bearer " + ", ".join(parts)


def test_with_a_token_as_an_ehr_gets_one_a_response_is_triaged(door, shared_issuer, body):
    reply = sent(door, TRIAGE, body, shared_issuer.token(BOTH))
    assert (reply.status_code, reply.json["resourceType"]) == (200, "Bundle")
    assert "WWW-Authenticate" not in reply.headers


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(door, shared_issuer, body, scheme):
    reply = sent(door, TRIAGE, body, Authorization=f"{scheme} {shared_issuer.sign(scope=BOTH)}")
    assert reply.status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_what_carries_nothing_of_a_patient_is_open(door, path):
    assert door.get(path).status_code == 200
    assert door.get(path, headers={"Authorization": "Bearer nonsense"}).status_code == 200


@pytest.mark.parametrize("given", [{}, {"Authorization": ""}, {"Authorization": "Basic YTpi"}, {"Authorization": "x"}])
def test_without_a_token_it_is_401_and_says_what_is_needed(door, body, texts, given):
    reply = sent(door, TRIAGE, body, **given)
    assert (reply.status_code, texts(reply.json)) == (401, [f"This needs an access token. Needed: {BOTH}. {WHERE}"])
    assert (reply.json["issue"][0]["severity"], reply.json["issue"][0]["code"]) == ("error", "login")
    assert reply.headers["WWW-Authenticate"] == challenge()
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.content_type == "application/fhir+json; fhirVersion=4.0"


def test_nothing_of_the_body_is_looked_at_before_the_token(door):
    reply = door.post(TRIAGE, data=b"no JSON", content_type="text/plain")
    assert reply.status_code == 401


def test_an_expired_token_is_401_and_says_so(door, shared_issuer, body, texts):
    reply = sent(door, TRIAGE, body, shared_issuer.sign(scope=BOTH, exp=int(time.time()) - 60))
    assert (reply.status_code, reply.json["issue"][0]["code"]) == (401, "expired")
    assert texts(reply.json) == [f"The access token has expired. Needed: {BOTH}. {WHERE}"]
    assert reply.headers["WWW-Authenticate"] == challenge("invalid_token", "The access token has expired.")


@pytest.mark.parametrize(
    "token",
    [
        lambda issuer: issuer.sign(scope=BOTH, aud="https://elsewhere.example.org"),
        lambda issuer: issuer.sign(scope=BOTH, iss="https://elsewhere.example.org"),
        lambda issuer: issuer.sign(scope=BOTH, nbf=int(time.time()) + 600),
        lambda issuer: issuer.sign(scope=BOTH, header={"kid": "unknown"}),
        lambda issuer: issuer.sign(scope=BOTH)[:-3],
        lambda issuer: issuer.sign(scope=BOTH, cnf={"x5t#S256": "x"}),
        lambda issuer: "opaque",
        lambda issuer: "x" * 8001,
    ],
)
def test_every_other_token_that_is_not_valid_is_told_the_same(door, shared_issuer, body, texts, token):
    """So that nobody learns which part of a forgery is right already."""
    reply = sent(door, TRIAGE, body, token(shared_issuer))
    assert (reply.status_code, reply.json["issue"][0]["code"]) == (401, "login")
    assert texts(reply.json) == [f"The access token is not valid here. Needed: {BOTH}. {WHERE}"]
    assert reply.headers["WWW-Authenticate"] == challenge("invalid_token", "The access token is not valid here.")


@pytest.mark.parametrize(
    ("scope", "triage", "validate"),
    [
        (BOTH, 200, 200),
        ("system/QuestionnaireResponse.cruds system/RiskAssessment.rs", 200, 200),
        ("system/*.cruds", 200, 200),
        ("system/*.*", 200, 200),
        ("system/QuestionnaireResponse.write system/RiskAssessment.read", 200, 200),
        ("system/QuestionnaireResponse.c system/*.rs", 200, 200),
        ("system/QuestionnaireResponse.c", 403, 200),
        ("system/*.write", 403, 200),
        ("system/*.rs", 403, 403),
        ("system/*.read", 403, 403),
        ("system/RiskAssessment.rs", 403, 403),
        ("patient/*.cruds user/*.cruds", 403, 403),
        ("", 403, 403),
        (None, 403, 403),
    ],
)
def test_the_scopes_of_each_operation(door, shared_issuer, body, scope, triage, validate):
    token = shared_issuer.sign(scope=scope)
    assert sent(door, TRIAGE, body, token).status_code == triage
    assert sent(door, VALIDATE, body, token).status_code == validate


def test_a_token_that_does_not_allow_it_is_403_and_says_what_is_needed(door, shared_issuer, body, texts):
    reply = sent(door, VALIDATE, body, shared_issuer.token("system/*.rs"))
    needed = "system/QuestionnaireResponse.c"
    assert (reply.status_code, reply.json["issue"][0]["code"]) == (403, "forbidden")
    assert texts(reply.json) == [f"The access token does not allow this. Needed: {needed}. {WHERE}"]
    said = challenge("insufficient_scope", "The access token does not allow this.", needed)
    assert reply.headers["WWW-Authenticate"] == said


@pytest.mark.parametrize(
    "said",
    [
        "Bearer",
        "Bearer ",
        "Bearer {good},Bearer {good}",
        "Bearer {good}, Basic YTpi",
        "Bearer {good} {good}",
        'Bearer "{good}"',
        "Bearer token={good}",
        "Bearer é",
        "Bearer {good}\t",
    ],
)
def test_what_is_not_exactly_one_token_is_400(door, shared_issuer, body, texts, said):
    reply = sent(door, TRIAGE, body, Authorization=said.replace("{good}", shared_issuer.sign(scope=BOTH)))
    assert (reply.status_code, reply.json["issue"][0]["code"]) == (400, "security")
    wrong = "There is not exactly one well-formed access token."
    assert texts(reply.json) == [f"{wrong} Needed: {BOTH}. {WHERE}"]
    assert reply.headers["WWW-Authenticate"] == challenge("invalid_request", wrong)


def test_two_headers_are_400_whichever_is_good(door, shared_issuer, body):
    good = f"Bearer {shared_issuer.sign(scope=BOTH)}"
    for pair in ((good, good), (good, "Bearer x"), ("Bearer x", good)):
        reply = door.post(TRIAGE, json=body, headers=[("Authorization", one) for one in pair])
        assert reply.status_code == 400, pair


def test_a_token_in_the_address_is_400_even_beside_a_good_one(door, shared_issuer, body, texts):
    good = shared_issuer.sign(scope=BOTH)
    wrong = "The access token stands in the address, where logs keep it."
    for headers in ({}, {"Authorization": f"Bearer {good}"}):
        reply = door.post(f"{TRIAGE}?access_token={good}", json=body, headers=headers)
        assert (reply.status_code, texts(reply.json)) == (400, [f"{wrong} Needed: {BOTH}. {WHERE}"])


def test_a_token_in_the_body_is_none(door, shared_issuer):
    reply = door.post(TRIAGE, data={"access_token": shared_issuer.sign(scope=BOTH)})
    assert reply.status_code == 401


def test_unknown_addresses_and_wrong_methods_are_what_they_were(door):
    assert door.get("/fhir/Patient/1").status_code == 404
    assert door.get(TRIAGE).status_code == 405
    assert door.options(TRIAGE).status_code == 200


def test_when_the_issuer_is_away_it_is_503_and_not_the_callers_fault(door_of, issuer, body, texts):
    door = door_of(issuer)
    token = issuer.sign(scope=BOTH)
    issuer.stop()
    reply = sent(door, TRIAGE, body, token)
    said = "Who you are cannot be checked now: the identity provider does not answer. Ask again."
    assert (reply.status_code, texts(reply.json)) == (503, [said])
    assert reply.headers["Retry-After"] == "5"
    assert "WWW-Authenticate" not in reply.headers
    assert door.get("/health/ready").status_code == 200
    assert sent(door, TRIAGE, body).status_code == 401


def test_an_opaque_token_opens_the_door_too(door_of, issuer, body):
    issuer.as_jwt = False
    door = door_of(issuer, auth="introspection", **asking(issuer))
    assert sent(door, TRIAGE, body, issuer.token(BOTH)).status_code == 200
    assert sent(door, TRIAGE, body, issuer.token("system/*.rs")).status_code == 403
    assert sent(door, TRIAGE, body, "made-up").status_code == 401


PEM = trustme.CA().issue_cert("ehr.example.org").cert_chain_pems[0].bytes().decode()
SHOWN = hashlib.sha256(base64.b64decode("".join(PEM.splitlines()[1:-1]))).digest()
BOUND = {"x5t#S256": base64.urlsafe_b64encode(SHOWN).rstrip(b"=").decode()}
CERTIFICATE = {"X-Client-Certificate": quote(PEM, safe="")}
PROXIES = {"auth_certificate_header": "X-Client-Certificate", "trusted_proxies": "127.0.0.1"}


@pytest.mark.parametrize(
    ("settings", "headers", "peer", "status"),
    [
        (PROXIES, CERTIFICATE, "127.0.0.1", 200),
        (PROXIES, {}, "127.0.0.1", 401),
        (PROXIES, {"X-Client-Certificate": quote(trustme.CA().cert_pem.bytes())}, "127.0.0.1", 401),
        (PROXIES, {"X-Client-Certificate": ""}, "127.0.0.1", 401),
        (PROXIES, {"X-Other": CERTIFICATE["X-Client-Certificate"]}, "127.0.0.1", 401),
        (PROXIES, CERTIFICATE, "127.0.0.2", 401),
        (PROXIES, {**CERTIFICATE, "X-Forwarded-For": "127.0.0.1"}, "192.0.2.1", 401),
        ({}, CERTIFICATE, "127.0.0.1", 401),
    ],
)
def test_a_token_that_is_bound_needs_its_certificate(door_of, shared_issuer, body, settings, headers, peer, status):
    door = door_of(shared_issuer, **settings)
    token = shared_issuer.sign(scope=BOTH, cnf=BOUND)
    for _ in range(2):  # the second time the token is known
        given = {"Authorization": f"Bearer {token}", **headers}
        reply = door.post(TRIAGE, json=body, headers=given, environ_overrides={"REMOTE_ADDR": peer})
        assert reply.status_code == status


@pytest.mark.parametrize(("shown", "status"), [("own", 200), ("other", 401), (None, 401)])
def test_a_token_that_is_bound_is_held_to_the_certificate_that_is_shown_to_the_service_itself(
    door_of, shared_issuer, body, shown, status
):
    ders = {"own": base64.b64decode("".join(PEM.splitlines()[1:-1])), "other": b"0 another", None: None}
    connection = SimpleNamespace(certificate=ders[shown])
    token = shared_issuer.sign(scope=BOTH, cnf=BOUND)
    reply = door_of(shared_issuer).post(
        TRIAGE,
        json=body,
        headers={"Authorization": f"Bearer {token}", **CERTIFICATE},
        environ_overrides={"gunicorn.socket": connection},
    )
    assert reply.status_code == status


def test_callers_with_tokens_are_told_apart_by_them_and_those_without_by_their_address(door_of, shared_issuer, body):
    door = door_of(shared_issuer, rate_limit="1/hour")
    one, other = (shared_issuer.sign(scope=BOTH, client_id=name) for name in ("one", "other"))
    asked = [sent(door, TRIAGE, body, token).status_code for token in (one, one, other, "wrong", "wrong", other)]
    assert asked == [200, 429, 200, 401, 429, 429]


def test_what_the_log_learns_of_a_refusal(service, shared_issuer, body, capfd):
    """One of a few words; nothing of the token, of its claims, of its key."""
    settings = trusting(shared_issuer)
    door = create_app(settings, service).test_client()
    marked = "MARKED-Example-Name"
    told = []
    for claims in (
        {"aud": marked},
        {"iss": marked},
        {"exp": 1, "sub": marked},
        {"scope": marked, "sub": marked},
        {"header": {"kid": marked}, "client_id": marked},
        {"header": {"typ": marked}},
        {"cnf": {"x5t#S256": marked}},
    ):
        reply = sent(door, TRIAGE, body, shared_issuer.sign(**{"scope": BOTH, **claims}))
        assert marked not in reply.text + str(reply.headers)
    sent(door, TRIAGE, body, marked)
    sent(door, TRIAGE, body, Authorization=f"Bearer {marked} {marked}")
    out, err = capfd.readouterr()
    assert marked not in out + err
    told = [line["refused_because"] for line in map(json.loads, err.splitlines()) if line["event"] == "request"]
    assert told == [
        "audience",
        "issuer",
        "expired",
        "scope",
        "unknown-key",
        "header",
        "certificate",
        "opaque",
        "malformed",
    ]


def test_smart_configuration(door, shared_issuer):
    for path in ("/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration"):
        reply = door.get(path)
        assert reply.content_type == "application/json"
        assert reply.json == {
            "token_endpoint": f"{shared_issuer.url}/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
            "scopes_supported": [
                "system/QuestionnaireResponse.c",
                "system/RiskAssessment.r",
                "system/QuestionnaireResponse.write",
                "system/RiskAssessment.read",
            ],
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
        }


def test_each_scope_that_is_told_of_is_enough_with_the_others(door, shared_issuer, body):
    told = door.get("/.well-known/smart-configuration").json["scopes_supported"]
    assert sent(door, TRIAGE, body, shared_issuer.token(" ".join(told[:2]))).status_code == 200
    assert sent(door, TRIAGE, body, shared_issuer.token(" ".join(told[2:]))).status_code == 200


@pytest.mark.parametrize(
    ("version", "services"),
    [
        ("4.0", "http://terminology.hl7.org/CodeSystem/restful-security-service"),
        ("4.3", "http://terminology.hl7.org/CodeSystem/restful-security-service"),
        ("5.0", "http://hl7.org/fhir/restful-security-service"),
    ],
)
def test_the_capability_statement_tells_of_it(door, shared_issuer, version, services):
    accept = {"Accept": f"application/fhir+json; fhirVersion={version}"}
    (rest,) = door.get("/fhir/metadata", headers=accept).json["rest"]
    (oauth,) = rest["security"]["extension"]
    assert oauth == {
        "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
        "extension": [{"url": "token", "valueUri": f"{shared_issuer.url}/token"}],
    }
    (coding,) = rest["security"]["service"][0]["coding"]
    assert coding == {"system": services, "code": "SMART-on-FHIR", "display": "SMART-on-FHIR"}
    (response,) = [one for one in rest["resource"] if one["type"] == "QuestionnaireResponse"]
    assert [operation["documentation"] for operation in response["operation"]] == [
        "Needs system/QuestionnaireResponse.c and system/RiskAssessment.r.",
        "Needs system/QuestionnaireResponse.c.",
    ]


def test_without_access_control_nothing_is_said_of_it(client, texts):
    (rest,) = client.get("/fhir/metadata").json["rest"]
    assert "security" not in rest
    assert "documentation" not in rest["resource"][0]["operation"][0]
    reply = client.get("/.well-known/smart-configuration")
    assert (reply.status_code, texts(reply.json)) == (404, ["There is no access control here. Send no token."])


def test_every_route_is_in_a_table(client):
    """A route that nobody thought of is for nobody: 403, whatever the token."""
    app: Flask = client.application
    kinds = [served.resource_type for served in SERVED if served.interactions]
    for rule in app.url_map.iter_rules():
        for kind in kinds if "resource_type" in rule.arguments else [""]:
            assert scopes_of(rule.endpoint, rule.rule, {"resource_type": kind}) is not None, rule


def test_a_route_in_no_table_is_for_nobody(door_of, shared_issuer, texts):
    door = door_of(shared_issuer)
    door.application._got_first_request = False
    door.application.add_url_rule("/fhir/Patient/<name>", "forgotten", lambda name: name)
    token = {"Authorization": f"Bearer {shared_issuer.sign(scope='system/*.cruds')}"}
    assert door.get("/fhir/Patient/1").status_code == 401
    reply = door.get("/fhir/Patient/1", headers=token)
    assert (reply.status_code, texts(reply.json)) == (403, [f"The access token does not allow this. {WHERE}"])


def test_what_is_not_needed_is_not_loaded(environment):
    """Without access control neither cryptography nor an HTTP client is imported by a server that has answered."""
    code = """if True:
        import sys
        from service.settings import load_settings
        from service.web.app import create_app
        app = create_app(load_settings())
        assert app.test_client().get("/fhir/metadata").status_code == 200
        print(*sorted({"joserfc", "cryptography", "urllib3", "cachetools"} & set(sys.modules)))
    """
    for auth, loaded in (("none", ""), ("smart", "cachetools cryptography joserfc urllib3")):
        more = {"TRIAGE_AUTH": auth, "TRIAGE_AUTH_ISSUER": "https://x", "TRIAGE_AUTH_AUDIENCE": "x"}
        set_to = {**environment, **more, "TRIAGE_AUTH_TOKEN_URL": "https://x/token"}
        done = subprocess.run([sys.executable, "-c", code], env=set_to, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == loaded


@contextlib.contextmanager
def serving(environment, log_file, *, workers=2):
    """A real server; gives what sends it a request."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def send(method, path, raw=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    with log_file.open("wb") as errors:
        command = [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", str(workers)]
        process = subprocess.Popen(command, env=environment, stdout=errors, stderr=errors)
    try:
        for _ in range(300):
            assert process.poll() is None, log_file.read_text("utf-8")
            with contextlib.suppress(OSError):
                if send("GET", "/health/ready")[0] == 200:
                    break
            time.sleep(0.1)
        yield send
    finally:
        process.terminate()
        assert process.wait(timeout=40) == 0, log_file.read_text("utf-8")


def test_a_real_server_asks_for_tokens_and_logs_none(shared_issuer, environment, body, tmp_path):
    given = {
        "TRIAGE_AUTH": "smart",
        "TRIAGE_AUTH_ISSUER": shared_issuer.url,
        "TRIAGE_AUTH_AUDIENCE": AUDIENCE,
        "TRIAGE_AUTH_TOKEN_URL": f"{shared_issuer.url}/token",
    }
    token, raw = shared_issuer.token(BOTH), json.dumps(body).encode()
    with serving({**environment, **given}, tmp_path / "stderr") as send:
        good = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {token}"}
        assert {send("POST", TRIAGE, raw, **good)[0] for _ in range(10)} == {200}
        status, headers, _ = send("POST", TRIAGE, raw, **{**good, "Authorization": "Bearer made-up"})
        assert (status, headers["WWW-Authenticate"].split(",")[1]) == (401, ' error="invalid_token"')
        assert send("POST", TRIAGE, b" " * 900_000)[0] == 401
    log = (tmp_path / "stderr").read_text("utf-8")
    said = [line for line in map(json.loads, log.splitlines()) if "access" in line]
    assert [(line["event"], line["access"]) for line in said] == [("access controlled", "smart")]
    assert not any(part in log for part in token.split("."))


def test_who_waits_for_the_issuer_holds_up_nobody_else(issuer, environment, body, tmp_path):
    asked, go_on = threading.Event(), threading.Event()

    def slow():
        asked.set()
        assert go_on.wait(20)
        return {"active": True, "exp": int(time.time()) + 300, "scope": BOTH}

    issuer.introspection_reply = slow
    given = {
        "TRIAGE_AUTH": "introspection",
        "TRIAGE_AUTH_ISSUER": issuer.url,
        "TRIAGE_AUTH_AUDIENCE": AUDIENCE,
        "TRIAGE_AUTH_TOKEN_URL": f"{issuer.url}/token",
        "TRIAGE_AUTH_INTROSPECTION_URL": f"{issuer.url}/introspect",
        "TRIAGE_AUTH_INTROSPECTION_CLIENT_ID": "triage",
        "TRIAGE_AUTH_INTROSPECTION_SECRET": "a-secret-of-ours",
    }
    headers = {"Content-Type": "application/fhir+json", "Authorization": "Bearer opaque"}
    came = []
    with serving({**environment, **given}, tmp_path / "stderr", workers=1) as send:
        waiting = threading.Thread(target=lambda: came.append(send("POST", TRIAGE, json.dumps(body), **headers)[0]))
        waiting.start()
        assert asked.wait(20)
        assert send("GET", "/health/live")[0] == 200
        assert came == [], "the other is still waiting, and we were answered"
        go_on.set()
        waiting.join(20)
        assert came == [200]
    assert "a-secret-of-ours" not in (tmp_path / "stderr").read_text("utf-8")


def test_a_real_server_without_access_control_says_so(environment, body, tmp_path):
    with serving(environment, tmp_path / "stderr") as send:
        assert send("POST", TRIAGE, json.dumps(body), **{"Content-Type": "application/fhir+json"})[0] == 200
    lines = map(json.loads, (tmp_path / "stderr").read_text("utf-8").splitlines())
    said = [line for line in lines if line["event"] == "no access control"]
    assert [(line["severity"], line["access"], line["reachable"]) for line in said] == [("WARNING", "none", False)]
