"""The safety canary: vignettes that change their level are told by name, make the service unready, and are logged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from watch.reading import samples

from service import canary
from service.observe import start_logging
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set
from service.ruleset.vignettes import load_vignettes
from service.settings import Settings, packaged
from service.triage.model import Level
from service.web.app import create_app
from service.web.board import new_board
from service.web.in_force import InForce
from service.web.reload import reload_rules
from service.web.watch import misses_of, try_vignettes
from service.wiring import Service, build_service

RULES = packaged("rules") / "limb_numbness"
TINY = Path(__file__).parent.parent / "ruleset" / "tiny"
VIGNETTE = """- id: {name}
  says: A vignette.
  others: denied
  answers: {answers}
  expect: {{level: {level}}}
"""


def lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emergency that is suddenly rated routine, as a change of a library or of memory could make it."""
    real = canary.assess

    def wrong(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        if done.decision.level is not Level.EMERGENCY:
            return done
        return replace(done, decision=replace(done.decision, level=Level.ROUTINE))

    monkeypatch.setattr(canary, "assess", wrong)


def test_every_level_of_ours_has_a_vignette(service: Service) -> None:
    assert {one.level for one in service.vignettes} == {"emergency", "urgent", "routine", "self-care"}
    assert misses_of(service) == []


def test_a_level_that_changed_makes_the_service_unready_and_is_told_by_name(
    service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    app = create_app(replace(service.settings, metrics_address="service"), service)
    client, watch = app.test_client(), app.extensions["watch"]
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["status"], ready.json["vignettes"]) == (200, "ready", 8)
    with monkeypatch.context() as broken:
        lowered(broken)
        try_vignettes(watch)
        try_vignettes(watch)
    unready = client.get("/health/ready")
    assert (unready.status_code, unready.json["status"]) == (503, "unsafe")
    assert unready.json["failedVignettes"] == [
        "limb-numbness 1.0.0 confused",
        "limb-numbness 1.0.0 no-bladder-control",
        "limb-numbness 1.0.0 one-alarming-answer",
        "limb-numbness 1.0.0 sudden",
    ]
    assert client.get("/health/live").status_code == 200, "a restart would not help"
    failed = samples(client.get("/metrics").text)["triage_canary_failed"]
    assert failed["limb-numbness", "1.0.0", "confused"] == 1
    assert failed["limb-numbness", "1.0.0", "cold-foot"] == 0
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    said = [line for line in lines if line["event"] == "canary failed"]
    assert len(said) == 4, "each once, not at each try"
    assert {name: said[0][name] for name in ("severity", "rule_set", "vignette", "expected_level", "level")} == {
        "severity": "ERROR",
        "rule_set": "limb-numbness",
        "vignette": "confused",
        "expected_level": "emergency",
        "level": "routine",
    }
    try_vignettes(watch)
    assert client.get("/health/ready").status_code == 200
    assert '"event":"canary recovered"' in capfd.readouterr().err


def test_the_bundle_counts_not_the_decision_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    real = canary.assess

    def wrong(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        return replace(done, bundle=done.bundle.replace(b'"code":"emergency"', b'"code":"routine"'))

    monkeypatch.setattr(canary, "assess", wrong)
    assert {miss.got for miss in misses_of(service)} == {"routine"}
    assert {miss.vignette.level for miss in misses_of(service)} == {"emergency"}


def test_a_vignette_that_is_refused_or_fails_is_a_miss(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(service.vignettes[0], raw=b"{}")
    assert misses_of(replace(service, vignettes=(broken,)))[0].got == "refused"

    def fail(*_: object, **__: object) -> None:
        raise KeyError("Example Name")

    monkeypatch.setattr(canary, "assess", fail)
    assert {miss.got for miss in misses_of(service)} == {"KeyError"}


def test_it_pauses_after_each_vignette_so_that_nobody_waits(service: Service) -> None:
    app = create_app(service.settings, service)
    pauses: list[None] = []
    try_vignettes(app.extensions["watch"], pause=lambda: pauses.append(None))
    assert len(pauses) == 8


def test_before_the_first_try_it_has_not_started(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.app.try_vignettes", lambda _: None)
    client = create_app(service.settings, service).test_client()
    for address in ("/health/started", "/health/ready"):
        reply = client.get(address)
        assert (reply.status_code, reply.json) == (503, {"status": "starting"})
    assert client.get("/health/live").status_code == 200


def test_it_has_started_even_when_a_vignette_fails(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch)
    client = create_app(service.settings, service).test_client()
    assert (client.get("/health/started").status_code, client.get("/health/ready").status_code) == (200, 503)


@pytest.fixture
def mine(tmp_path: Path) -> Callable[[str], Path]:
    """A rule set of somebody else's, with vignettes of its own."""

    def make(vignettes: str) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir()
        for path in TINY.rglob("*.yaml"):
            target = folder / path.relative_to(TINY)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
        about = folder / "ruleset.yaml"
        about.write_text(about.read_text("utf-8").replace("status: draft", "status: active"), "utf-8")
        if vignettes:
            (folder / "vignettes.yaml").write_text(vignettes, "utf-8")
        return folder

    return make


GOOD = VIGNETTE.format(name="weak", answers="{numb: true, weak: true, weak-onset: sudden}", level="emergency")


def test_rules_of_others_bring_vignettes_of_their_own(mine: Callable[[str], Path]) -> None:
    service = build_service(Settings(rules_path=mine(GOOD), shipped_rules=False))
    assert [one.name for one in service.vignettes] == ["tiny 0.1.0 weak"]
    assert misses_of(service) == []


def test_rules_without_vignettes_are_served_and_say_so(mine: Callable[[str], Path]) -> None:
    service = build_service(Settings(rules_path=mine(""), shipped_rules=False))
    client = create_app(replace(service.settings, metrics_address="service"), service).test_client()
    assert client.get("/health/ready").json["vignettes"] == 0
    assert samples(client.get("/metrics").text)["triage_canary_vignettes"] == {("tiny", "0.1.0"): 0}


def test_what_is_wrong_with_vignettes_is_told_at_its_place(mine: Callable[[str], Path]) -> None:
    folder = mine(GOOD.replace("weak: true", "weak: maybe"))
    with pytest.raises(RuleSetInvalid) as caught:
        load_vignettes(folder, load_rule_set(folder))
    (problem,) = caught.value.problems
    assert problem.text == (
        "mine/vignettes.yaml:4:31: “weak” is answered with true or false, not “maybe”. Write true or false."
    )
    with pytest.raises(RuleSetInvalid, match=r"mine/vignettes.yaml:4:31"):
        build_service(Settings(rules_path=folder, shipped_rules=False))


def test_check_tells_of_a_vignette_that_does_not_hold_and_of_a_level_that_none_has(
    mine: Callable[[str], Path],
) -> None:
    said = [one for one in check_rule_set(mine(GOOD.replace("emergency", "urgent"))) if one.check == "vignettes"]
    levels = {one.message for one in said if one.message.startswith("No vignette")}
    assert "No vignette has the level “emergency”." in levels
    (miss,) = [one for one in said if not one.message.startswith("No vignette")]
    assert miss.where == "mine/vignettes.yaml:1:3"
    assert "The vignette “weak” does not hold: expected level urgent, but it was emergency" in miss.message


def test_vignettes_are_no_rules(mine: Callable[[str], Path]) -> None:
    folder = mine("")
    before = load_rule_set(folder).digest
    (folder / "vignettes.yaml").write_text(GOOD, "utf-8")
    assert load_rule_set(folder).digest == before


def test_ours_are_found_good_by_check() -> None:
    start_logging("ERROR")
    assert [one.text for one in check_rule_set(RULES) if one.check == "vignettes"] == []


def test_a_reload_to_rules_whose_vignettes_fail_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    board = new_board()
    in_force = InForce(service, board)
    lowered(monkeypatch)
    reload_rules(in_force, board)
    outcome = board.read().outcome
    assert outcome["state"] == "refused"
    assert outcome["problems"][0]["where"] == "limb_numbness/vignettes.yaml:3:3"
    assert outcome["problems"][0]["message"] == (
        "The vignette “confused” does not get the level emergency, but: routine."
    )
    assert in_force.now() is service


def test_after_a_refused_reload_it_stays_ready_and_says_so(service: Service) -> None:
    board = new_board()
    app = create_app(replace(service.settings, metrics_address="service"), service, board=board)
    board.begin()
    board.end({"state": "refused", "at": "2026-01-15T08:30:00+00:00", "ruleSets": []}, None)
    client = app.test_client()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["lastReload"]["state"]) == (200, "refused")
    told = samples(client.get("/metrics").text)
    assert told["triage_last_reload_refused"] == {(): 1}
    assert told["triage_last_reload_timestamp_seconds"] == {(): 1768465800}
    assert told["triage_reloads_total"] == {(): 1}
