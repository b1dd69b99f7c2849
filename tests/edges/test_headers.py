"""The headers that protect whoever gets a reply are on every one of them, refusals too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HSTS = "Strict-Transport-Security"


@pytest.mark.parametrize("path", ["/", "/rules", "/health/live", "/fhir/metadata", "/nothing", "/static/page.css"])
def test_they_are_on_every_reply(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.getlist(name) for name in EXPECTED} == {name: [value] for name, value in EXPECTED.items()}


def test_they_are_on_what_never_reaches_the_application(server: Any) -> None:
    head, _, _ = server.send_as_it_is(b"nonsense\r\n\r\n").partition(b"\r\n\r\n")
    for name, value in EXPECTED.items():
        assert f"{name}: {value}".encode() in head


def test_the_server_does_not_say_which_it_is(server: Any) -> None:
    assert server.send("GET", "/health/live").headers["Server"] == "gunicorn"  # without a version


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        ({}, "https://localhost", ["max-age=31536000"]),
        ({"hsts_seconds": "60"}, "https://localhost", ["max-age=60"]),
        ({"hsts_seconds": "0"}, "https://localhost", []),
        ({}, "http://localhost", []),
    ],
)
def test_over_tls_alone_a_browser_is_told_to_come_by_tls(
    client_of: Callable[..., FlaskClient], settings: dict[str, str], url: str, said: list[str]
) -> None:
    assert client_of(**settings).get("/", base_url=url).headers.getlist(HSTS) == said
