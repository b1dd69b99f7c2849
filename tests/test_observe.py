"""The log: JSON lines of allowed fields only."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime

import pytest

from service.observe import ALLOWED, log, silence_others, start_logging


def logged(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out, err = capfd.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_an_event_is_one_line_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    log("request", status=200, kinds=["structure"], complete=True, bytes_in=None)
    log("fault", severity=logging.ERROR, error_type="ValueError\nand more")
    first, second = logged(capfd)
    assert datetime.fromisoformat(str(first.pop("time"))).tzinfo
    assert first == {
        "severity": "INFO",
        "event": "request",
        "status": 200,
        "kinds": ["structure"],
        "complete": True,
        "bytes_in": None,
    }
    assert (second["severity"], second["error_type"]) == ("ERROR", "ValueError\nand more")


@pytest.mark.parametrize("field", ["subject", "patient", "answers", "body", "error", "path", "Status"])
def test_a_field_that_is_not_on_the_list_is_an_error_and_nothing_is_logged(
    capfd: pytest.CaptureFixture[str], field: str
) -> None:
    start_logging("DEBUG")
    with pytest.raises(ValueError, match=f"^not on the list of loggable fields: {field}$"):
        log("request", status=200, **{field: "Example Name"})
    assert logged(capfd) == []


def test_every_field_that_is_not_on_the_list_is_named() -> None:
    with pytest.raises(ValueError, match=r"^not on the list of loggable fields: answers, subject$"):
        log("request", subject="x", answers="y", route="z")


def test_half_a_character_is_logged_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    log("rule problem", rule_problem="\ud800 is no criterion")
    (line,) = logged(capfd)
    assert (line["event"], line["rule_problem"]) == ("rule problem", "\ud800 is no criterion")
    assert datetime.fromisoformat(str(line["time"])).tzinfo


def test_no_allowed_field_could_hold_what_a_caller_wrote() -> None:
    assert not ALLOWED & {"path", "query", "url", "body", "headers", "subject", "answers", "message", "error"}


def test_what_is_below_the_level_is_not_logged(capfd: pytest.CaptureFixture[str]) -> None:
    start_logging("WARNING")
    log("request", status=200)
    log("fault", severity=logging.ERROR)
    assert [line["event"] for line in logged(capfd)] == ["fault"]


def test_starting_twice_does_not_log_twice(capfd: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    start_logging("INFO")
    log("request", status=200)
    assert len(logged(capfd)) == 1


@pytest.fixture
def silenced() -> Iterator[None]:
    """What pytest itself has put in place comes back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions, sys.unraisablehook, threading.excepthook
    with warnings.catch_warnings(record=False):
        warnings.simplefilter("always")
        yield
        logging.captureWarnings(False)
    root.handlers[:], root.level, logging.raiseExceptions, sys.unraisablehook, threading.excepthook = before


def test_of_another_library_only_its_name_is_logged(capfd: pytest.CaptureFixture[str], silenced: None) -> None:
    start_logging("INFO")
    silence_others()
    try:
        raise ValueError("Example Name")
    except ValueError:
        logging.getLogger("urllib3.pool").exception("fault %s", "Example Name", extra={"subject": "Example Name"})
    logging.getLogger("urllib3.pool").critical("Example Name")
    logging.getLogger("urllib3.pool").info("Example Name")
    warnings.warn("Example Name", stacklevel=1)
    said = [(line["event"], line["severity"], line["library"]) for line in logged(capfd)]
    assert said == [
        ("library", "ERROR", "urllib3.pool"),
        ("library", "ERROR", "urllib3.pool"),
        ("library", "WARNING", "py.warnings"),
    ]


def test_of_a_thread_that_fails_only_the_type_is_logged(capfd: pytest.CaptureFixture[str], silenced: None) -> None:
    start_logging("INFO")
    silence_others()

    def fail() -> None:
        raise KeyError("Example Name")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = logged(capfd)
    assert (line["event"], line["error_type"], line["error_place"]) == ("fault", "KeyError", "thread")
    assert set(line) == {"time", "severity", "event", "error_type", "error_place"}


def test_a_log_that_cannot_be_written_prints_no_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _: bytes) -> None:
            raise OSError("no space left on device")

        def flush(self) -> None:
            raise OSError("no space left on device")

        @property
        def buffer(self) -> Full:
            return self

    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", Full())
        start_logging("INFO")
    try:
        raise ValueError("Example Name")
    except ValueError:
        log("fault", severity=logging.ERROR)
    assert capfd.readouterr() == ("", "")
