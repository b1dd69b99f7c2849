"""The command that checks a rule folder."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import FOLDER, print_problems, the_settings
from service.ruleset.load import check_rule_set, load_rule_set


@click.command()
@click.argument("rules", type=FOLDER, required=False)
def check(rules: Path | None) -> None:
    """Check the rule folder RULES (TRIAGE_RULES_PATH otherwise) and print every problem with its place."""
    folder = rules or the_settings().rules_path
    problems = check_rule_set(folder)
    if problems:
        print_problems([problem.text for problem in problems])
    rule_set = load_rule_set(folder)
    click.echo(f"{rule_set.id} {rule_set.version}: {len(rule_set.criteria)} criteria, no problem found")
