"""The change that docs/writing-rules.md makes from beginning to end: each snippet is put in, each command run.

What a command prints must hold the lines that the guide shows, in their order. Numbers may differ, so that the guide
need not change with every rule; what must be zero is asked for by the exit codes and at the end.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.settings import packaged

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/writing-rules.md").read_text("utf-8")
WALK = GUIDE.partition("## One change from beginning to end\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"(.*?)^```(\w+)\n(.*?)^```$", WALK, re.M | re.S)
BAD_NEWS = ["numbness-triage check", "numbness-triage cases"]
"""The commands that end with 1 when they are first run, each once."""


@dataclass(frozen=True)
class Ran:
    """A command of the guide, what the guide shows, and what happened."""

    command: str
    shown: list[str]
    printed: list[str]
    code: int


def the_file(before: str) -> str:
    """The file that the words before a snippet name last."""
    return str(re.findall(r"`((?:criteria/)?[a-z]+\.yaml)`", before)[-1])


def changed(text: str, diff: str) -> str:
    """The text with the lines of the diff in place of those that it takes out."""
    lines = diff.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    assert text.count(old) == 1, old
    return text.replace(old, new)


def run(command: str, folder: Path) -> tuple[list[str], int]:
    words = shlex.split(command)
    ours = [sys.executable, "-m", "service"] if words[0] == "numbness-triage" else [words[0]]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    rules = {"TRIAGE_RULES_PATH": str(folder / "rules/limb_numbness"), "TRIAGE_SHIPPED_RULES": "false"}
    done = subprocess.run(
        [*ours, *words[1:]],
        cwd=folder,
        env={**bare, **rules, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.splitlines(), done.returncode


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    folder = tmp_path_factory.mktemp("walk")
    shutil.copytree(packaged("rules") / "limb_numbness", folder / "rules/limb_numbness")
    ran = []
    for before, kind, snippet in BLOCKS:
        if kind == "console":
            for part in re.split(r"^\$ ", snippet, flags=re.M)[1:]:
                command, *shown = part.splitlines()
                ran.append(Ran(command, shown, *run(command, folder)))
            continue
        path = folder / "rules/limb_numbness" / the_file(before)
        text = path.read_text("utf-8")
        path.write_text(changed(text, snippet) if kind == "diff" else text + snippet, "utf-8")
    return ran


def plain(line: str) -> str:
    """The line without its numbers and the width of its columns; what stands in a place of a file stays as words."""
    return re.sub(r"\s+", " ", re.sub(r"\d+(\.\d+)*", "N", line)).strip()


def test_the_guide_has_every_kind_of_step() -> None:
    assert [kind for _, kind, _ in BLOCKS].count("console") >= 8
    assert {the_file(before) for before, kind, _ in BLOCKS if kind != "console"} == {
        "ruleset.yaml",
        "catalogue.yaml",
        "criteria/urgent.yaml",
        "cases.yaml",
    }


def test_every_command_prints_what_the_guide_shows(walked: list[Ran]) -> None:
    for step in walked:
        printed = iter([plain(line) for line in step.printed])
        for line in step.shown:
            assert line == "…" or plain(line) in printed, (step.command, line, step.printed)
        if "…" not in step.shown:
            assert len(step.shown) == len(step.printed), (step.command, step.printed)


def test_bad_news_comes_only_where_the_guide_says_so(walked: list[Ran]) -> None:
    bad = [step.command for step in walked if step.code != 0]
    assert bad == BAD_NEWS, [(step.command, step.code, step.printed) for step in walked if step.code]
    assert [step.command.split()[1] for step in walked if step.command.startswith("numbness-triage")] == [
        *("check", "cases", "cases", "mutate", "prove", "check", "impact", "docs")
    ]


def test_in_the_end_nobody_is_worse_off_and_every_case_passes(walked: list[Ran]) -> None:
    last = {step.command.split()[1]: "\n".join(step.printed) for step in walked}
    assert last["cases"].endswith(" cases passed, 0 failed")
    assert ", 0 not; " in last["mutate"]
    assert last["prove"].count("holds") == 6
    assert "\n0 moved down, 1 moved up, " in last["impact"]
