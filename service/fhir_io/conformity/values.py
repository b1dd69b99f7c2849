"""How answers compare: the same, less or more, or not to be told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.fhir_io.conformity.form import Key, Typed
from service.fhir_io.conformity.units import UCUM, factor

NUMBERS = frozenset({"Integer", "Decimal"})
DATES = frozenset({"Date", "DateTime"})
_WIDEST_ZONE = timedelta(hours=14)
_DATE_TIME = re.compile(
    r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2})))?"
)

_Span = tuple[datetime, datetime]


def typed(element: dict[str, Any], stem: str) -> Typed | None:
    """The value[x] of an element, here `stem`[x]; None when it has none or only its extensions."""
    name = next((key for key in element if key.startswith(stem) and key[len(stem) :][:1].isupper()), "")
    return (name[len(stem) :], element[name]) if name else None


def key(value: Typed) -> Key:
    """By what a value is found among options: system and code, or the value itself."""
    kind, given = value
    if kind == "Coding":
        if "code" in given:
            return (kind, str(given.get("system", "")), str(given["code"]))
        return (kind, str(given.get("system", "")), "", str(given.get("display", "")))
    if kind == "Reference":
        return (kind, str(given.get("reference", "")))
    if kind in NUMBERS:
        return ("number", str(Decimal(given).normalize()))
    return ("date" if kind in DATES else kind, str(given))


def same(one: Typed, other: Typed) -> bool | None:
    """Whether two values are equal; None when it cannot be told, as of 2026 and 2026-05."""
    if {one[0], other[0]} <= DATES or {one[0], other[0]} == {"Quantity"}:
        if one == other:
            return True
        found = order(one, other)
        return None if found is None else found == 0
    if one[0] == other[0] == "Coding":
        return _same_coding(one[1], other[1])
    return key(one) == key(other)


def _same_coding(one: dict[str, Any], other: dict[str, Any]) -> bool | None:
    if key(("Coding", one)) == key(("Coding", other)):
        return True
    codes_agree = "code" in one and one["code"] == other.get("code")
    return None if codes_agree and ("system" in one) != ("system" in other) else False


def order(one: Typed, other: Typed) -> int | None:
    """-1, 0 or 1 for less, equal or more; None for what has no order or cannot be told."""
    kinds = {one[0], other[0]}
    if kinds <= NUMBERS:
        return _sign(Decimal(one[1]), Decimal(other[1]))
    if kinds <= DATES:
        return _order_of_dates(str(one[1]), str(other[1]))
    if kinds == {"Time"}:
        return _sign(_clock(str(one[1])), _clock(str(other[1])))
    return _order_of_quantities(one[1], other[1]) if kinds == {"Quantity"} else None


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _clock(written: str) -> tuple[int, int, Decimal]:
    hours, minutes, seconds = written.split(":")
    return int(hours), int(minutes), Decimal(seconds)


def _order_of_quantities(one: dict[str, Any], other: dict[str, Any]) -> int | None:
    """Only formal units compare (https://hl7.org/fhir/R4/datatypes.html#quantity)."""
    if one.get("system") != other.get("system") or "comparator" in one or "comparator" in other:
        return None
    if "code" not in one or "code" not in other or "value" not in one or "value" not in other:
        return None
    times = Decimal(1) if one["code"] == other["code"] else None
    if times is None and one.get("system") == UCUM:
        times = factor(str(one["code"]), str(other["code"]))
    return None if times is None else _sign(Decimal(one["value"]) * times, Decimal(other["value"]))


def _order_of_dates(one: str, other: str) -> int | None:
    """By the span of time that each may mean, as FHIRPath compares partial dates."""
    first, second = _span(one), _span(other)
    if first is None or second is None:
        return None
    zoned = "T" in one, "T" in other
    if zoned[0] != zoned[1]:
        first, second = (span if has else _widened(span) for span, has in zip((first, second), zoned, strict=True))
    if first[1] < second[0]:
        return -1
    if first[0] > second[1]:
        return 1
    return 0 if first == second else None


def _span(written: str) -> _Span | None:
    """The first and the last moment of a date or dateTime, which is known to be well formed."""
    found = _DATE_TIME.fullmatch(written)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, zone_hours, zone_minutes = found.groups()
    try:
        first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if hour is None:
            return first, _end_of(first, month, day)
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        first = first.replace(hour=int(hour), minute=int(minute), second=min(int(second), 59), microsecond=micro)
        if sign:
            offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
            first = first - offset if sign == "+" else first + offset
    except (ValueError, OverflowError):
        return None
    return first, first


def _end_of(first: datetime, month: str | None, day: str | None) -> datetime:
    if day:
        return first.replace(hour=23, minute=59, second=59)
    following = first.replace(month=12, day=31) if month is None or first.month == 12 else None
    last = following or first.replace(month=first.month + 1) - timedelta(days=1)
    return last.replace(hour=23, minute=59, second=59)


def _widened(span: _Span) -> _Span:
    """A date without a zone may be up to 14 hours from the same date in UTC."""
    try:
        return span[0] - _WIDEST_ZONE, span[1] + _WIDEST_ZONE
    except OverflowError:
        return span
