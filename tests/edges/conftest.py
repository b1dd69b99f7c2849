"""Callers from anywhere, certificates, and a Redis of our own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.settings import load_settings
from service.web.app import create_app
from service.wiring import Service

SECONDS_TO_START = 20


@pytest.fixture
def client_of(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FlaskClient]:
    """A client in process of a service with the settings given."""
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)

    def made(**variables: str) -> FlaskClient:
        settings = load_settings({f"TRIAGE_{name.upper()}": value for name, value in variables.items()})
        return create_app(settings, Service(settings, service.triage)).test_client()

    return made


@dataclass
class Redis:
    """A redis-server of the test's own."""

    port: int
    command: list[str]
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        for _ in range(SECONDS_TO_START * 50):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("redis-server does not listen")


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[Callable[..., Redis]]:
    """Starts redis-servers that keep nothing; it is a fault of the machine when there is none to start."""
    started: list[Redis] = []

    def start(*options: str, tls: bool = False) -> Redis:
        program = shutil.which("redis-server")
        assert program, "redis-server is needed: apt-get install redis-server"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        where = ["--port", "0", "--tls-port", str(port)] if tls else ["--port", str(port)]
        own = [*where, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
        started.append(Redis(port, [program, *own, *options], None))  # type: ignore[arg-type]  # started in the next line
        started[-1].start_again()
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def ask(respond: Callable[..., dict[str, Any]]) -> Callable[[Any], Any]:
    """Asks a running server for a triage."""
    import json

    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()

    def send(server: Any, **headers: str) -> Any:
        given = {"Content-Type": "application/fhir+json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return server.send("POST", "/fhir/QuestionnaireResponse/$triage", body, given)

    return send
