"""What a caller may call its request by, and what comes back of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from service.web.ids import Trace, ids_of

HEX = "9f86d081884c7d659a2feaa0c55ad015"
UUID = "9F86D081-884c-7d65-9a2f-eaa0c55ad015"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"

NOT_TAKEN = [
    "",
    "Kanari Müller",
    "1",
    "8003608166690503",
    "12345678901234567890123456789012",
    "12345678-1234-1234-1234-123456789012",
    HEX[:31],
    HEX + "0",
    HEX + "\n",
    f"{HEX},{HEX}",
    f"{{{UUID}}}",
    f"urn:uuid:{UUID}",
    "g" * 32,
    UUID.replace("-", "_"),
    "٣" * 31 + "a",
    "deadbeef",
]


@pytest.mark.parametrize("value", [HEX, UUID, HEX.upper()])
def test_an_id_that_looks_drawn_at_random_is_taken_as_it_is(value: str) -> None:
    ids = ids_of({"HTTP_X_REQUEST_ID": value, "HTTP_X_CORRELATION_ID": value})
    assert (ids.request, ids.correlation) == (value, value)


@pytest.mark.parametrize("value", NOT_TAKEN)
def test_any_other_is_replaced_and_a_correlation_id_dropped(value: str) -> None:
    ids = ids_of({"HTTP_X_REQUEST_ID": value, "HTTP_X_CORRELATION_ID": value, "HTTP_TRACEPARENT": value})
    assert re.fullmatch("[0-9a-f]{32}", ids.request)
    assert ids.request != value
    assert (ids.correlation, ids.trace) == ("", None)
    assert ids_of({}).request != ids_of({}).request


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        (f"00-{TRACE}-{PARENT}-01", "01"),
        (f"00-{TRACE}-{PARENT}-00", "00"),
        (f"00-{TRACE}-{PARENT}-ff", "01"),
        (f"01-{TRACE}-{PARENT}-02-what-comes-later", "00"),
    ],
)
def test_a_traceparent_is_taken_up(value: str, flags: str) -> None:
    assert ids_of({"HTTP_TRACEPARENT": value}).trace == Trace(TRACE, PARENT, flags)


@pytest.mark.parametrize(
    "value",
    [
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{'1234567890' * 3}12-{PARENT}-01",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01,00-{TRACE}-{PARENT}-01",
        f" 00-{TRACE}-{PARENT}-01",
    ],
)
def test_one_that_is_not_well_formed_or_a_mere_number_is_not(value: str) -> None:
    assert ids_of({"HTTP_TRACEPARENT": value}).trace is None


def test_ids_are_mirrored_and_logged(server: Any, respond: Any) -> None:
    sent = {
        "Content-Type": "application/fhir+json",
        "X-Request-Id": UUID,
        "X-Correlation-Id": HEX,
        "traceparent": f"00-{TRACE}-{PARENT}-01",
        "tracestate": "kanari=mueller",
    }
    reply = server.send("POST", "/fhir/QuestionnaireResponse/$triage", json.dumps(respond({"numbness": True})), sent)
    assert reply.status == 200
    assert (reply.headers["X-Request-Id"], reply.headers["X-Correlation-Id"]) == (UUID, HEX)
    version, trace_id, child_id, flags = reply.headers["traceresponse"].split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert re.fullmatch("[0-9a-f]{16}", child_id)
    assert child_id != PARENT
    assert "tracestate" not in reply.headers
    (line,) = [line for line in map(json.loads, server.log.splitlines()) if line.get("request_id") == UUID]
    assert (line["correlation_id"], line["trace_id"], line["level"]) == (HEX, TRACE, "routine")
    assert "kanari" not in server.log


def test_without_them_none_but_an_id_of_ours_is_there(server: Any) -> None:
    reply = server.send("GET", "/health/live", headers={"X-Request-Id": "Kanari", "X-Correlation-Id": "Kanari"})
    assert re.fullmatch("[0-9a-f]{32}", reply.headers["X-Request-Id"])
    assert {"X-Correlation-Id", "traceresponse"} & set(reply.headers) == set()


def test_a_refusal_tells_the_callers_own_id(post: Any) -> None:
    reply = post(b"{", X_Request_Id=UUID)
    assert reply.status_code == 400
    assert reply.headers["X-Request-Id"] == UUID
