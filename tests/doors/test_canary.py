"""Marked names in every part of a request, through every door: none comes out in a log, a trace or an error."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from doors.marked import FHIR, HEADERS, MARK, PATHS, RAW, TRACE, TRIAGE, Respond, bodies, triaged

from service.cli import main
from service.web.app import create_app
from service.wiring import Service


class Listening:
    """A client in process, and everything that the process prints or logs, by any logger at any level."""

    def __init__(self, service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        caplog.set_level(logging.DEBUG)
        self.client = create_app(replace(service.settings, log_level="DEBUG"), service).test_client()
        self._caplog = caplog
        self._capfd = capfd

    @property
    def heard(self) -> str:
        out, err = self._capfd.readouterr()
        return (out + err + self._caplog.text).lower()


@pytest.fixture
def listen(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], Listening]:
    """Made in the test itself, because pytest gives each phase a standard error of its own."""
    return lambda: Listening(service, caplog, capfd)


def test_a_refusal_repeats_no_name(listen: Callable[[], Listening], respond: Respond) -> None:
    listening = listen()
    for name, raw in bodies(respond).items():
        for operation in ("$triage", "$validate"):
            reply = listening.client.post(f"/fhir/QuestionnaireResponse/{operation}", data=raw, headers=FHIR)
            if operation == "$triage":
                assert reply.status_code in (400, 422), name
            assert reply.json["resourceType"] == "OperationOutcome", name
            assert TRACE not in reply.text.lower(), name
    heard = listening.heard
    assert '"event":"request"' in heard
    assert TRACE not in heard


def test_an_answer_repeats_no_name_but_the_subjects_own(listen: Callable[[], Listening], respond: Respond) -> None:
    listening = listen()
    for name, raw in triaged(respond).items():
        reply = listening.client.post(TRIAGE, data=raw, headers=FHIR)
        assert reply.status_code == 200, name
        for entry in reply.json["entry"]:
            resource = dict(entry["resource"])
            subject = resource.pop("subject", {})
            assert subject.get("display") in (None, MARK)
            assert TRACE not in json.dumps(resource).lower(), name
        checked = listening.client.post("/fhir/QuestionnaireResponse/$validate", data=raw, headers=FHIR)
        assert TRACE not in checked.text.lower(), name
    assert TRACE not in listening.heard


def test_headers_and_addresses_are_not_repeated(listen: Callable[[], Listening], server: Any, respond: Respond) -> None:
    listening = listen()
    raw = json.dumps(respond({"numbness": True})).encode()
    asked = [("POST", TRIAGE, {**FHIR, **headers}) for headers in HEADERS]
    asked += [(method, path, FHIR) for path in PATHS for method in ("GET", "POST")]
    for method, path, headers in asked:
        reply = listening.client.open(path, method=method, data=raw, headers=headers)
        assert reply.status_code < 500, (path, headers)
        assert TRACE not in (reply.text + str(reply.headers)).lower(), (path, headers)
        over_http = server.send(method, path, raw, headers)
        assert over_http.status == reply.status_code, (path, headers)
        assert TRACE.encode() not in over_http.raw.lower(), (path, headers)
        assert TRACE not in str(over_http.headers).lower(), (path, headers)
    assert TRACE not in listening.heard
    assert TRACE not in server.log.lower()


def test_the_running_server_logs_no_name(server: Any, respond: Respond) -> None:
    for name, raw in (bodies(respond) | triaged(respond)).items():
        reply = server.send("POST", f"{TRIAGE}?name={quote(MARK)}", raw, FHIR)
        assert reply.status in (200, 400, 422), name
        if reply.status != 200:
            assert TRACE.encode() not in reply.raw.lower(), name
    assert '"status":422' in server.log
    assert TRACE not in server.log.lower()


FAILING = ["service.assess.admitted", "service.assess.read_request", "service.assess.decide"]


@pytest.mark.parametrize("fails", [*FAILING, "service.assess.build_bundle", "service.web.triage.fhir_reply"])
def test_a_fault_repeats_no_name(
    listen: Callable[[], Listening], respond: Respond, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    listening = listen()

    def fail(*_: object, **__: object) -> None:
        raise KeyError(MARK) from ValueError(MARK)

    monkeypatch.setattr(fails, fail)
    reply = listening.client.post(TRIAGE, json=respond({"numbness": True}, author={"display": MARK}))
    assert reply.status_code == 500
    assert TRACE not in reply.text.lower()
    heard = listening.heard
    assert '"error_type":"keyerror"' in heard
    assert TRACE not in heard


def test_the_command_line_repeats_no_name(
    environment: dict[str, str], respond: Respond, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.exits.build_service", lambda _: service)
    for name, raw in bodies(respond).items():
        done = CliRunner().invoke(main, ["triage", "-"], input=raw)
        assert done.exit_code >= 10, name
        assert TRACE not in done.output.lower(), name
    for name, raw in triaged(respond).items():
        told = CliRunner().invoke(main, ["triage", "-", "--explain"], input=raw)
        assert told.exit_code == 0, name
        assert TRACE not in told.output.lower(), name
    command = [sys.executable, "-m", "service", "triage", "-"]
    done = subprocess.run(command, input=RAW["not JSON"], env=environment, capture_output=True)
    assert done.returncode == 10
    assert TRACE.encode() not in (done.stdout + done.stderr).lower()


def test_what_looks_like_an_identifier_is_repeated_to_the_caller_but_not_logged(
    listen: Callable[[], Listening], respond: Respond, texts: Callable[..., list[str]]
) -> None:
    """A developer must see which linkId, code or element is meant; a name without spaces cannot be told from one."""
    listening = listen()
    link = respond({"numbness": True, "confusion": True, "kanari-1": {"valueString": MARK}})
    said = texts(listening.client.post(f"{TRIAGE}?explain=false", json=link).json["entry"][-1]["resource"])
    assert said == [
        "QuestionnaireResponse.item[2]: The questionnaire has no item with this linkId: its answers were not used. "
        "linkId: kanari-1. Use the questionnaire's linkIds."
    ]
    code = listening.client.post(TRIAGE, json=respond({"numbness-onset": "kanari-2"}))
    (text,) = texts(code.json)
    assert "The code kanari-2 is not an option here." in text
    element = listening.client.post(TRIAGE, json=respond({"numbness": True}, kanari_3=MARK))
    (text,) = texts(element.json)
    assert text.startswith("QuestionnaireResponse.kanari_3: QuestionnaireResponse has no element kanari_3.")
    assert TRACE not in listening.heard
