"""Whether a Period ends no sooner than it starts, as far as its two ends tell (per-1)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from service.fhir_io.admission.primitives import PRIMITIVES

_DAY = len("2024-01-31")
_SECOND = len("2024-01-31T10:00:00")
_EASTERNMOST, _WESTERNMOST = "+14:00", "-12:00"
_ANY_MORE_DIGITS = "~"  # greater than every digit

Instant = tuple[int, str]
"""Seconds, by UTC, and the digits of the fraction as they are written, so that none is rounded away."""


def in_order(period: dict[str, Any]) -> bool:
    """per-1 of R4 and R4B, `start <= end`; what FHIRPath leaves open, as for 2024 and 2024-05, is no fault.

    A day and a time are only in disorder when they are so wherever on earth the day was
    (https://hl7.org/fhirpath/N1/#datetime-comparison-with-time-zones-and-different-precisions).
    """
    ends = _ends(period)
    if ends is None:
        return True
    start, end = ends
    if "T" in start and "T" in end:
        return _instant(start) <= _instant(end)
    if "T" in start or "T" in end:
        return _first(start) <= _last(end)
    shared = min(len(start), len(end))
    return start[:shared] <= end[:shared]


def may_be_in_order(period: dict[str, Any]) -> bool:
    """per-1 of R5, `start.lowBoundary() <= end.highBoundary()`: with a day's slack, as it may be another zone's."""
    ends = _ends(period)
    return ends is None or _first(ends[0]) <= _last(ends[1])


def _ends(period: dict[str, Any]) -> tuple[str, str] | None:
    """Both ends, when both are there and are dates; what is wrong with a date itself is told elsewhere."""
    start, end = period.get("start"), period.get("end")
    is_wrong = PRIMITIVES["dateTime"]
    return None if is_wrong(start) or is_wrong(end) else (str(start), str(end))


def _first(written: str) -> Instant:
    """The earliest instant that may be meant."""
    if "T" in written:
        return _instant(written)
    return _instant(f"{written}{'0000-01-01'[len(written) :]}T00:00:00{_EASTERNMOST}")


def _last(written: str) -> Instant:
    """The latest instant that may be meant; a fraction may go on."""
    if "T" in written:
        seconds, fraction = _instant(written)
        return seconds, fraction + _ANY_MORE_DIGITS
    month = written if len(written) > len("2024") else f"{written}-12"
    day = month if len(month) == _DAY else f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]}"
    seconds, fraction = _instant(f"{day}T23:59:59{_WESTERNMOST}")
    return seconds, fraction + _ANY_MORE_DIGITS


def _instant(written: str) -> Instant:
    """The instant that a date with a time names; a leap second is the first of the next minute."""
    hours, minutes, seconds = (int(part) for part in written[_DAY + 1 : _SECOND].split(":"))
    rest = written[_SECOND:]
    zone = 1 if rest.endswith("Z") else len(_WESTERNMOST)
    fraction, offset = rest[:-zone].removeprefix(".").rstrip("0"), rest[-zone:]
    ahead = 0 if offset == "Z" else int(offset[:3]) * 60 + int(offset[0] + offset[4:])
    days = date.fromisoformat(written[:_DAY]).toordinal()
    return ((days * 24 + hours) * 60 + minutes - ahead) * 60 + seconds, fraction
