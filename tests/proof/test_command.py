"""The command `prove`: its table, its witness files, its exit codes."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import service.ruleset.proof
from service.cli import main
from service.fhir_io.read import read_request
from service.fhir_io.versions import DEFAULT
from service.ruleset.load import load_rule_set
from service.settings import Settings
from service.triage.compiled import compile_rules
from service.triage.decide import decide

Small = Callable[..., Path]
ROW = re.compile(r"^\(([a-f])\) .{71} +\d+ +\d+\.\d  (.*)$", re.M)
LOWERS = (
    "criteria/emergency.yaml",
    "when: {item: weak, is: true}",
    "when: {all: [{item: weak, is: true}, {item: numb, is: false}]}",
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["prove", *map(str, arguments)])


def test_when_all_holds(run: Callable[..., Result], small: Small, tmp_path: Path) -> None:
    done = run(small())
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("tiny 0.1.0: 4 criteria, 5 questions\n")
    assert ROW.findall(done.stdout) == [(letter, "holds") for letter in "abcdef"]
    assert list(tmp_path.glob("*.json")) == []


def test_a_witness_of_two_responses(run: Callable[..., Result], small: Small, tmp_path: Path) -> None:
    folder = small(LOWERS)
    done = run(folder, "--witness-dir", tmp_path / "seen")
    assert done.exit_code == 1
    assert dict(ROW.findall(done.stdout))["a"] == "DOES NOT HOLD"
    assert "    The sign of concern “numb: yes” lowers the level.\n" in done.stdout
    words = re.search(
        r"^    Before \(level (.*), highest possible .*\): (.*)\n    After \(level (.*), .*\): (.*)$", done.stdout, re.M
    )
    assert words is not None
    assert words[2].startswith("numb: no; ")
    assert words[2].endswith("; nothing else")
    assert words[4] == "the same, but numb: yes"
    rule_set = load_rule_set(folder)
    levels = []
    for name in ("before", "after"):
        path = tmp_path / "seen" / f"witness-a-{name}.json"
        assert f"    Written: {path}\n" in done.stdout
        response = json.loads(path.read_text("utf-8"))
        read = read_request(response, DEFAULT, rule_set, Settings().canonical_base)
        levels.append(decide(compile_rules(rule_set), read.answers).level.code)
    assert levels == ["emergency", "routine"] == [words[1], words[3]]


def test_a_witness_of_one_response_goes_to_the_current_folder(
    run: Callable[..., Result], small: Small, tmp_path: Path
) -> None:
    done = run(small(("ruleset.yaml", "open_floor: routine", "open_floor: urgent")))
    assert done.exit_code == 1
    assert dict(ROW.findall(done.stdout))["d"] == "DOES NOT HOLD"
    assert json.loads((tmp_path / "witness-d.json").read_text("utf-8"))["resourceType"] == "QuestionnaireResponse"


def test_too_little_time_is_no_proof(run: Callable[..., Result]) -> None:
    done = run("--timeout", "0.001")
    assert done.exit_code == 1
    assert dict(ROW.findall(done.stdout))["a"] == "NOT DECIDED"
    assert "    Give it more time: --timeout.\n" in done.stdout


def test_without_z3(run: Callable[..., Result], small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("service.ruleset.proof.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(service.ruleset.proof, "prove", raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    done = run(small())
    assert done.exit_code == 2
    assert "pip install z3-solver" in done.stderr


def test_rules_with_errors(run: Callable[..., Result], small: Small) -> None:
    folder = small()
    (folder / "notices.yaml").write_text("- id: child\n", "utf-8")
    done = run(folder)
    assert done.exit_code == 1
    assert "notices.yaml:1:3" in done.stderr
