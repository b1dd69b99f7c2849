"""Every limit answers as FHIR: with an OperationOutcome, the right status, and without triaging anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}


def deep(response: dict[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {"url": "x"}
    for _ in range(20):
        nested = {"url": "x", "extension": [nested]}
    return {**response, "extension": [nested]}


def many(response: dict[str, Any]) -> dict[str, Any]:
    return {**response, "item": [{"linkId": "x"}] * 101}


def long(response: dict[str, Any]) -> dict[str, Any]:
    return {**response, "language": " " * 20_000}


@pytest.fixture(scope="module")
def narrow(start_server: Callable[..., Any]) -> Any:
    return start_server(
        TRIAGE_WORKERS="1",
        TRIAGE_MAX_BODY_BYTES="16384",
        TRIAGE_MAX_ITEMS="100",
        TRIAGE_MAX_DEPTH="16",
        TRIAGE_REQUEST_TIMEOUT="1",
    )


@pytest.mark.parametrize(
    ("make", "status", "code", "said"),
    [
        (long, 413, "too-long", "The body is longer than 16384 bytes. Send less."),
        (deep, 400, "structure", "The body is nested more than 16 levels deep."),
        (many, 413, "too-long", "100 items"),
    ],
)
def test_a_body_beyond_a_limit(
    narrow: Any, respond: Callable[..., Any], make: Callable[..., Any], status: int, code: str, said: str
) -> None:
    reply = narrow.send("POST", TRIAGE, json.dumps(make(respond({"numbness": True}))).encode(), FHIR)
    (issue,) = reply.json["issue"]
    assert (reply.status, reply.json["resourceType"], issue["code"]) == (status, "OperationOutcome", code)
    assert said in issue["details"]["text"]


def test_a_request_that_is_too_slow(narrow: Any) -> None:
    head = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
    with narrow.connect() as slow:
        slow.sendall(f"{head}Content-Length: 10\r\n\r\n{{".encode())
        answer, _, body = b"".join(iter(lambda: slow.recv(65_536), b"")).partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["issue"][0]["code"] == "timeout"
