"""The commands that look at a rule set look at each one in a folder of several, and end as the worst of them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from several.test_several_rule_sets import THEIRS

from service.cli import main

TINY = Path(__file__).parents[1] / "ruleset" / "tiny"
Run = Callable[..., Result]


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A folder with two rule sets and a folder that is none."""
    shutil.copytree(THEIRS, tmp_path / "rules" / "hand_after_cast")
    shutil.copytree(TINY, tmp_path / "rules" / "tiny")
    (tmp_path / "rules" / "notes").mkdir()
    return tmp_path / "rules"


@pytest.fixture
def run(both: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(both.parent)
    return lambda *arguments, **variables: CliRunner(env=variables).invoke(main, arguments)


LOCKED = """\
hand_after_cast:
lock.json: rule set: 1.0.0
lock.json: fingers-without-blood: new, version 1
lock.json: numb-fingers: new, version 1
lock.json: tight-cast: new, version 1
hand-after-cast 1.0.0: 3 criteria, no problem found
tiny:
lock.json: rule set: 0.1.0
lock.json: weak-limb: new, version 1
lock.json: gradual-weakness: new, version 1
lock.json: any-numbness: new, version 1
lock.json: numb-all-over: new, version 1
tiny 0.1.0: 4 criteria, no problem found
"""


def test_each_is_locked_and_checked(run: Run) -> None:
    done = run("check", "rules", "--update-lock")
    assert (done.exit_code, done.stdout, done.stderr) == (0, LOCKED, "")


def test_the_folder_of_the_settings_may_hold_several(run: Run) -> None:
    for command in ("check", "cases", "mutate"):
        assert run(command, TRIAGE_RULES_PATH="rules").output == run(command, "rules").output


def test_one_that_is_bad_is_told_and_the_next_is_done_all_the_same(run: Run) -> None:
    done = run("check", "rules")
    assert done.exit_code == 1
    assert done.stdout == "hand_after_cast:\ntiny:\ntiny 0.1.0: 4 criteria, no problem found\n"
    assert done.stderr == (
        "hand_after_cast/ruleset.yaml:4:9: [stale-lock] An active rule set needs a lock.json, and there is none. "
        "Run: numbness-triage check --update-lock.\n"
        "1 problem found\n"
    )


def test_for_programs_it_is_one_list(run: Run, both: Path) -> None:
    (both / "tiny" / "notices.yaml").unlink()
    done = run("check", "rules", "--format", "json")
    assert done.exit_code == 1
    assert [one["file"] for one in json.loads(done.stdout)] == [
        "rules/hand_after_cast/ruleset.yaml",
        "rules/tiny/notices.yaml",
    ]


def test_the_cases_of_each_are_run(run: Run, both: Path) -> None:
    cases = both / "hand_after_cast" / "cases.yaml"
    cases.write_text(cases.read_text("utf-8").replace("level: urgent", "level: routine"), "utf-8")
    done = run("cases", "rules")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.endswith((":", "failed"))] == [
        "hand_after_cast:",
        "1 cases passed, 1 failed",
        "tiny:",
        "5 cases passed, 0 failed",
    ]
    assert done.stderr == (
        "hand_after_cast/cases.yaml:6:3: Case “tight”: "
        "expected level routine, but it was urgent; what fired: tight-cast, numb-fingers.\n"
    )


def test_each_is_changed(run: Run) -> None:
    done = run("mutate", "rules")
    assert done.exit_code == 1
    assert done.stdout == (
        "hand_after_cast:\n"
        "20 changes tried, 11 noticed by a case, 9 not; 0 more can make no difference\n"
        "tiny:\n"
        "53 changes tried, 26 noticed by a case, 27 not; 1 more can make no difference\n"
    )


def test_each_is_proven_and_has_its_own_witnesses(run: Run, tmp_path: Path) -> None:
    done = run("prove", "rules", "--witness-dir", "seen")
    assert done.exit_code == 1
    assert "hand_after_cast:\nhand-after-cast 1.0.0: 3 criteria, 3 questions\n" in done.stdout
    assert "tiny:\ntiny 0.1.0: 4 criteria, 5 questions\n" in done.stdout
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("seen/**/*.json")}
    assert written == {"seen/tiny/witness-f-both.json", "seen/tiny/witness-f-alone.json"}
