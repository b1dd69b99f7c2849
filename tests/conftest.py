"""The service behind each of its doors, and responses to send to it."""

from __future__ import annotations

import http.client
import json
import os
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
from doors.regenerate import FIXED_TIME
from flask.testing import FlaskClient

from service.settings import Settings
from service.web.app import create_app
from service.wiring import Service, build_service

ROOT = Path(__file__).parent.parent
CANONICAL = "https://numbness-triage.example/fhir"
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass(frozen=True)
class Server:
    """A running `numbness-triage serve`, and the file that its standard error goes to."""

    port: int
    log_file: Path
    process: subprocess.Popen[bytes]
    caller: ssl.SSLContext | None = None

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=40)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log; a line that is just being written is left out."""
        whole = self.log.rpartition("\n")[0]
        return [json.loads(line) for line in whole.split("\n") if line.startswith("{")]

    def send(self, method: str, path: str, raw: Any = None, headers: dict[str, str] | None = None) -> Reply:
        connection = self._connection()
        try:
            connection.request(method, path, raw, headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.caller:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.caller)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def send_as_it_is(self, raw: bytes) -> bytes:
        """Send bytes that no HTTP client would, and give back all that comes until the server hangs up."""
        with self.connect() as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8")


@pytest.fixture(scope="session")
def service() -> Service:
    return build_service(Settings(fixed_time=FIXED_TIME))


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client in process that logs nothing; a test of the log makes its own."""
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)
    return create_app(service.settings, service).test_client()


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What a subprocess of ours needs: nothing set but the time, and everything logged."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    return {**bare, "TRIAGE_FIXED_TIME": FIXED_TIME, "TRIAGE_LOG_LEVEL": "DEBUG", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    return start_server()


@pytest.fixture(scope="session")
def start_server(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Starts servers, each with the settings given; each that still runs in the end must end well when told to."""
    started: list[Server] = []

    def start(*, caller: ssl.SSLContext | None = None, **settings: str) -> Server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        log_file = tmp_path_factory.mktemp("server") / "stderr"
        command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
        with log_file.open("wb") as errors:
            process = subprocess.Popen(command, env={**environment, **settings}, stdout=errors, stderr=errors)
        started.append(Server(port, log_file, process, caller))
        _wait_until_ready(started[-1])
        return started[-1]

    yield start
    for one in started:
        assert one.stop() == 0, one.log


def _wait_until_ready(running: Server) -> None:
    for _ in range(SECONDS_TO_START * 10):
        assert running.process.poll() is None, running.log
        try:
            if running.send("GET", "/health/ready").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"not ready after {SECONDS_TO_START} s: {running.log}")


@pytest.fixture(scope="session")
def respond(service: Service) -> Callable[..., dict[str, Any]]:
    """Builds responses: answers as linkId → True, False, a code, a list of codes, or a whole answer element."""
    items = service.triage.served[0].items

    def build(answers: dict[str, Any], *, denied: bool = False, **elements: Any) -> dict[str, Any]:
        """With `denied`, what is not named is answered no, or none. An element that is None is left out."""
        full = dict(answers)
        for item in items.values() if denied else ():
            if item.kind == "boolean":
                full.setdefault(item.link_id, False)
            elif item.repeats:
                full.setdefault(item.link_id, ["none"])
        response = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"{CANONICAL}/Questionnaire/limb-numbness",
            "status": "completed",
            "subject": {"reference": "Patient/example"},
            "authored": "2026-01-15T09:12:00+01:00",
            **elements,
            "item": [
                {"linkId": link_id, "answer": [_answer(v) for v in (value if isinstance(value, list) else [value])]}
                for link_id, value in full.items()
            ],
        }
        return {name: value for name, value in response.items() if value is not None}

    return build


def _answer(value: bool | str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, bool):
        return {"valueBoolean": value}
    return {"valueCoding": {"system": f"{CANONICAL}/CodeSystem/numbness-answers", "code": value}}


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., Any]:
    """Posts a body (a resource, or bytes as they are) to $triage in process."""

    def send(body: dict[str, Any] | bytes, operation: str = "$triage", query: str = "", **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"Content-Type": "application/fhir+json", **named}
        return client.post(f"/fhir/QuestionnaireResponse/{operation}{query}", data=raw, headers=named)

    return send


@pytest.fixture
def texts() -> Callable[[Any], list[str]]:
    """The words of each issue of an OperationOutcome, which it must be."""

    def said(outcome: dict[str, Any]) -> list[str]:
        assert outcome["resourceType"] == "OperationOutcome"
        return [issue["details"]["text"] for issue in outcome["issue"]]

    return said
