"""The command that checks a rule folder, and locks what it found in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER, the_settings
from service.problems import Problem
from service.ruleset.checks import SEVERITY, Severity
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set, lock_rule_set


@click.command()
@click.argument("rules", type=FOLDER, required=False)
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
@click.option("--update-lock", is_flag=True, help="Write lock.json anew, if every changed criterion has a new version.")
def check(rules: Path | None, form: str, update_lock: bool) -> None:
    """Check the rule folder RULES (TRIAGE_RULES_PATH otherwise) and print every problem with its place."""
    folder = rules or the_settings().rules_path
    told = _lock(folder, form) if update_lock else []
    problems = check_rule_set(folder)
    _print(problems, folder, form)
    rule_set = load_rule_set(folder)
    if form != "json":
        for line in told:
            click.echo(line)
        warned = f", {_count(problems, 'warning')}" if problems else ""
        click.echo(f"{rule_set.id} {rule_set.version}: {len(rule_set.criteria)} criteria, no problem found{warned}")


def _lock(folder: Path, form: str) -> list[str]:
    """What changed in lock.json; ends with the problems that forbid to write it."""
    try:
        told = lock_rule_set(folder)
    except RuleSetInvalid as invalid:
        _print(invalid.problems, folder, form)
        raise
    return [f"lock.json: {line}" for line in told] or ["lock.json: nothing changed"]


def _print(problems: Sequence[Problem], folder: Path, form: str) -> None:
    """Print the problems as asked for; ends with EXIT_BAD_NEWS when one of them is an error."""
    FORMATS[form](problems, folder)
    errors = [problem for problem in problems if _severity(problem) is Severity.ERROR]
    if errors:
        if form != "json":
            warnings = [problem for problem in problems if problem not in errors]
            warned = f", {_count(warnings, 'warning')}" if warnings else ""
            click.echo(f"{_count(errors, 'problem')} found{warned}", err=True)
        raise SystemExit(EXIT_BAD_NEWS)


def _count(problems: Sequence[Problem], called: str) -> str:
    return f"{len(problems)} {called}{'s' if len(problems) != 1 else ''}"


def _severity(problem: Problem) -> Severity:
    return SEVERITY[problem.check]


def _as_text(problems: Sequence[Problem], _folder: Path) -> None:
    """`file:line:column: [check-id] what is wrong, and what to do`, to standard error."""
    for problem in problems:
        marked = "" if _severity(problem) is Severity.ERROR else "warning: "
        click.echo(f"{problem.where}: [{problem.check}] {marked}{problem.message} {problem.remedy}", err=True)


def _as_github(problems: Sequence[Problem], folder: Path) -> None:
    """Workflow commands, which GitHub shows at the line of the file."""
    for problem in problems:
        file, line, column = _place(problem, folder)
        marks = {"file": file, "line": line, "col": column, "title": problem.check}
        told = ",".join(f"{name}={_escaped(str(value), '%:,')}" for name, value in marks.items())
        said = _escaped(f"{problem.message} {problem.remedy}", "%")
        click.echo(f"::{_severity(problem).value} {told}::{said}")


def _as_json(problems: Sequence[Problem], folder: Path) -> None:
    """One list of objects."""
    found = []
    for problem in problems:
        file, line, column = _place(problem, folder)
        about = {"check": problem.check, "severity": _severity(problem).value}
        words = {"message": problem.message, "remedy": problem.remedy}
        found.append({"file": file, "line": line, "column": column, **about, **words})
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


FORMATS: Mapping[str, Callable[[Sequence[Problem], Path], None]] = {
    "text": _as_text,
    "github": _as_github,
    "json": _as_json,
}
"""How problems are printed: for people, for GitHub Actions, for programs."""


def _place(problem: Problem, folder: Path) -> tuple[str, int, int]:
    """The path of the file as one would open it from here, the line and the column."""
    file, line, column = problem.where.rsplit(":", 2)
    path = folder.resolve().parent / file
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return shown.as_posix(), int(line), int(column)


def _escaped(text: str, signs: str) -> str:
    """The text with what a workflow command would misread written as its code, "%" first."""
    for sign in (*signs, "\r", "\n"):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
