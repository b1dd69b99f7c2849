"""docs/observing.md tells of every metric, every label, every field of the log, every event and every span."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service import metrics, observe, tracing

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/observing.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", PAGE))
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("*.py"))


def named(section: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", SECTIONS[section]))


@pytest.mark.parametrize("name", [*metrics.COUNTERS, *metrics.GAUGES])
def test_every_metric_is_told_of_with_its_labels(name: str) -> None:
    labels, _ = (metrics.COUNTERS | metrics.GAUGES)[name]
    shown = f"{name}_total" if name in metrics.COUNTERS else name
    (row,) = re.findall(rf"(?m)^\| `{shown}` \|(.*?)\|", SECTIONS["Metrics"])
    assert row.strip() == ", ".join(f"`{label}`" for label in labels)


def test_no_metric_is_told_of_that_is_not_there() -> None:
    shown = set(re.findall(r"(?m)^\| `(triage_\w+)`", SECTIONS["Metrics"]))
    assert shown == {f"{name}_total" for name in metrics.COUNTERS} | {*metrics.GAUGES, metrics.LATENCY}


def test_every_field_of_the_log_is_told_of_and_no_other() -> None:
    rows = re.findall(r"(?m)^\| (`.*?`) \|", SECTIONS["The log"])
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == observe.ALLOWED


def test_every_event_is_told_of_and_no_other() -> None:
    logged = set(re.findall(r'\blog\(\s*"([a-z ]+)"', CODE)) | {"unreadable"}
    told = re.search(r"(?ms)^Events: (.*?)\. Warnings", SECTIONS["The log"])
    assert told
    assert set(re.findall(r"`([^`]+)`", told[1])) == logged


def test_every_span_and_attribute_is_told_of() -> None:
    spans = re.findall(r"(?m)^\| `(\w+)` \|", SECTIONS["Traces"])
    assert spans == ["request", *tracing.STEPS]
    assert named("Traces") >= tracing.ALLOWED
