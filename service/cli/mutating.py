"""The command that changes the rules to see whether the cases notice."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.casework import rules_and_cases
from service.cli.exits import EXIT_BAD_NEWS, FOLDER, print_problems
from service.cli.in_turn import in_turn, the_folders
from service.ruleset.cases import run_cases
from service.ruleset.mutation.run import try_mutants
from service.ruleset.whereabouts import whereabouts
from service.triage.compiled import compile_rules


@click.command()
@click.argument("rules", type=FOLDER, required=False)
def mutate(rules: Path | None) -> None:
    """Change the rules in RULES, one small change at a time, and print every change that no case notices."""
    in_turn(the_folders(rules), _mutate)


def _mutate(folder: Path) -> None:
    whole, cases = rules_and_cases(folder)
    compiled = compile_rules(whole.rule_set)
    failures = run_cases(compiled, cases)
    if failures:
        print_problems([failure.text for failure in failures])
    outcome = try_mutants(compiled, whereabouts(whole.sheets), cases)
    for survivor in outcome.survivors:
        click.echo(survivor.text, err=True)
    unseen = len(outcome.survivors)
    click.echo(
        f"{outcome.tried} changes tried, {outcome.tried - unseen} noticed by a case, {unseen} not; "
        f"{outcome.idle} more can make no difference"
    )
    if unseen:
        raise SystemExit(EXIT_BAD_NEWS)
