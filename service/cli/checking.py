"""The command that checks a rule folder, and locks what it found in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER
from service.cli.in_turn import in_turn, the_folders
from service.problems import Problem
from service.ruleset.checks import SEVERITY, Severity
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set, lock_rule_set


@click.command()
@click.argument("rules", type=FOLDER, required=False)
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
@click.option("--update-lock", is_flag=True, help="Write lock.json anew, if every changed criterion has a new version.")
def check(rules: Path | None, form: str, update_lock: bool) -> None:
    """Check the rule folder RULES (TRIAGE_RULES_PATH otherwise) and print every problem with its place."""
    folders = the_folders(rules)
    if form == "json":
        _print_json([(folder, problem) for folder in folders for problem in _found(folder, update_lock)[1]])
    else:
        in_turn(folders, lambda folder: _check(folder, form, update_lock))


def _check(folder: Path, form: str, update_lock: bool) -> None:
    told, problems = _found(folder, update_lock)
    warned = print_found(problems, folder, form)
    rule_set = load_rule_set(folder)
    for line in told:
        click.echo(f"lock.json: {line}")
    click.echo(f"{rule_set.id} {rule_set.version}: {len(rule_set.criteria)} criteria, no problem found{warned}")


def print_found(problems: Sequence[Problem], folder: Path, form: str) -> str:
    """Print the problems and count the warnings; ends with EXIT_BAD_NEWS when one of them is an error."""
    if form == "json":
        _print_json([(folder, problem) for problem in problems])
        return ""
    FORMATS[form](problems, folder)
    errors = [problem for problem in problems if _severity(problem) is Severity.ERROR]
    warnings = [problem for problem in problems if problem not in errors]
    warned = f", {_count(warnings, 'warning')}" if warnings else ""
    if errors:
        click.echo(f"{_count(errors, 'problem')} found{warned}", err=True)
        raise SystemExit(EXIT_BAD_NEWS)
    return warned


def _found(folder: Path, update_lock: bool) -> tuple[list[str], Sequence[Problem]]:
    """What changed in lock.json when it is to be updated, and the problems, which may forbid that."""
    try:
        told = (lock_rule_set(folder) or ["nothing changed"]) if update_lock else []
    except RuleSetInvalid as invalid:
        return [], invalid.problems
    return told, check_rule_set(folder)


def _count(problems: Sequence[Problem], called: str) -> str:
    return f"{len(problems)} {called}{'s' if len(problems) != 1 else ''}"


def _severity(problem: Problem) -> Severity:
    """As the table of the checks of rules says; what only bindings are checked for is always an error."""
    return SEVERITY.get(problem.check, Severity.ERROR)


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


def _print_json(found: Sequence[tuple[Path, Problem]]) -> None:
    """One list of objects, whatever the number of rule sets; ends with EXIT_BAD_NEWS when one of them is an error."""
    listed = []
    for folder, problem in found:
        file, line, column = _place(problem, folder)
        about = {"check": problem.check, "severity": _severity(problem).value}
        words = {"message": problem.message, "remedy": problem.remedy}
        listed.append({"file": file, "line": line, "column": column, **about, **words})
    click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    if any(_severity(problem) is Severity.ERROR for _, problem in found):
        raise SystemExit(EXIT_BAD_NEWS)


FORMATS: Mapping[str, Callable[[Sequence[Problem], Path], None]] = {
    "text": _as_text,
    "github": _as_github,
}
"""How the problems of a rule set are printed: for people, for GitHub Actions."""


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
