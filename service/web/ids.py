"""By which ids a request is told from others: those of the caller when they look drawn at random, else one of ours."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DRAWN = re.compile(r"(?=.*[A-Fa-f])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})")
"""128 bits in hexadecimal, with or without the hyphens of a UUID. One in three million has no letter among its digits;
what has none is more likely the number of a person, and is not taken."""

_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
"""W3C Trace Context, section 3.2. Of a later version more may follow, which is not read."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request stands in a trace that its caller began."""

    trace_id: str
    parent_id: str
    flags: str


@dataclass(frozen=True, slots=True)
class Ids:
    """The id of a request, and what of its caller's ids is taken up."""

    request: str
    correlation: str = ""
    trace: Trace | None = None


def ids_of(sent: Mapping[str, Any]) -> Ids:
    """The ids of a request, as WSGI gives it."""
    named, told = sent.get("HTTP_X_REQUEST_ID"), sent.get("HTTP_X_CORRELATION_ID")
    request = named if named and _DRAWN.fullmatch(named) else secrets.token_hex(16)
    correlation = told if told and _DRAWN.fullmatch(told) else ""
    parent = sent.get("HTTP_TRACEPARENT")
    return Ids(request, correlation, _trace(parent) if parent else None)


def _trace(value: str) -> Trace | None:
    found = _TRACEPARENT.fullmatch(value)
    if not found or (found[1] == "00" and found[5]):
        return None
    trace_id, parent_id = found[2], found[3]
    if not _DRAWN.fullmatch(trace_id) or not parent_id.strip("0"):
        return None
    return Trace(trace_id, parent_id, "01" if int(found[4], 16) & 1 else "00")
