"""What /metrics tells, of one process and of several."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from watch.reading import samples

from service import metrics as counting
from service.metrics import (
    BUCKETS,
    COUNTERS,
    GAUGES,
    LATENCY,
    Tally,
    count_decision,
    count_request,
    exposition,
    together,
)
from service.problems import Kind
from service.settings import Settings
from service.web.app import create_app
from service.web.edges import CAME
from service.web.turns import BUSY
from service.wiring import Service

Scrape = Callable[[], dict[str, dict[tuple[str, ...], float]]]
LIMB = ("limb-numbness",)


def test_requests_are_counted_by_operation_and_status(
    watched: FlaskClient, triage: Any, scrape: Scrape, respond: Any
) -> None:
    triage(respond({"numbness": True}))
    triage(respond({"numbness": True}))
    triage(b"{")
    watched.get("/health/live")
    watched.get("/nothing/here")
    watched.get("/fhir/QuestionnaireResponse/$triage")
    told = scrape()
    assert told["triage_requests_total"] == {
        ("triage", "200"): 2,
        ("triage", "400"): 1,
        ("health", "200"): 1,
        ("none", "404"): 1,
        ("none", "405"): 1,
    }
    assert told["triage_refusals_total"] == {
        ("malformed", "triage"): 1,
        ("not-found", "none"): 1,
        ("method", "none"): 1,
    }
    assert told[f"{LATENCY}_count"][("triage",)] == 3
    assert scrape()["triage_requests_total"]["metrics", "200"] == 1


def test_a_refusal_counts_by_its_first_problem(triage: Any, scrape: Scrape, respond: Any) -> None:
    assert triage(respond({"numbness": True}, status="stopped")).status_code == 422
    assert triage(respond({"numbness": {"valueString": "x"}}, subject=None)).status_code == 422
    assert triage(respond({"numbness": True}), **{"Content-Type": "text/plain"}).status_code == 415
    assert scrape()["triage_refusals_total"] == {
        ("status", "triage"): 1,
        ("subject", "triage"): 1,
        ("media-type", "triage"): 1,
    }


def test_decisions_count_by_level_status_rule_set_and_version(triage: Any, scrape: Scrape, respond: Any) -> None:
    triage(respond({"numbness": False}, denied=True))
    triage(respond({"numbness": True, "confusion": True, "numbness-site": ["foot"]}, denied=True))
    triage(respond({"numbness": True}))
    told = scrape()
    assert {key[0::2]: value for key, value in told["triage_decisions_total"].items()} == {
        ("self-care", "final"): 1,
        ("emergency", "final"): 1,
        ("routine", "preliminary"): 1,
    }
    assert {key[1] for key in told["triage_decisions_total"]} == {"limb-numbness"}
    assert told["triage_criteria_fired_total"]["confusion", "limb-numbness", "1.0.0"] == 1
    open_questions = told["triage_unanswered_red_flags_total"]
    assert open_questions["confusion", "limb-numbness", "1.0.0"] == 1
    assert set(open_questions.values()) == {1}
    assert len(open_questions) > 20


def test_what_is_validated_only_is_no_decision(watched: FlaskClient, scrape: Scrape, respond: Any) -> None:
    watched.post("/fhir/QuestionnaireResponse/$validate", json=respond({"numbness": True}))
    told = scrape()
    assert told["triage_requests_total"] == {("validate", "200"): 1}
    assert "triage_decisions_total" not in told


def test_vignettes_are_not_counted_as_triages(scrape: Scrape) -> None:
    told = scrape()
    assert "triage_decisions_total" not in told
    assert told["triage_canary_vignettes"] == {("limb-numbness", "1.0.0"): 8}
    assert set(told["triage_canary_failed"].values()) == {0}
    assert told["triage_canary_timestamp_seconds"][()] > 1_700_000_000


def test_what_there_is_at_the_moment(scrape: Scrape, service: Service) -> None:
    told = scrape()
    (rule_set,) = service.triage.served
    assert told["triage_rule_set_info"] == {("limb-numbness", rule_set.digest, rule_set.version): 1}
    assert told["triage_requests_in_flight"] == {(): 1}  # this very request
    assert (told["triage_workers"], told["triage_worker_starts_total"]) == ({(): 1}, {(): 1})
    assert told["triage_fast_admission"] == {("4.0",): 1, ("4.3",): 1, ("5.0",): 1}
    assert told["triage_last_reload_refused"] == {(): 0}
    assert told["triage_build_info"].popitem()[1] == 1


def test_a_version_without_a_fast_way_in_is_told(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.watch.fast_way", lambda version, _: None if version.code == "5.0" else version)
    assert scrape()["triage_fast_admission"] == {("4.0",): 1, ("4.3",): 1, ("5.0",): 0}


def test_a_request_that_fails_is_no_longer_in_flight(
    watched: FlaskClient, triage: Any, scrape: Scrape, respond: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("service.web.triage.assess", fail)
    assert triage(respond({"numbness": True})).status_code == 500
    told = scrape()
    assert told["triage_requests_in_flight"] == {(): 1}
    assert told["triage_refusals_total"] == {("fault", "triage"): 1}


def test_who_is_turned_away_is_counted_by_its_reason(watched: FlaskClient, scrape: Scrape, respond: Any) -> None:
    full = {BUSY: True}
    reply = watched.post(
        "/fhir/QuestionnaireResponse/$triage", json=respond({"numbness": True}), environ_overrides=full
    )
    assert reply.status_code == 503
    told = scrape()
    assert told["triage_refusals_total"] == {("busy", "none"): 1}
    assert told["triage_requests_total"] == {("none", "503"): 1}


def test_the_wait_for_a_turn_is_part_of_how_long_it_took(watched: FlaskClient, scrape: Scrape) -> None:
    watched.get("/health/live", environ_overrides={CAME: time.perf_counter() - 0.3})
    told = scrape()[f"{LATENCY}_bucket"]
    assert (told["0.25", "health"], told["1.0", "health"]) == (0, 1)


def test_how_many_wait_is_told(watched: FlaskClient, scrape: Scrape) -> None:
    assert scrape()["triage_requests_waiting"] == {(): 0}
    watched.application.extensions["watch"].waiting = lambda: 7
    told = scrape()
    assert (told["triage_requests_waiting"], told["triage_requests_waiting_limit"]) == ({(): 7}, {(): 64})


def test_there_are_no_metrics_where_callers_are_unless_it_is_set(client: FlaskClient) -> None:
    reply = client.get("/metrics")
    assert reply.status_code == 404
    assert reply.json["resourceType"] == "OperationOutcome"


def test_both_formats_of_prometheus_are_spoken(watched: FlaskClient) -> None:
    plain = watched.get("/metrics")
    assert plain.content_type.startswith("text/plain")
    newer = watched.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert newer.content_type.startswith("application/openmetrics-text")
    assert newer.text.endswith("# EOF\n")


def test_promtool_finds_nothing_wrong_with_the_text(watched: FlaskClient, triage: Any, respond: Any) -> None:
    triage(respond({"numbness": True}))
    text = watched.get("/metrics").data
    ran = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, b"")


def test_the_buckets_fit_what_a_request_takes() -> None:
    assert (min(BUCKETS), max(BUCKETS)) == (0.0001, 1.0)
    tally = Tally()
    for seconds in (0.00005, 0.0001, 0.0002, 0.9, 3.0):
        count_request(tally, "triage", "200", seconds)
    told = samples(exposition(tally, {}, "")[0].decode())
    bounds = {key[0]: value for key, value in told[f"{LATENCY}_bucket"].items()}
    assert (bounds["0.0001"], bounds["0.00025"], bounds["0.5"], bounds["1.0"], bounds["+Inf"]) == (2, 3, 3, 4, 5)
    assert told[f"{LATENCY}_sum"][("triage",)] == pytest.approx(3.90035)


def test_several_processes_are_summed() -> None:
    one, other = Tally(in_flight=2), Tally(in_flight=1)
    for tally in (one, other, other):
        count_request(tally, "triage", "200", 0.002)
        count_decision(tally, ("a", "1"), level="urgent", complete=True, fired=["x"], red_flags=[])
    count_request(other, "validate", "400", 2.0)
    whole = together([one, other])
    assert whole.in_flight == 3
    assert whole.counts["triage_requests"] == {("triage", "200"): 3, ("validate", "400"): 1}
    assert whole.counts["triage_criteria_fired"] == {("a", "1", "x"): 3}
    assert sum(whole.latencies["triage"][:-1]) == 3
    assert one.counts["triage_requests"] == {("triage", "200"): 1}, "what is summed stays as it was"


def test_labels_hold_words_of_ours_only(watched: FlaskClient, triage: Any, scrape: Scrape, service: Service) -> None:
    """Whatever is asked, the values of labels come from the routes, the kinds of problems and the rule set."""
    for method in ("GET", "POST", "KANARI"):
        watched.open("/fhir/Kanari/1", method=method)
        watched.open("/static/kanari.js", method=method)
        watched.open("/fhir/Questionnaire/kanari", method=method)
    triage(b'{"resourceType": "Kanari"}', **{"User-Agent": "kanari"})
    (rule_set,) = service.triage.served
    known = {"none", "static", "triage", "definitions", "limb-numbness", rule_set.version, rule_set.digest}
    known |= {kind.value for kind in Kind} | {"200", "400", "404", "405"}
    told = scrape()
    for name in ("triage_requests_total", "triage_refusals_total"):
        assert {value for key in told[name] for value in key} <= known


def test_every_metric_is_in_one_table_and_told(scrape: Scrape, triage: Any, respond: Any) -> None:
    triage(respond({"numbness": True}))
    triage(b"{")
    told = scrape()
    wanted = {f"{name}_total" for name in COUNTERS} | set(GAUGES)
    wanted |= {f"{LATENCY}_{part}" for part in ("bucket", "count", "sum")}
    assert set(told) == wanted


def test_prometheus_is_not_imported_before_it_is_needed(service: Service) -> None:
    create_app(replace(service.settings, metrics_address=""), service)
    assert not hasattr(counting, "prometheus_client")
    code = (
        "import sys, service.web.server; sys.exit('prometheus_client' in sys.modules or 'opentelemetry' in sys.modules)"
    )
    assert subprocess.run([__import__("sys").executable, "-c", code], check=False).returncode == 0
    assert Settings().metrics_address == ""
