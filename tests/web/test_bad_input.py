"""Hostile and broken bodies against the running server: each is refused in words, and the server stays well."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from service.fhir_io.admission.body import Limits

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}
UTF_8 = "Send the body as UTF-8 without a byte order mark."
LIMITS = Limits()
TOO_MANY = (
    f"The body has more than {LIMITS.max_items} items and answers or {LIMITS.max_objects} objects. "
    "Send a smaller response."
)
START = b'{"resourceType":"QuestionnaireResponse","status":"completed","subject":{"reference":"Patient/example"},'

BODIES: dict[str, tuple[bytes, int, str]] = {
    "a text of 1 MB where yes or no is asked": (
        START + b'"item":[{"linkId":"numbness","answer":[{"valueString":"' + b"a" * 1_000_000 + b'"}]}]}',
        422,
        "QuestionnaireResponse.item[0].answer[0].valueString: valueBoolean is expected, not valueString. ",
    ),
    "10 MiB": (b'"' + b"a" * 10_485_760 + b'"', 413, "The body is longer than 1048576 bytes. Send less."),
    "nested 10,000 deep": (
        START + b'"item":' + b'[{"linkId":"x","item":' * 10_000 + b"[]" + b"}]" * 10_000 + b"}",
        400,
        "The body is nested more than 64 levels deep. Send a flatter resource.",
    ),
    "arrays 400,000 deep": (
        b"[" * 400_000,
        400,
        "The body is nested more than 64 levels deep. Send a flatter resource.",
    ),
    "NaN": (
        START + b'"item":[{"linkId":"x","answer":[{"valueDecimal":NaN}]}]}',
        400,
        "NaN is not a number in JSON, at line 1, column 152. Leave the element out.",
    ),
    "invalid UTF-8": (b'{"resourceType":"\xff"}', 400, f"The body is not UTF-8: byte 18 is wrong. {UTF_8}"),
    "byte order mark": (
        b"\xef\xbb\xbf" + START[:-1] + b"}",
        400,
        f"The body starts with a byte order mark. {UTF_8}",
    ),
    "UTF-16": ("{}".encode("utf-16"), 400, f"The body is encoded as UTF-16 or UTF-32. {UTF_8}"),
    "a number of 400 digits": (
        START + b'"item":[{"linkId":"x","answer":[{"valueInteger":' + b"9" * 400 + b"}]}]}",
        400,
        "A number has more than 40 digits, at line 1, column 152. Send a shorter number.",
    ),
    "100,000 items": (START + b'"item":[' + b",".join([b"{}"] * 100_000) + b"]}", 413, TOO_MANY),
    "100,000 extensions": (START + b'"extension":[' + b",".join([b"{}"] * 100_000) + b"]}", 413, TOO_MANY),
    "nothing": (b"", 400, "The body is empty. Send a QuestionnaireResponse or Parameters as JSON."),
    "an array": (b"[]", 400, 'The body is JSON, but not an object. Send one resource: { "resourceType": … }.'),
    "cut off": (START, 400, "The body is not JSON: "),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_and_the_server_stays_well(
    server: Any, respond: Callable[..., dict[str, Any]], texts: Callable[..., list[str]], name: str
) -> None:
    raw, status, said = BODIES[name]
    reply = server.send("POST", TRIAGE, raw, FHIR)
    assert reply.status == status
    (text,) = texts(reply.json)
    assert text.startswith(said)
    assert server.send("GET", "/health/ready").status == 200
    good = json.dumps(respond({"numbness": True})).encode()
    assert server.send("POST", TRIAGE, good, FHIR).status == 200
