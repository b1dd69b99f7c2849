"""The log: JSON lines whose fields are on an allow-list, so that no patient data gets in."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

Field = str | int | float | bool | list[str] | None

ALLOWED = frozenset(
    {
        "request_id",
        "correlation_id",
        "trace_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "kinds",
        "level",
        "complete",
        "rule_set",
        "rule_set_version",
        "fhir_version",
        "bytes_in",
        "error_type",
        "error_place",
        "problem_count",
        "address",
        "workers",
        "connections",
        "rule_sets",
        "rule_place",
        "rule_problem",
        "rule_remedy",
        "access",
        "reachable",
        "refused_because",
        "provider",
        "vignette",
        "vignettes",
        "expected_level",
        "library",
    }
)
"""Every field that may be logged. None can hold what a caller wrote, but for the three ids, and these are
taken from a caller only when they look as if drawn at random; those of rules quote rule files only."""

_METHODS = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "error"}

_logger: Any = None
"""The bound logger that `start_logging` made; until then nothing is logged."""


def start_logging(level: str) -> None:
    """Send our log to standard error, one JSON object a line; called once by each process."""
    global _logger  # one log for the process, as structlog itself has one configuration
    sink = getattr(sys.stderr, "buffer", None)
    if sink is None:
        _logger = None
        return
    severity = logging.getLevelNamesMapping()[level]
    lazy = structlog.wrap_logger(
        structlog.BytesLogger(sink),
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(severity),
    )
    _logger = lazy.bind()  # the logger itself, so that nothing is looked up for each line


def log(event: str, *, severity: int = logging.INFO, **fields: Field) -> None:
    """Log an event with fields; ValueError for a field that is not allowed, so that a slip shows in a test.

    A log that cannot be written is no reason to fail.
    """
    if not fields.keys() <= ALLOWED:
        strangers = ", ".join(sorted(fields.keys() - ALLOWED))
        raise ValueError(f"not on the list of loggable fields: {strangers}")
    if _logger is None:
        return
    try:
        getattr(_logger, _METHODS[severity])(event, **fields)
    except (OSError, ValueError):
        return


def _line(_: object, method: str, told: Any) -> bytes:
    """One line of JSON; structlog ends it."""
    line = {"time": datetime.now(UTC), "severity": method.upper(), "event": told.pop("event"), **told}
    try:
        return orjson.dumps(line)
    except TypeError:  # half a character, as an escape in a rule file can make one
        return json.dumps(line | {"time": line["time"].isoformat()}, separators=(",", ":")).encode()


def silence_others() -> None:
    """Let other libraries, warnings and threads that fail say that something is the matter, and where, but not what.

    Their words may quote anything. Called by a process that serves.
    """
    logging.raiseExceptions = False  # else a failed write prints a traceback, and with it what a caller wrote
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [_Others()]
    root.setLevel(logging.WARNING)
    sys.unraisablehook = lambda found: _failed(found.exc_type, "finalizer")
    threading.excepthook = lambda found: _failed(found.exc_type, "thread")


def _failed(kind: type[BaseException] | None, place: str) -> None:
    log("fault", severity=logging.ERROR, error_type=kind.__name__ if kind else "", error_place=place)


class _Others(logging.Handler):
    """Logs of a record of another library which library it is and how severe."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line for a record."""
        severity = min(record.levelno // 10 * 10, logging.ERROR)
        log("library", severity=severity if severity in _METHODS else logging.INFO, library=record.name)
