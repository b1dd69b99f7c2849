"""What proxies say of a caller is believed of trusted proxies only, and only as far as they can know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.settings import Settings
from service.web.proxies import peer_of, trusting

PROXIES = "10.0.0.0/24 2001:db8:5::1"
BY_ONE = {"REMOTE_ADDR": "10.0.0.7"}


def seen(peer: str, *, proxies: str = PROXIES, how: str = "x-forwarded", **headers: str) -> dict[str, Any]:
    """The request as it reaches what is within."""
    got: dict[str, Any] = {}

    def inner(sent: dict[str, Any], _: Any) -> list[bytes]:
        got.update(sent)
        return []

    settings = Settings(trusted_proxies=proxies, proxy_headers=how)
    sent = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "triage:8080",
        "SERVER_NAME": "triage",
        "SERVER_PORT": "8080",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/fhir/metadata",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    trusting(inner, settings)(sent, None)
    return got


@pytest.mark.parametrize(
    ("passed_through", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.9, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.8", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9, 2001:db8:5::1, 10.0.0.8", "203.0.113.9"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("", "10.0.0.7"),
        ("unknown", "10.0.0.7"),
        ("203.0.113.9, unknown, 10.0.0.8", "10.0.0.8"),
        ('", 203.0.113.9', "203.0.113.9"),
        ("1.2.3.4, <script>", "10.0.0.7"),
    ],
)
def test_the_caller_is_the_last_address_that_is_no_trusted_proxy(passed_through: str, caller: str) -> None:
    got = seen("10.0.0.7", x_forwarded_for=passed_through)
    assert got["REMOTE_ADDR"] == caller
    assert peer_of(got) == "10.0.0.7"


@pytest.mark.parametrize("peer", ["10.0.1.7", "203.0.113.9", "127.0.0.1", "::1", "2001:db8:5::2", ""])
@pytest.mark.parametrize("proxies", [PROXIES, ""])
def test_of_anyone_else_nothing_is_believed(peer: str, proxies: str) -> None:
    spoofed = {"x_forwarded_for": "1.2.3.4", "x_forwarded_proto": "https", "x_forwarded_host": "evil.example"}
    got = seen(peer, proxies=proxies, x_forwarded_prefix="/evil", forwarded="for=1.2.3.4;proto=https", **spoofed)
    assert (got["REMOTE_ADDR"], peer_of(got)) == (peer, peer)
    assert (got["wsgi.url_scheme"], got["HTTP_HOST"], got["SCRIPT_NAME"]) == ("http", "triage:8080", "")


def test_a_proxy_that_is_an_ipv4_address_on_an_ipv6_socket_is_trusted() -> None:
    assert seen("::ffff:10.0.0.7", x_forwarded_for="203.0.113.9")["REMOTE_ADDR"] == "203.0.113.9"


def test_scheme_host_and_prefix_are_those_that_the_nearest_proxy_gives() -> None:
    got = seen(
        "10.0.0.7",
        x_forwarded_proto="http, https",
        x_forwarded_host="evil.example, ehr.example:8443",
        x_forwarded_prefix="/triage/",
    )
    assert (got["wsgi.url_scheme"], got["HTTP_HOST"], got["SCRIPT_NAME"]) == ("https", "ehr.example:8443", "/triage")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x_forwarded_proto", "javascript"),
        ("x_forwarded_host", "evil.example/path"),
        ("x_forwarded_host", "user@evil.example"),
        ("x_forwarded_host", "evil example"),
        ("x_forwarded_host", '"><script>'),
        ("x_forwarded_prefix", "//evil.example"),
        ("x_forwarded_prefix", "evil"),
        ("x_forwarded_prefix", "/a/../b?c"),
        ("x_forwarded_prefix", '/"><script>'),
    ],
)
def test_what_could_not_stand_in_an_address_is_not_taken_over(header: str, value: str) -> None:
    got = seen("10.0.0.7", **{header: value})
    assert (got["wsgi.url_scheme"], got["HTTP_HOST"], got["SCRIPT_NAME"]) == ("http", "triage:8080", "")


@pytest.mark.parametrize(
    ("said", "caller"),
    [
        ("for=203.0.113.9;proto=https;host=ehr.example", "203.0.113.9"),
        ('for=1.2.3.4, For="203.0.113.9:4711";Proto=HTTPS;host=ehr.example', "203.0.113.9"),
        ('for="[2001:db8::9]:4711";by=x, for=10.0.0.8;proto=https;host="ehr.example"', "2001:db8::9"),
        ("for=_hidden;proto=https;host=ehr.example", "10.0.0.7"),
        ('for=", for=203.0.113.9;proto=https;host=ehr.example', "203.0.113.9"),
    ],
)
def test_forwarded_is_read_when_it_is_what_the_proxies_write(said: str, caller: str) -> None:
    got = seen("10.0.0.7", how="forwarded", forwarded=said, x_forwarded_for="6.6.6.6", x_forwarded_prefix="/evil")
    assert got["REMOTE_ADDR"] == caller
    assert (got["wsgi.url_scheme"], got["HTTP_HOST"], got["SCRIPT_NAME"]) == ("https", "ehr.example", "")


def test_forwarded_is_not_read_when_the_proxies_write_the_other_headers() -> None:
    got = seen("10.0.0.7", forwarded="for=6.6.6.6;proto=https;host=evil.example", x_forwarded_for="203.0.113.9")
    assert (got["REMOTE_ADDR"], got["wsgi.url_scheme"], got["HTTP_HOST"]) == ("203.0.113.9", "http", "triage:8080")


def base_of(client: FlaskClient, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said: str = client.get("/fhir/metadata", headers=named, environ_base=BY_ONE).json["implementation"]["url"]
    return said


GIVEN = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "ehr.example", "X_Forwarded_Prefix": "/triage"}


def test_the_service_gives_its_address_as_the_proxy_was_asked_for_it(client_of: Callable[..., FlaskClient]) -> None:
    assert base_of(client_of(trusted_proxies=PROXIES), **GIVEN) == "https://ehr.example/triage/fhir"
    assert base_of(client_of(), **GIVEN) == "http://localhost/fhir"


def test_the_address_that_is_set_goes_before_what_any_proxy_says(client_of: Callable[..., FlaskClient]) -> None:
    client = client_of(trusted_proxies=PROXIES, public_base_url="https://set.example/x")
    assert base_of(client, **GIVEN) == "https://set.example/x/fhir"


def test_below_a_prefix_the_page_leads_to_addresses_with_it(client_of: Callable[..., FlaskClient]) -> None:
    headers = {"X-Forwarded-Prefix": "/triage"}
    client = client_of(trusted_proxies=PROXIES)
    page = client.get("/", headers=headers, environ_base=BY_ONE).text
    assert 'src="/triage/static/page.js"' in page
    assert 'href="/triage/fhir/metadata"' in page
    assert 'href="/triage/static/page.css"' in client.get("/rules", headers=headers, environ_base=BY_ONE).text


@pytest.mark.parametrize("variable", [{}, {"FORWARDED_ALLOW_IPS": "*", "SCRIPT_NAME": ""}])
def test_the_http_server_believes_nobody_either(start_server: Callable[..., Any], variable: dict[str, str]) -> None:
    served = start_server(TRIAGE_WORKERS="1", **variable)
    for headers in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}, {"SCRIPT_NAME": "/fhir"}):
        reply = served.send("GET", "/fhir/metadata", headers=headers)
        assert reply.status == 200
        assert reply.json["implementation"]["url"] == f"http://127.0.0.1:{served.port}/fhir"
        assert "Strict-Transport-Security" not in reply.headers


def test_a_trusted_proxy_is_believed_by_the_running_server(start_server: Callable[..., Any]) -> None:
    served = start_server(TRIAGE_WORKERS="1", TRIAGE_TRUSTED_PROXIES="127.0.0.0/8")
    reply = served.send(
        "GET", "/fhir/metadata", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ehr.example"}
    )
    assert reply.json["implementation"]["url"] == "https://ehr.example/fhir"
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
