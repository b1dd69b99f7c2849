"""TLS without a proxy: old versions and strangers are refused, a renewed certificate is taken over by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shlex
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

ROOT = Path(__file__).parents[2]
TRIAGE = "/fhir/QuestionnaireResponse/$triage"
NAMED = "nurse.example.name@hospital.example"
NO_CERTIFICATE = (
    "Callers must show a client certificate, and you showed none. "
    "Connect with one that this service knows the issuer of."
)


@dataclass
class Issued:
    """An issuer, and files for a server."""

    issuer: trustme.CA
    folder: Path

    def write(self, issuer: trustme.CA | None = None) -> None:
        """Write a new certificate, in one step for each file, as tools that renew do."""
        made = (issuer or self.issuer).issue_cert("localhost", "127.0.0.1")
        for name, texts in (("cert", made.cert_chain_pems), ("key", [made.private_key_pem])):
            (self.folder / "next").write_bytes(b"".join(text.bytes() for text in texts))
            (self.folder / "next").replace(self.folder / name)
        self.issuer.cert_pem.write_to_path(self.folder / "issuer")

    @property
    def settings(self) -> dict[str, str]:
        return {
            "TRIAGE_WORKERS": "1",
            "TRIAGE_TLS_CERTIFICATE": str(self.folder / "cert"),
            "TRIAGE_TLS_KEY": str(self.folder / "key"),
        }

    def caller(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.issuer.configure_trust(context)
        return context


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    made = Issued(trustme.CA(), tmp_path_factory.mktemp("tls"))
    made.write()
    return made


@pytest.fixture(scope="module")
def started(start_server: Callable[..., Any], issued: Issued) -> Any:
    return start_server(caller=issued.caller(), **issued.settings)


@pytest.fixture(scope="module")
def demanding(start_server: Callable[..., Any], issued: Issued) -> Any:
    """It wants to see a certificate of the issuer's, and speaks TLS 1.3 only."""
    more = {"TRIAGE_TLS_CLIENT_CA": str(issued.folder / "issuer"), "TRIAGE_TLS_MINIMUM_VERSION": "1.3"}
    return start_server(caller=issued.caller(), **issued.settings, **more)


def get(port: int, context: ssl.SSLContext, path: str = "/fhir/metadata") -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), json.loads(answer.read())
    finally:
        connection.close()


def test_a_triage_by_tls(started: Any, ask: Callable[..., Any]) -> None:
    reply = ask(started)
    assert (reply.status, reply.json["resourceType"]) == (200, "Bundle")
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert f'"address":"https://127.0.0.1:{started.port}"' in started.log


def test_the_service_says_of_itself_that_it_is_reached_by_https(started: Any, issued: Issued) -> None:
    _, _, statement = get(started.port, issued.caller())
    assert statement["implementation"]["url"] == f"https://localhost:{started.port}/fhir"


def test_a_connection_is_kept_and_closed_in_good_form(started: Any, issued: Issued) -> None:
    with issued.caller().wrap_socket(started.connect(), server_hostname="localhost") as kept:
        kept.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        kept.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = b""
        while more := kept.recv(65_536):
            said += more
        assert said.count(b"HTTP/1.1 200 ") == 3
        kept.unwrap()  # the server has said that no more comes; a connection that was cut off says nothing


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_old_versions_are_refused(started: Any, issued: Issued, version: ssl.TLSVersion) -> None:
    context = issued.caller()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with pytest.raises(ssl.SSLError):
        get(started.port, context)


def test_the_least_version_can_be_set_higher(started: Any, demanding: Any, issued: Issued) -> None:
    context = issued.caller()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert get(started.port, context, "/health/live")[0] == 200
    with pytest.raises(ssl.SSLError):
        get(demanding.port, context, "/health/live")


def test_ciphers_without_forward_secrecy_or_authentication_are_refused(started: Any, issued: Issued) -> None:
    context = issued.caller()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        get(started.port, context)


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"", b"\x16\x03\x01\x02\x00\x01"])
def test_who_speaks_no_tls_is_hung_up_on_and_holds_up_nobody(started: Any, issued: Issued, sent: bytes) -> None:
    with started.connect() as plain:
        plain.sendall(sent)
        assert get(started.port, issued.caller(), "/health/live")[0] == 200
        with contextlib.suppress(OSError):  # it was hung up already
            plain.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: _received(plain), b""))
    assert b"HTTP" not in said


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


def test_who_begins_and_does_not_go_on_is_hung_up_on(start_server: Callable[..., Any], issued: Issued) -> None:
    served = start_server(caller=issued.caller(), **issued.settings, TRIAGE_REQUEST_TIMEOUT="1")
    with served.connect() as silent:
        silent.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert _received(silent) == b""


def with_certificate(issued: Issued, issuer: trustme.CA | None = None) -> ssl.SSLContext:
    context = issued.caller()
    (issuer or issued.issuer).issue_cert(NAMED).configure_cert(context)
    return context


def test_who_shows_no_certificate_is_told_so_and_triages_nothing(
    demanding: Any, issued: Issued, ask: Callable[..., Any], texts: Callable[..., list[str]]
) -> None:
    reply = ask(demanding)
    assert (reply.status, texts(reply.json)) == (403, [NO_CERTIFICATE])
    assert reply.json["issue"][0]["code"] == "login"
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert get(demanding.port, issued.caller(), "/fhir/metadata")[0] == 403


def test_who_shows_a_certificate_is_answered_and_it_is_not_logged(demanding: Any, issued: Issued) -> None:
    assert get(demanding.port, with_certificate(issued))[0] == 200
    assert demanding.events[-1]["status"] == 200
    assert "nurse" not in demanding.log


def test_a_certificate_of_another_issuer_is_refused_and_not_logged(demanding: Any, issued: Issued) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(demanding.port, with_certificate(issued, trustme.CA()))
    assert "nurse" not in demanding.log


def test_watchers_need_no_certificate(demanding: Any, issued: Issued) -> None:
    assert get(demanding.port, issued.caller(), "/health/ready")[0] == 200


def health_check() -> list[str]:
    """The command of the image's HEALTHCHECK."""
    found = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", (ROOT / "Dockerfile").read_text("utf-8"), re.DOTALL)
    assert found
    command: list[str] = json.loads(found[1])
    return [sys.executable, *command[1:]]


def test_the_health_check_of_the_image_passes_by_tls_and_without(
    started: Any, demanding: Any, server: Any, issued: Issued, environment: dict[str, str]
) -> None:
    for one, settings in ((started, issued.settings), (demanding, issued.settings), (server, {})):
        ran = subprocess.run(health_check(), env={**environment, **settings, "TRIAGE_PORT": str(one.port)}, check=False)
        assert ran.returncode == 0, shlex.join(health_check())


def test_the_health_check_of_the_image_fails_when_nobody_is_there(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    ran = subprocess.run(health_check(), env={**environment, "TRIAGE_PORT": port}, capture_output=True, check=False)
    assert ran.returncode != 0


@pytest.fixture
def renewing(start_server: Callable[..., Any], tmp_path: Path) -> Iterator[tuple[Any, Issued]]:
    own = Issued(trustme.CA(), tmp_path)
    own.write()
    yield start_server(caller=own.caller(), **own.settings), own


def wait_for(served: Any, event: str) -> None:
    for _ in range(200):
        if any(line["event"] == event for line in served.events):
            return
        time.sleep(0.1)
    raise AssertionError(served.log)


def shown(served: Any, own: Issued) -> bytes | None:
    with own.caller().wrap_socket(served.connect(), server_hostname="localhost") as connection:
        return connection.getpeercert(binary_form=True)


def test_a_renewed_certificate_is_taken_over_and_open_connections_go_on(renewing: tuple[Any, Issued]) -> None:
    served, own = renewing
    kept = http.client.HTTPSConnection("localhost", served.port, timeout=30, context=own.caller())
    kept.request("GET", "/health/live")
    kept.getresponse().read()
    first, same = shown(served, own), kept.sock
    own.write()
    wait_for(served, "certificate renewed")
    assert shown(served, own) != first
    kept.request("GET", "/health/live")
    assert kept.getresponse().status == 200
    assert kept.sock is same
    kept.close()


def test_files_that_do_not_fit_are_not_taken_over_until_they_do(renewing: tuple[Any, Issued]) -> None:
    served, own = renewing
    first, key = shown(served, own), (own.folder / "key").read_bytes()
    (own.folder / "key").write_bytes(b"half")
    wait_for(served, "certificate refused")
    assert shown(served, own) == first
    (own.folder / "key").write_bytes(key)
    wait_for(served, "certificate renewed")
    assert shown(served, own) == first


def test_the_admin_address_stays_without_tls(start_server: Callable[..., Any], issued: Issued) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start_server(caller=issued.caller(), **issued.settings, TRIAGE_ADMIN_ADDRESS=f"127.0.0.1:{port}")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/rules")
    assert connection.getresponse().status == 200
    connection.close()


def test_it_ends_well_by_tls_too(start_server: Callable[..., Any], issued: Issued) -> None:
    served = start_server(caller=issued.caller(), **issued.settings)
    with issued.caller().wrap_socket(served.connect(), server_hostname="localhost") as silent:
        silent.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert silent.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert served.stop() == 0
