"""What `numbness-triage check` prints in each format, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main

Make = Callable[..., Path]

FAULTY = "- {id: seldom, title: Seldom, when: {item: feels, is: true}, lowers: {from: urgent, to: routine}, "
FAULTY += "sources: {D0-R1: routine}, basis: stated}\n"
"""A qualifier that nothing names: a warning."""


@pytest.fixture
def faulty(tiny: Path, tiny_with: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny rule set, in the working directory, with an error and a warning."""
    cases = (tiny / "cases.yaml").read_text(encoding="utf-8").replace("silent: [weak-limb]", "silent: []")
    files = {"cases.yaml": cases, "qualifiers.yaml": FAULTY + (tiny / "qualifiers.yaml").read_text(encoding="utf-8")}
    folder = tiny_with(files)
    monkeypatch.chdir(folder.parent)
    return folder


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_text_is_for_people(faulty: Path) -> None:
    done = check("tiny")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "tiny/criteria/emergency.yaml:1:3: [missing-case] The criterion “weak-limb” has no case that keeps it silent. "
        "Add one to cases.yaml, with its id under “silent”.\n"
        "tiny/qualifiers.yaml:1:8: [unnamed-qualifier] warning: Nothing names the qualifier “seldom”. "
        "Name it under “unless” of a criterion, or remove it.\n"
        "1 problem found, 1 warning\n"
    )


def test_github_shows_it_at_the_line(faulty: Path) -> None:
    done = check("tiny", "--format", "github")
    assert (done.exit_code, done.stderr) == (1, "1 problem found, 1 warning\n")
    assert done.stdout == (
        "::error file=tiny/criteria/emergency.yaml,line=1,col=3,title=missing-case::The criterion “weak-limb” has no "
        "case that keeps it silent. Add one to cases.yaml, with its id under “silent”.\n"
        "::warning file=tiny/qualifiers.yaml,line=1,col=8,title=unnamed-qualifier::Nothing names the qualifier "
        "“seldom”. Name it under “unless” of a criterion, or remove it.\n"
    )


def test_github_reads_no_sign_of_ours_as_its_own(tiny_with: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_with({"notices.yaml": '- {id: always, text: Ask., sources: [UN-1], "100%, a:b": 1}'})
    odd = folder.rename(folder.parent / "odd, 100%")
    monkeypatch.chdir(folder.parent)
    assert check(str(odd), "--format", "github").stdout == (
        "::error file=odd%2C 100%25/notices.yaml,line=1,col=45,title=shape::There is no key “100%25, a:b” here. "
        "Remove it, or use one of: id, text, when, levels, sources.\n"
    )


def test_json_is_for_programs(faulty: Path) -> None:
    done = check("tiny", "--format", "json")
    assert (done.exit_code, done.stderr) == (1, "")
    assert json.loads(done.stdout) == [
        {
            "file": "tiny/criteria/emergency.yaml",
            "line": 1,
            "column": 3,
            "check": "missing-case",
            "severity": "error",
            "message": "The criterion “weak-limb” has no case that keeps it silent.",
            "remedy": "Add one to cases.yaml, with its id under “silent”.",
        },
        {
            "file": "tiny/qualifiers.yaml",
            "line": 1,
            "column": 8,
            "check": "unnamed-qualifier",
            "severity": "warning",
            "message": "Nothing names the qualifier “seldom”.",
            "remedy": "Name it under “unless” of a criterion, or remove it.",
        },
    ]


def test_a_file_elsewhere_is_named_in_full(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(faulty / "criteria")
    found = json.loads(check(str(faulty), "--format", "json").stdout)
    assert [one["file"] for one in found] == ["emergency.yaml", str(faulty.resolve() / "qualifiers.yaml")]


def test_a_warning_alone_is_no_bad_news(tiny: Path, tiny_with: Make) -> None:
    text = FAULTY + (tiny / "qualifiers.yaml").read_text(encoding="utf-8")
    done = check(str(tiny_with({"qualifiers.yaml": text})))
    assert (done.exit_code, done.stdout) == (0, "tiny 0.1.0: 4 criteria, no problem found, 1 warning\n")
    assert "[unnamed-qualifier] warning: " in done.stderr


@pytest.mark.parametrize(("form", "said"), [("text", "tiny 0.1.0: 4 criteria, no problem found\n"), ("json", "[]\n")])
def test_good_rules(form: str, said: str, tiny: Path) -> None:
    done = check(str(tiny), "--format", form)
    assert (done.exit_code, done.stdout, done.stderr) == (0, said, "")


def test_the_lock_is_written_and_what_changed_is_said(tiny_with: Make) -> None:
    folder = tiny_with({})
    done = check(str(folder), "--update-lock")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "lock.json: rule set: 0.1.0\n"
        "lock.json: weak-limb: new, version 1\n"
        "lock.json: gradual-weakness: new, version 1\n"
        "lock.json: any-numbness: new, version 1\n"
        "lock.json: numb-all-over: new, version 1\n"
        "tiny 0.1.0: 4 criteria, no problem found\n"
    )
    assert check(str(folder), "--update-lock").stdout == (
        "lock.json: nothing changed\ntiny 0.1.0: 4 criteria, no problem found\n"
    )


def test_the_lock_of_faulty_rules_is_not_written(faulty: Path) -> None:
    done = check("tiny", "--update-lock")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("1 problem found, 1 warning\n")
    assert not (faulty / "lock.json").exists()
