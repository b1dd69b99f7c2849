"""A copy of the rules that can be changed, and real servers that serve it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.ruleset.folder import digest_now
from service.ruleset.load import lock_rule_set
from service.settings import packaged

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
SECONDS = 60
RULE_SET = re.compile(r"Rule set limb-numbness (\S+), SHA-256 ([0-9a-f]{64})\.")


@dataclass(frozen=True)
class Rules:
    """A folder of rules that a test changes."""

    folder: Path

    def write(self, version: str, title: str = "Title of a test") -> tuple[str, str]:
        """Give them a version and a title, locked as they should be; says version and digest."""
        file = self.folder / "ruleset.yaml"
        text = re.sub(r'(?m)^version: ".*"$', f'version: "{version}"', file.read_text("utf-8"))
        file.write_text(re.sub(r"(?m)^title: .*$", f"title: {title}", text), "utf-8")
        lock_rule_set(self.folder)
        return version, digest_now(self.folder)

    def break_them(self) -> Callable[[], None]:
        """Leave a bracket open in line 1 of tests.yaml; gives what mends it."""
        file = self.folder / "tests.yaml"
        good = file.read_text("utf-8")
        file.write_text("broken: [a, b\n" + good, "utf-8")

        def mend() -> None:
            file.write_text(good, "utf-8")

        return mend


@dataclass(frozen=True)
class Served:
    """A running server, its process and its log."""

    process: subprocess.Popen[bytes]
    port: int
    admin_port: int
    log_file: Path
    body: bytes

    def connect(self, port: int | None = None) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=SECONDS)

    def send(self, method: str, path: str, *, admin: bool = False, raw: Any = None, **headers: str) -> Any:
        """Status, headers and JSON of one request on a connection of its own."""
        connection = self.connect(self.admin_port if admin else self.port)
        try:
            connection.request(method, path, raw, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), json.loads(answer.read())
        finally:
            connection.close()

    def triage(self, connection: http.client.HTTPConnection | None = None) -> tuple[str, str]:
        """The version and digest that an answer names; both of its two places must name the same version."""
        asked = connection or self.connect()
        asked.request("POST", f"{TRIAGE}?explain=false", self.body, {"Content-Type": "application/fhir+json"})
        answer = asked.getresponse()
        raw = answer.read()
        assert answer.status == 200, raw
        if connection is None:
            asked.close()
        return by(json.loads(raw))

    def ready(self) -> dict[str, Any]:
        status, _, said = self.send("GET", "/health/ready")
        assert status == 200
        return dict(said)

    def hang_up(self) -> None:
        os.kill(self.process.pid, signal.SIGHUP)

    def reload(self) -> dict[str, Any]:
        """SIGHUP, and what /health/ready then says of the reload; the log tells when there is one more."""
        ended = len(self.reloads())
        self.hang_up()
        self.wait_until(lambda: len(self.reloads()) > ended)
        return dict(self.ready()["lastReload"])

    def reloads(self) -> list[dict[str, Any]]:
        return [line for line in self.logged() if line["event"] in ("reloaded", "reload refused")]

    def logged(self) -> list[dict[str, Any]]:
        """The events of the log; a line that is just being written is left out."""
        whole = self.log_file.read_text("utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.split("\n") if line]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.log_file.read_text("utf-8")[-4000:]
            assert self.process.poll() is None
            time.sleep(0.02)

    def workers(self) -> set[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("utf-8")
        return {int(pid) for pid in children.split()}

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=SECONDS)


def by(bundle: dict[str, Any]) -> tuple[str, str]:
    """By which version and digest an answer says that it was made, in `method` and in `note`."""
    risk = bundle["entry"][0]["resource"]
    (named,) = [found for note in risk["note"] if (found := RULE_SET.match(note["text"]))]
    assert risk["method"]["coding"][0]["version"] == named[1]
    return named[1], named[2]


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    folder = tmp_path / "rules" / "limb_numbness"
    shutil.copytree(packaged("rules") / "limb_numbness", folder)
    return Rules(folder)


@pytest.fixture
def serve(
    rules: Rules, tmp_path: Path, environment: dict[str, str], respond: Callable[..., dict[str, Any]]
) -> Iterator[Callable[..., Served]]:
    """Starts servers of the rules; each must end well when told to."""
    started: list[Served] = []
    body = json.dumps(respond({"numbness": True, "confusion": True})).encode()

    def start(*, workers: int = 2, admin: bool = True, path: Path | None = None) -> Served:
        port, admin_port = _free_ports()
        own = {"TRIAGE_RULES_PATH": str(path or rules.folder), "TRIAGE_SHIPPED_RULES": "false"}
        own |= {"TRIAGE_WORKERS": str(workers), "TRIAGE_LOG_LEVEL": "INFO", "TRIAGE_PORT": str(port)}
        own |= {"TRIAGE_ADMIN_ADDRESS": f"127.0.0.1:{admin_port}"} if admin else {}
        log_file = tmp_path / f"log-{port}"
        with log_file.open("wb") as errors:
            command = [sys.executable, "-m", "service", "serve"]
            process = subprocess.Popen(command, env={**environment, **own}, stdout=errors, stderr=errors)
        served = Served(process, port, admin_port, log_file, body)
        started.append(served)
        served.wait_until(lambda: _answers(served) and len(served.workers()) == workers)
        return served

    yield start
    for served in started:
        if served.process.poll() is None:
            assert served.stop() == 0, served.log_file.read_text("utf-8")


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _answers(served: Served) -> bool:
    try:
        return bool(served.ready())
    except OSError:
        return False
