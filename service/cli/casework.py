"""The command that runs the cases of a rule set."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER, print_problems, the_settings
from service.ruleset.cases import load_cases, run_cases
from service.ruleset.load import RuleSetInvalid, load_rule_set
from service.triage.compiled import compile_rules


@click.command()
@click.argument("rules", type=FOLDER, required=False)
def cases(rules: Path | None) -> None:
    """Run the cases beside the rules in RULES and print what came out otherwise than it should."""
    folder = rules or the_settings().rules_path
    try:
        rule_set = load_rule_set(folder)
        loaded = load_cases(folder, rule_set)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])
    failures = run_cases(compile_rules(rule_set), loaded)
    for failure in failures:
        click.echo(failure.text, err=True)
    failed = len({failure.case.id for failure in failures})
    click.echo(f"{len(loaded) - failed} cases passed, {failed} failed")
    if failures:
        raise SystemExit(EXIT_BAD_NEWS)
