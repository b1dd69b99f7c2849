"""A response that is old, or from the future, is triaged with a warning."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from service.assess import assess
from service.fhir_io.age import age_problem
from service.fhir_io.versions import R4
from service.problems import Kind
from service.wiring import Service

NOW = "2026-01-15T09:30:00+01:00"
OLD = (
    "The response was authored more than 24 hours ago: the person's state may have changed since. "
    "Ask again, and triage the new response."
)
EARLY = "The response says that it was authored later than now. Compare the clocks of the two systems."


def said(authored: str, hours: int = 24) -> str:
    problem = age_problem({"authored": authored}, "QuestionnaireResponse", now=NOW, hours=hours)
    if problem is None:
        return ""
    assert problem.kind is Kind.STALE
    return problem.text.removeprefix("QuestionnaireResponse.authored: ")


@pytest.mark.parametrize(
    ("authored", "words"),
    [
        ("2026-01-15T09:30:00+01:00", ""),
        ("2026-01-14T09:30:00+01:00", ""),
        ("2026-01-14T08:29:59Z", OLD),
        ("2026-01-14T08:30:00.000Z", ""),
        ("2026-01-15T08:39:59Z", ""),
        ("2026-01-15T08:41:00Z", EARLY),
        ("2026-01-15T08:30:60Z", ""),
        ("2026-01-15", ""),
        ("2026-01-14", ""),
        ("2026-01-12", OLD),
        ("2026-01", ""),
        ("2025-12", OLD),
        ("2025-02", OLD),
        ("2026", ""),
        ("2025", OLD),
        ("2026-01-17", EARLY),
        ("2027", EARLY),
    ],
)
def test_only_what_is_surely_too_old_or_too_new_is_warned_of(authored: str, words: str) -> None:
    assert said(authored) == words


def test_there_is_no_warning_of_what_says_no_time_or_when_it_is_turned_off() -> None:
    assert said("1999", hours=0) == ""
    assert age_problem({}, "QuestionnaireResponse", now=NOW, hours=24) is None


def test_an_old_response_is_triaged_with_the_warning_in_note_and_outcome(service: Service) -> None:
    body = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "authored": "2025-12-24",
        "item": [{"linkId": "numbness", "answer": [{"valueBoolean": True}]}],
    }
    done = assess(replace(service.triage, stale_after_hours=24), json.dumps(body).encode(), version=R4)
    entries = [entry["resource"] for entry in json.loads(done.bundle)["entry"]]
    words = f"QuestionnaireResponse.authored: {OLD}"
    assert words in [note["text"] for note in entries[0]["note"]]
    (issue,) = [one for one in entries[-1]["issue"] if one["details"]["text"] == words]
    assert (issue["severity"], issue["code"], issue["expression"]) == (
        "warning",
        "business-rule",
        ["QuestionnaireResponse.authored"],
    )
