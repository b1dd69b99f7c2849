"""How old a response is: what was so days ago may no longer be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from service.problems import Kind, Problem

AHEAD_MINUTES = 10
"""Clocks of two machines may differ by so much."""


def age_problem(response: dict[str, Any], path: str, *, now: str, hours: int) -> Problem | None:
    """A warning when a response was authored more than `hours` before `now`, an instant, or later than that.

    None when it does not say when, when it says only a day, month or year that may still be within the hours, and
    always when `hours` is 0.
    """
    given = response.get("authored")
    if not given or not hours:
        return None
    authored, until = _span(given)
    at = datetime.fromisoformat(now)
    where = f"{path}.authored"
    if until < at - timedelta(hours=hours):
        message = f"The response was authored more than {hours} hours ago: the person's state may have changed since."
        return Problem(Kind.STALE, where, message, "Ask again, and triage the new response.")
    if authored > at + timedelta(minutes=AHEAD_MINUTES):
        message = "The response says that it was authored later than now."
        return Problem(Kind.STALE, where, message, "Compare the clocks of the two systems.")
    return None


def _span(given: str) -> tuple[datetime, datetime]:
    """The earliest and the latest that a dateTime can mean: without a time of day, anywhere on earth."""
    if "T" in given:
        # A 60th second (FHIR allows leap seconds) is within what is compared here.
        moment = datetime.fromisoformat(given.replace(":60", ":59", 1) if given[17:19] == "60" else given)
        return moment, moment
    year, month, day = (*map(int, given.split("-")), 0, 0)[:3]
    first = f"{year:04}-{month or 1:02}-{day or 1:02}T00:00:00+14:00"
    last = f"{year:04}-{month or 12:02}-{day or _last_day(year, month or 12):02}T23:59:59-12:00"
    return datetime.fromisoformat(first), datetime.fromisoformat(last)


def _last_day(year: int, month: int) -> int:
    return 31 if month == 12 else (datetime(year, month + 1, 1) - timedelta(days=1)).day
