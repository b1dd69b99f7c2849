"""A short attack, what every longer one ever found, and that an attack would notice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attack import door as doors
from attack.door import Door, Reply
from attack.invariants import faults, slow_checks
from attack.mutants import FHIR_JSON, PATHS, TRIAGE, VALIDATE, Mutant, mutant
from attack.places import resolves
from attack.run import GROWTH_BYTES, Run, Tally

from service import observe

MUTANTS = int(os.environ.get("ATTACK_MUTANTS", "3000"))
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
GOOD = b'{"resourceType":"QuestionnaireResponse","status":"completed","subject":{"reference":"Patient/1"}}'
PLAIN = Mutant("POST", TRIAGE, "explain=false", {"Content-Type": FHIR_JSON}, GOOD, "4.0")


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    before = observe._logger
    yield Door()
    observe._logger = before


def test_mutants_find_nothing(door: Door, tmp_path: Path) -> None:
    run = Run(Tally(seed=1), tmp_path, ("4.0", "5.0"), door=door)
    run.go(MUTANTS)
    assert dict(run.tally.findings) == {}, f"kept in {tmp_path}"
    assert run.growth < GROWTH_BYTES
    assert {"200", "400", "422", "405", "415", "406", "404"} <= set(run.tally.statuses)
    assert run.tally.statuses["200"] > MUTANTS / 5  # else most would be turned away at the door


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_was_found_once_is_mended(door: Door, path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    raw = path.with_suffix(".body").read_bytes()
    made = Mutant(told["method"], told["path"], told["query"], told["headers"], raw, "4.0", told["says_length"])
    made = replace(made, plain_request=told["path"] in (TRIAGE, VALIDATE))
    reply = door.send(made)
    assert [*faults(made, reply), *slow_checks(made, reply, door.send)] == []


def test_the_same_number_is_the_same_mutant_and_another_is_another() -> None:
    assert mutant(7, 40) == mutant(7, 40)
    assert len({mutant(7, number).raw for number in range(200)}) > 190
    assert mutant(8, 40) != mutant(7, 40)


def test_a_run_is_taken_up_where_it_was_left(door: Door, tmp_path: Path) -> None:
    whole = Run(Tally(seed=3), tmp_path / "whole", door=door)
    whole.go(60)
    Run(Tally(seed=3), tmp_path / "parts", door=door).go(25)
    rest = Run(Tally.read(tmp_path / "parts" / "tally.json", 3), tmp_path / "parts", door=door)
    assert rest.tally.next == 25
    rest.go(60)
    assert rest.tally.statuses == whole.tally.statuses


def test_the_mutant_that_a_process_died_of_is_found_and_passed_over(door: Door, tmp_path: Path) -> None:
    (tmp_path / "under-way").write_text("00000000000000000004")
    run = Run(Tally(seed=3), tmp_path, door=door)
    run.go(8)
    assert dict(run.tally.findings) == {"died: of mutant 4": 1}
    assert sum(run.tally.statuses.values()) == 7
    (kept,) = tmp_path.glob("died*.body")
    assert kept.read_bytes() == mutant(3, 4).raw


def _reply(status: int = 400, raw: bytes = b"", **other: Any) -> Reply:
    kept = {"X-Request-Id": "1", "Content-Type": "application/fhir+json; fhirVersion=4.0"}
    return Reply(status, kept, raw, 0.001, **other)


def _outcome(expression: str = "QuestionnaireResponse.status", text: str = "x") -> bytes:
    issue = {"severity": "error", "code": "structure", "details": {"text": text}, "expression": [expression]}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (_reply(raised="PanicException"), "raised: PanicException"),
        (_reply(500, _outcome()), "status: 500"),
        (_reply(404, _outcome()), "status: 404"),
        (_reply(raw=_outcome(), logged='"event":"fault"'), "status: a fault in the log"),
        (_reply(raw=_outcome(), logged="for Kanari"), "mark: in the log"),
        (_reply(raw=_outcome(text="of Müller")), "mark: in a refusal"),
        (_reply(raw=b"<html>"), "outcome: not an OperationOutcome"),
        (
            _reply(raw=_outcome("QuestionnaireResponse.item[0]")),
            "expression: QuestionnaireResponse.item[0] leads nowhere",
        ),
        (_reply(200, b"{}"), "bundle: not a Bundle"),
        (Reply(400, {}, _outcome(), 0.001), "headers: no X-Request-Id"),
    ],
)
def test_each_fault_of_a_reply_is_noticed(reply: Reply, found: str) -> None:
    assert found in list(faults(PLAIN, reply))


def test_what_is_right_is_no_fault() -> None:
    assert list(faults(PLAIN, _reply(raw=_outcome()))) == []


def test_another_patient_is_noticed(door: Door) -> None:
    other = door.send(replace(PLAIN, raw=GOOD.replace(b"Patient/1", b"Patient/2")))
    assert list(faults(PLAIN, other)) == ["subject: not that of the body"]


def test_an_invalid_answer_is_noticed(door: Door) -> None:
    reply = door.send(PLAIN)
    spoiled = replace(reply, raw=reply.raw.replace(b'"qualitativeRisk"', b'"quality"'))
    found = list(slow_checks(PLAIN, spoiled, door.send))
    assert found[0] == "same: not the same answer to the same body"
    assert found[1].startswith("invalid: Bundle.entry[0].resource.prediction[0].quality ")


@pytest.mark.parametrize(("triaged", "valid"), [(200, False), (400, True)])
def test_two_operations_that_do_not_agree_are_noticed(door: Door, triaged: int, valid: bool) -> None:
    raw = GOOD if triaged == 200 else b'{"resourceType":"QuestionnaireResponse"}'
    reply = door.send(replace(PLAIN, raw=raw))
    said = door.send(replace(PLAIN, raw=GOOD if valid else b"{}", path=VALIDATE))
    found = list(slow_checks(replace(PLAIN, raw=raw), reply, lambda made: said if made.path == VALIDATE else reply))
    assert any(one.startswith("validate: calls") for one in found)


def test_a_fault_of_the_service_is_noticed_in_a_run(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Kanari")

    monkeypatch.setattr("service.assess.decide", fail)
    run = Run(Tally(seed=1), tmp_path, door=door)
    run.go(40)
    assert run.tally.findings["status: 500"] > 3
    (told,) = tmp_path.glob("status-500-*.json")
    assert json.loads(told.read_text("utf-8"))["path"] == TRIAGE


def test_a_body_that_never_ends_is_noticed(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        while True:
            pass

    run = Run(Tally(seed=1), tmp_path, door=door)
    monkeypatch.setattr("service.assess.decide", hang)
    monkeypatch.setattr("attack.run.HANGS_AFTER_SECONDS", 0.3)
    assert "raised: Hang" in run.judge(PLAIN, 1)


def test_a_slow_body_is_noticed(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(Tally(seed=1), tmp_path, door=door)
    send: Callable[[Mutant], Reply] = door.send
    monkeypatch.setattr(doors.Door, "send", lambda _, made: replace(send(made), cpu_seconds=1000.0))
    assert run.judge(PLAIN, 1) == ["slow: over 400 times a plain body"]


def test_memory_that_grows_is_noticed(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(Tally(seed=1), tmp_path, door=door)
    held = iter(range(0, 10**9, 20 * 1024 * 1024))
    monkeypatch.setattr("attack.run.resident", lambda: next(held))
    for _ in range(12):
        run.look()
    assert run.growth > GROWTH_BYTES


@pytest.mark.parametrize(
    ("expression", "leads"),
    [
        ("QuestionnaireResponse", True),
        ("QuestionnaireResponse.item[1].answer[0].value", True),
        ("QuestionnaireResponse.item.answer.value", True),
        ("item[0].linkId", True),
        ("QuestionnaireResponse.status", True),
        ("QuestionnaireResponse.item[2]", False),
        ("QuestionnaireResponse.item[0].answer", False),
        ("Parameters.item[0]", False),
        ("QuestionnaireResponse.item[0", False),
        (".item[0]", False),
        ("", False),
    ],
)
def test_whether_a_path_leads_somewhere(expression: str, leads: bool) -> None:
    body = {
        "resourceType": "QuestionnaireResponse",
        "_status": {"id": "a"},
        "item": [{"linkId": "a"}, {"answer": [{"valueString": "b"}]}],
    }
    assert resolves(expression, body) is leads


def test_odd_addresses_are_among_them() -> None:
    assert len({mutant(1, number).path for number in range(2000)} & set(PATHS)) > 12
