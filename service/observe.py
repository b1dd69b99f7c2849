"""The log: JSON lines whose fields are on an allow-list, so that no patient data gets in."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

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
        "rule_sets",
        "rule_place",
        "rule_problem",
        "rule_remedy",
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


def log(event: str, *, severity: int = logging.INFO, **fields: str | int | float | bool | list[str] | None) -> None:
    """Log an event with fields; ValueError for a field that is not allowed, so that a slip shows in a test."""
    strangers = set(fields) - ALLOWED
    if strangers:
        raise ValueError(f"not on the list of loggable fields: {', '.join(sorted(strangers))}")
    LOGGER.log(severity, event, extra={"fields": fields})


class _Json(logging.Formatter):
    """Prints the event and its allowed fields, and nothing that another library put into the record."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        return json.dumps({"time": at, "severity": record.levelname, "event": record.msg, **fields})
