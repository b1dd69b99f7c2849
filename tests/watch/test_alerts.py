"""The alert rules and the dashboard, by Prometheus' own tool: they load, fire when they should, name what there is."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.metrics import COUNTERS, GAUGES, LATENCY

ROOT = Path(__file__).parent.parent.parent
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
TRIED = ROOT / "deploy/prometheus/tests/alerts.yml"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text("utf-8"))
PAGE = (ROOT / "docs/observing.md").read_text("utf-8")

EXPOSED = (
    {f"{name}_total" for name in COUNTERS} | set(GAUGES) | {f"{LATENCY}_{part}" for part in ("bucket", "sum", "count")}
)
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
QUERIES += [annotation["expr"] for annotation in DASHBOARD["annotations"]["list"]]


def promtool(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Prometheus' tool; Debian has it in the package prometheus."""
    return subprocess.run(["promtool", *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_alert_rules_load() -> None:
    ran = promtool("check", "rules", ALERTS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(RULES)} rules found" in ran.stdout


def test_each_alert_fires_when_it_should_and_is_silent_on_a_quiet_day() -> None:
    ran = promtool("test", "rules", TRIED)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tried = [test for one in yaml.safe_load(TRIED.read_text("utf-8"))["tests"] for test in one["alert_rule_test"]]
    names = {rule["alert"] for rule in RULES}
    assert {test["alertname"] for test in tried if test.get("exp_alerts")} == names
    assert {test["alertname"] for test in tried if not test.get("exp_alerts")} >= names


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_that_never_fires_or_always_does_would_be_noticed(rule: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/alerts.yml").write_text(TRIED.read_text("utf-8"), "utf-8")
    for instead in ("vector(0) > 1", "vector(1)"):
        groups = yaml.safe_load(ALERTS.read_text("utf-8"))
        for group in groups["groups"]:
            for one in group["rules"]:
                if one["alert"] == rule["alert"]:
                    one["expr"] = instead
        (tmp_path / "alerts.yml").write_text(yaml.safe_dump(groups), "utf-8")
        assert promtool("test", "rules", "tests/alerts.yml", cwd=tmp_path).returncode != 0, instead


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert f"`{rule['alert']}`" in PAGE, rule["alert"]


def test_every_query_of_the_dashboard_is_one(tmp_path: Path) -> None:
    plain = [query.replace("$__rate_interval", "5m").replace("$__range", "6h") for query in QUERIES]
    rules = [{"record": f"dashboard:query:{number}", "expr": query} for number, query in enumerate(plain)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")
    ran = promtool("check", "rules", tmp_path / "rules.yml")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(QUERIES)} rules found" in ran.stdout


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in RULES), *QUERIES])
def test_alerts_and_dashboard_name_only_metrics_and_labels_that_there_are(query: str) -> None:
    assert set(re.findall(r"\btriage_\w+", query)) <= EXPOSED
    labels = {label for names, _ in (*COUNTERS.values(), *GAUGES.values()) for label in names}
    labels |= {"le", "instance"}
    for inside in re.findall(r"\{(.*?)\}", query):
        assert set(re.findall(r"(\w+)\s*[=!]", inside)) <= labels
    for names in re.findall(r"\bby \((.*?)\)", query):
        assert set(names.split(", ")) <= labels


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    used = {
        name for query in (*QUERIES, *(rule["expr"] for rule in RULES)) for name in re.findall(r"\btriage_\w+", query)
    }
    told_otherwise = {
        "triage_reloads_total",
        "triage_request_duration_seconds_sum",
        "triage_request_duration_seconds_count",
    }
    assert EXPOSED - used == told_otherwise


def test_the_dashboard_is_one_that_grafana_can_load() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert DASHBOARD["schemaVersion"] >= 36
    for panel in PANELS:
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
    taken = [
        (column, row)
        for panel in DASHBOARD["panels"]
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for row in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken)), "no panel lies on another"
