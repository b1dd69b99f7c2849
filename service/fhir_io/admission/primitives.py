"""One table of FHIR's primitive types: what JSON each takes, and what else must hold."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from service.fhir_io.admission.narrative import narrative_fault

Test = Callable[[object], str]
"""Gives a sentence on what is wrong with a value, which does not repeat the value, or nothing."""

_DAY = r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_PARTIAL = r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?"
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*+))++")
_NO_SPACE = re.compile(r"\S+")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_INTEGER_64 = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")


def _boolean(value: object) -> str:
    return "" if isinstance(value, bool) else "A boolean is true or false, without quotes."


def _integer(lowest: int, words: str) -> Test:
    def test(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"{words} is a JSON number without a fraction and without quotes."
        return "" if lowest <= value <= 2147483647 else f"{words} lies between {lowest} and 2147483647."

    return test


def _integer64(value: object) -> str:
    fits = isinstance(value, str) and _INTEGER_64.fullmatch(value) and -(2**63) <= int(value) < 2**63
    return "" if fits else "An integer64 is a whole number of at most 64 bits, written as a JSON string."


def _decimal(value: object) -> str:
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return "" if number else "A decimal is a JSON number, without quotes."


def _string(value: object) -> str:
    if not isinstance(value, str):
        return "A JSON string is expected."
    if not value or value.isspace():
        return "A string is never empty and never only white space."
    return "A string has no control characters but tab and line ends." if _NOT_IN_XML.search(value) else ""


def _xhtml(value: object) -> str:
    return _string(value) or narrative_fault(str(value))


def _uri(value: object) -> str:
    fault = _matching(_NO_SPACE, "A URI has no white space.")(value)
    if fault or not isinstance(value, str) or not value.startswith("urn:"):
        return fault
    if value.startswith("urn:uuid:"):
        return _uuid(value)
    return _oid(value) if value.startswith("urn:oid:") else ""


def _matching(pattern: re.Pattern[str], words: str) -> Test:
    def test(value: object) -> str:
        return _string(value) or ("" if pattern.fullmatch(str(value)) else words)

    return test


def _dated(pattern: str, words: str) -> Test:
    written_as = _matching(re.compile(pattern), words)

    def test(value: object) -> str:
        fault = written_as(value)
        day = str(value).partition("T")[0]
        if fault or len(day) != len("2000-01-01"):
            return fault
        try:
            date.fromisoformat(day)
        except ValueError:
            return "There is no such day."
        return ""

    return test


def _base64(value: object) -> str:
    fault = _string(value)
    if fault:
        return fault
    try:
        base64.b64decode("".join(str(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return "This is not base64."
    return ""


_uuid = _matching(_UUID, "A UUID is written urn:uuid: and 36 characters in lower case.")
_oid = _matching(_OID, "An OID is written urn:oid: and numbers parted by points.")

PRIMITIVES: dict[str, Test] = {
    "boolean": _boolean,
    "integer": _integer(-2147483648, "An integer"),
    "unsignedInt": _integer(0, "An unsignedInt"),
    "positiveInt": _integer(1, "A positiveInt"),
    "integer64": _integer64,
    "decimal": _decimal,
    "string": _string,
    "markdown": _string,
    "xhtml": _xhtml,
    "code": _matching(re.compile(r"\S++(?:\s\S++)*+"), "A code has no white space but single spaces inside."),
    "id": _matching(re.compile(r"[A-Za-z0-9\-.]{1,64}"), "An id is 1 to 64 letters, digits, hyphens and points."),
    "uri": _uri,
    "url": _uri,
    "canonical": _uri,
    "uuid": _uuid,
    "oid": _oid,
    "date": _dated(f"{_PARTIAL}|{_DAY}", "A date is written YYYY, YYYY-MM or YYYY-MM-DD."),
    "dateTime": _dated(
        f"{_PARTIAL}|{_DAY}(?:T{_CLOCK}{_ZONE})?",
        "A dateTime is written YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone.",
    ),
    "instant": _dated(f"{_DAY}T{_CLOCK}{_ZONE}", "An instant is written YYYY-MM-DDThh:mm:ss with a time zone."),
    "time": _matching(re.compile(_CLOCK), "A time is written hh:mm:ss without a time zone."),
    "base64Binary": _base64,
}
"""FHIR R4 §2.24.0.1 and R5 §2.1.28.0.1, primitive types; JSON types from §2.6.2, json.html."""
