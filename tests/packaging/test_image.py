"""The Dockerfile keeps what it promises, as far as its text shows it; a build shows the rest."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import service

ROOT = Path(__file__).parents[2]
TEXT = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
STAGES = re.split(r"^(?=FROM )", TEXT, flags=re.M)[1:]
LAST = STAGES[-1]


def instruction(name):
    (found,) = re.findall(rf"^{name} (.*)$", LAST, re.M)
    return found


def test_the_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == service.__version__
    assert f"ARG VERSION={service.__version__}\n" in LAST
    assert 'org.opencontainers.image.version="${VERSION}"' in LAST
    assert f'org.opencontainers.image.licenses="{project["license"]}"' in LAST
    assert f'org.opencontainers.image.title="{project["name"]}"' in LAST


def test_it_runs_as_a_numeric_user_that_is_not_root():
    user, group = instruction("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_what_is_started_gets_signals_itself():
    assert json.loads(instruction("ENTRYPOINT")) + json.loads(instruction("CMD")) == ["numbness-triage", "serve"]
    assert instruction("STOPSIGNAL") == "SIGTERM"


@pytest.fixture
def ready_answers():
    """A server whose /health/ready answers with the status asked for; nothing else is there."""
    servers = []

    def start(status):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/health/ready" else 404)
                self.end_headers()

            def log_message(self, *_):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Answer))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def healthy(port):
    (command,) = re.findall(r"^HEALTHCHECK .*?CMD (\[.*\])$", LAST, re.M)
    python, *arguments = json.loads(command)
    assert python == "python"
    environment = os.environ | {"TRIAGE_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    return (
        subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False).returncode == 0
    )


def test_the_health_check_tells_ready_from_not_ready_and_from_nobody_there(ready_answers):
    assert healthy(ready_answers(200))
    assert not healthy(ready_answers(503))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert not healthy(port)


def test_the_last_stage_is_given_only_what_was_built():
    assert [stage.splitlines()[0].split()[1] for stage in STAGES[1:]] == ["base", "base"]
    assert re.findall(r"^(?:COPY|ADD) (.*)$", LAST, re.M) == ["--from=build /opt /opt"]
    assert "install" not in LAST.replace("uninstall", "")


def test_the_base_can_be_held_to_a_digest():
    assert STAGES[0].splitlines()[0] == "FROM python:3.12-slim${BASE_DIGEST:+@$BASE_DIGEST} AS base"
    assert re.search(r"^ARG BASE_DIGEST=$", TEXT.split("FROM ")[0], re.M)


def test_whatever_is_installed_is_held_to_its_hash_or_was_made_here():
    installs = [part for part in re.split(r" && |^RUN ", STAGES[1], flags=re.M) if " install " in part]
    assert len(installs) == 3
    fetched = [part for part in installs if "--no-index" not in part]
    assert all("--require-hashes --only-binary :all: -r deploy/lock/" in part for part in fetched)
    assert len(fetched) == 2
    assert all("--no-compile" in part for part in installs)


def test_only_named_files_are_sent_to_the_build():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    wanted = {line[1:] for line in lines if line.startswith("!")}
    assert wanted == {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "NOTICE",
        "deploy/lock",
        "service",
        "rules",
        "fhir_examples",
    }
    assert all((ROOT / name).exists() for name in wanted)
