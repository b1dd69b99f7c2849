"""The command that runs the cases of a rule set and shows how much of the rules they cover."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER, print_problems
from service.cli.in_turn import in_turn, the_folders
from service.ruleset.cases import Case, load_cases, run_cases
from service.ruleset.coverage import Row, coverage, overall, table
from service.ruleset.load import RuleSetInvalid, load_whole
from service.ruleset.whole import Whole
from service.triage.compiled import compile_rules


@click.command()
@click.argument("rules", type=FOLDER, required=False)
@click.option("--threshold", type=click.IntRange(0, 100), help="Percentage that each row of the table must reach.")
def cases(rules: Path | None, threshold: int | None) -> None:
    """Run the cases beside the rules in RULES; print what came out otherwise than it should, and what they cover."""
    in_turn(the_folders(rules), lambda folder: _run(folder, threshold))


def _run(folder: Path, threshold: int | None) -> None:
    whole, loaded = rules_and_cases(folder)
    failures = run_cases(compile_rules(whole.rule_set), loaded)
    for failure in failures:
        click.echo(failure.text, err=True)
    rows = coverage(whole, loaded)
    click.echo(table(rows))
    short = [] if threshold is None else [row for row in (*rows, overall(rows)) if row.percent < threshold]
    _print_missing(short, threshold)
    failed = len({failure.case.id for failure in failures})
    click.echo(f"{len(loaded) - failed} cases passed, {failed} failed")
    if failures or short:
        raise SystemExit(EXIT_BAD_NEWS)


def rules_and_cases(folder: Path) -> tuple[Whole, tuple[Case, ...]]:
    """The rules in the folder with their files, and their cases; ends with every problem when they have any."""
    try:
        whole = load_whole(folder)
        return whole, load_cases(folder, whole.rule_set)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])


def _print_missing(short: Iterable[Row], threshold: int | None) -> None:
    """What no case shows, each once, and which rows that leaves below the threshold."""
    for text in dict.fromkeys(text for row in short for text in row.missing):
        click.echo(text, err=True)
    for row in short:
        click.echo(f"{row.title}: {row.percent} %, below {threshold} %", err=True)
