"""compose.yaml and prometheus.yml, as Docker Compose and Prometheus read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from deploying.conftest import ROOT, run, tool

from service.settings import load_settings
from service.web.server import GRACEFUL_SECONDS

CONFIG = ("--file", "deploy/compose.yaml", "config", "--format", "json")


@pytest.fixture(scope="module")
def composed() -> Any:
    code, said = _config("none")
    assert code == 0, said
    return json.loads(said)


def _config(auth: str) -> tuple[int, str]:
    return run("env", f"TRIAGE_AUTH={auth}", tool("docker-compose"), *CONFIG)


def test_nothing_starts_while_nobody_said_who_may_call() -> None:
    code, said = _config("")
    assert code != 0
    assert "must say how callers are known" in said


def test_every_container_may_do_little(composed: Any) -> None:
    assert set(composed["services"]) == {"triage", "redis", "prometheus"}
    for name, one in composed["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert not one["user"].startswith("0"), name
        assert "interval" in one["healthcheck"], name
        assert {"cpus", "memory", "pids"} <= set(one["deploy"]["resources"]["limits"]), name


def test_nothing_is_published_but_on_this_machine(composed: Any) -> None:
    ports = [port for one in composed["services"].values() for port in one.get("ports", [])]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}
    assert "ports" not in composed["services"]["redis"]
    assert composed["services"]["redis"]["networks"].keys() == {"inside"}
    assert composed["networks"]["inside"]["internal"] is True


def test_the_service_takes_its_settings_and_is_given_the_time_to_end(composed: Any) -> None:
    triage = composed["services"]["triage"]
    assert load_settings(triage["environment"]).log_level == "INFO"
    assert int(triage["stop_grace_period"].removesuffix("s")) >= GRACEFUL_SECONDS + 5


def test_prometheus_asks_where_the_metrics_are(composed: Any) -> None:
    """Every container of the service by its name, at the port of the metrics, which is not published."""
    text = (ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8")
    (asked,) = yaml.safe_load(text)["scrape_configs"]
    (by_name,) = asked["dns_sd_configs"]
    triage = composed["services"]["triage"]
    assert by_name["names"] == ["triage"]
    assert load_settings(triage["environment"]).metrics_address == f"0.0.0.0:{by_name['port']}"
    assert [port["target"] for port in triage["ports"]] == [8080]


def test_prometheus_takes_its_configuration() -> None:
    code, said = run("promtool", "check", "config", ROOT / "deploy/prometheus/prometheus.yml")
    assert code == 0, said
