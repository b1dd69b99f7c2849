"""The log: JSON lines whose fields are on an allow-list, so that no patient data gets in."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

Field = str | int | float | bool | list[str] | None

LOGGER = logging.getLogger("numbness_triage")

ALLOWED = frozenset(
    {
        "request_id",
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
    }
)
"""Every field that may be logged. None of them can hold what a caller wrote; those of rules quote rule files only."""


def start_logging(level: str) -> None:
    """Send our log to standard error, one JSON object a line; called once by each process."""
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(_Json())
    LOGGER.handlers[:] = [sink]
    LOGGER.setLevel(level)
    LOGGER.propagate = False
    logging.raiseExceptions = False  # else a failed write prints a traceback, and with it what a caller wrote


def log(event: str, *, severity: int = logging.INFO, **fields: Field) -> None:
    """Log an event with fields; ValueError for a field that is not allowed, so that a slip shows in a test.

    It writes the line itself, once: a record of `logging` takes ten times as long. A log that cannot be written is no
    reason to fail.
    """
    if not fields.keys() <= ALLOWED:
        strangers = ", ".join(sorted(fields.keys() - ALLOWED))
        raise ValueError(f"not on the list of loggable fields: {strangers}")
    if not LOGGER.isEnabledFor(severity):
        return
    line = _line(datetime.now(UTC), logging.getLevelName(severity), event, fields)
    for sink in LOGGER.handlers:
        try:
            sink.stream.write(line)  # type: ignore[attr-defined]  # there is but the one of start_logging
        except (OSError, ValueError):
            continue


def _line(at: datetime, severity: str, event: str, fields: Mapping[str, Field]) -> str:
    told = {"time": at, "severity": severity, "event": event, **fields}
    try:
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:  # half a character, as an escape in a rule file can make one
        return json.dumps(told | {"time": at.isoformat()}, separators=(",", ":")) + "\n"


class _Json(logging.Formatter):
    """Prints of what comes by `logging` itself the event, and nothing that another library put into the record."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; the handler ends it."""
        return _line(datetime.fromtimestamp(record.created, UTC), record.levelname, record.msg, {}).rstrip("\n")
