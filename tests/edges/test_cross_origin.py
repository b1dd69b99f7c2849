"""Pages of other origins read nothing, unless their origin is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
OURS = "https://ehr.example"
TWO = f"{OURS} http://localhost:3000"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


def cors(headers: object) -> set[str]:
    return {name for name, _ in headers.items() if name.startswith("Access-Control-")}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/fhir/metadata", "/health/ready", "/", "/nothing"])
def test_nobody_is_let_in_by_default(client_of: Callable[..., FlaskClient], path: str) -> None:
    client = client_of()
    for origin in (OURS, "null", "*", "http://localhost"):
        assert not cors(client.get(path, headers={"Origin": origin}).headers)
        assert not cors(client.options(path, headers={"Origin": origin, **PREFLIGHT}).headers)


@pytest.mark.parametrize("origin", TWO.split())
def test_a_named_origin_may_read_replies_and_refusals(client_of: Callable[..., FlaskClient], origin: str) -> None:
    client = client_of(cors_origins=TWO)
    for path, status in (("/fhir/metadata", 200), ("/nothing", 404)):
        reply = client.get(path, headers={"Origin": origin})
        assert reply.status_code == status
        assert reply.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in reply.headers.getlist("Vary")
        assert {"Retry-After", "X-Request-Id", "ETag"} <= set(
            reply.headers["Access-Control-Expose-Headers"].split(", ")
        )
        assert "Access-Control-Allow-Credentials" not in reply.headers


def test_a_named_origin_gets_its_preflight_answered(client_of: Callable[..., FlaskClient]) -> None:
    reply = client_of(cors_origins=TWO).options(TRIAGE, headers={"Origin": OURS, **PREFLIGHT})
    assert (reply.status_code, reply.data) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == OURS
    assert reply.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
    assert {"Authorization", "Content-Type"} <= set(reply.headers["Access-Control-Allow-Headers"].split(", "))
    assert reply.headers["Access-Control-Max-Age"] == "600"
    assert "X-Request-Id" in reply.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://ehr.example.evil.example",
        "https://evil-ehr.example",
        "http://ehr.example",
        "https://ehr.example:8443",
        "https://ehr.example/",
        "https://EHR.example",
        "https://ehrXexample",
        f"{OURS} https://evil.example",
        "null",
        "",
    ],
)
def test_any_other_origin_reads_nothing(client_of: Callable[..., FlaskClient], origin: str) -> None:
    client = client_of(cors_origins=TWO)
    reply = client.get("/fhir/metadata", headers={"Origin": origin})
    assert not cors(reply.headers)
    assert "Origin" in reply.headers.getlist("Vary")
    assert not cors(client.options(TRIAGE, headers={"Origin": origin, **PREFLIGHT}).headers)


def test_a_reply_to_who_names_no_origin_is_not_kept_for_pages(client_of: Callable[..., FlaskClient]) -> None:
    reply = client_of(cors_origins=OURS).get("/fhir/metadata")
    assert "Origin" in reply.headers.getlist("Vary")
