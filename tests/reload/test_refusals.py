"""What the master makes of folders that it cannot take: it says so, keeps the last good rules, and lives on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reload.conftest import Rules

from service.ruleset import load
from service.ruleset.load import RuleSetInvalid, load_checked_rule_set
from service.web import board as shared
from service.web.app import create_app
from service.web.board import Board, new_board
from service.web.in_force import InForce
from service.web.reload import reload_rules
from service.wiring import Service, build_service

Told = tuple[InForce, Board]


@pytest.fixture
def told(service: Service, rules: Rules, capfd: pytest.CaptureFixture[str]) -> Told:
    """The master's rules in force, and the board by which it tells its workers."""
    settings = replace(service.settings, rules_path=rules.folder, shipped_rules=False)
    board = new_board()
    return InForce(build_service(settings), board), board


def test_a_fault_of_ours_is_refused_and_says_where_but_not_what(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force, board = told
    before = in_force.now()

    def fail(_: object) -> None:
        raise ValueError("Example Name")

    monkeypatch.setattr("service.web.reload.warm_up", fail)
    reload_rules(in_force, board)
    (problem,) = board.read().outcome["problems"]
    assert problem["message"].startswith("The rules could not be tried: ValueError at test_refusals.py:")
    assert problem["remedy"] == "Try them on the command line: `numbness-triage check`, then `cases`."
    assert "Example" not in str(board.read())
    assert in_force.now() is before


def test_rules_too_large_to_be_told_are_refused(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force, board = told
    before = in_force.now()
    monkeypatch.setattr(shared, "SIZE", 4096)
    reload_rules(in_force, board)
    assert board.read().outcome["state"] == "refused"
    assert "BoardTooSmall" in board.read().outcome["problems"][0]["message"]
    assert in_force.now() is before


def test_only_so_many_problems_are_told(told: Told, rules: Rules) -> None:
    in_force, board = told
    for number in range(150):
        (rules.folder / f"stray-{number}.yaml").write_text("{}", "utf-8")
    reload_rules(in_force, board)
    problems = board.read().outcome["problems"]
    assert len(problems) == 101
    assert problems[-1]["message"] == "50 more problems are not shown."
    assert problems[-1]["remedy"] == "Run `numbness-triage check` on the folder for all of them."


def test_a_refusal_after_a_reload_leaves_what_was_reloaded(told: Told, rules: Rules) -> None:
    in_force, board = told
    worker = InForce(in_force.service, board)
    wanted = rules.write("1.1.0")
    reload_rules(in_force, board)
    rules.break_them()
    reload_rules(in_force, board)
    assert (board.read().number, board.read().rules_from, board.begun) == (2, 1, 2)
    (served,) = worker.now().triage.served
    assert (served.version, served.digest) == wanted
    assert worker.last_reload()["ruleSets"] == [{"id": "limb-numbness", "version": wanted[0], "sha256": wanted[1]}]


def test_a_request_sees_one_service_only(
    told: Told, rules: Rules, monkeypatch: pytest.MonkeyPatch, respond: Callable[..., dict[str, Any]]
) -> None:
    """A reload that ends while a request is answered changes nothing in its answer, whatever it asks for."""
    in_force, board = told
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)
    app = create_app(in_force.service.settings, in_force.service, board=board)
    old = in_force.service.triage.served[0]
    rules.write("1.1.0", "Another title")
    app.before_request(lambda: reload_rules(in_force, board))
    client = app.test_client()
    reply = client.post("/fhir/QuestionnaireResponse/$triage", json=respond({"numbness": True}))
    assert old.digest in reply.text
    assert "Another title" not in reply.text
    assert client.get("/fhir/Questionnaire/limb-numbness").json["title"] == "Another title"


def test_files_that_do_not_stand_still_are_refused(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    read_folder, turns = load.read_folder, iter(range(100))

    def read_while_written(folder: Path, *, cases: bool) -> Any:
        contents = read_folder(folder, cases=cases)
        with (folder / "notices.yaml").open("a", encoding="utf-8") as notices:
            notices.write(f"# {next(turns)}\n")
        return contents

    monkeypatch.setattr(load, "read_folder", read_while_written)
    with pytest.raises(RuleSetInvalid) as caught:
        load_checked_rule_set(rules.folder)
    said = "The files changed while they were read. Reload once all of them are written."
    assert str(caught.value) == f"limb_numbness:1:1: {said}"


def test_files_that_come_to_rest_are_read_again(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    read_folder, writes = load.read_folder, ["1.1.0"]

    def read_while_written(folder: Path, *, cases: bool) -> Any:
        contents = read_folder(folder, cases=cases)
        if writes:
            version = writes.pop()
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(load, "read_folder", read_folder)
                rules.write(version)
        return contents

    monkeypatch.setattr(load, "read_folder", read_while_written)
    assert load_checked_rule_set(rules.folder).version == "1.1.0"


def test_a_board_that_is_half_written_is_never_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    board = new_board()
    board.begin()
    board.end({"state": "reloaded"}, b"rules")
    board.memory[-1:] = b"x"
    assert board.read().rules == b"rules"
    board.memory[60] ^= 1
    monkeypatch.setattr(shared, "_READ_WITHIN_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match=r"^what the master tells cannot be read$"):
        board.read()
