"""The commands that show the rules: as a reference for people, and as the functions they are run by."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import the_service, the_settings

NAMES = ("rules.md", "rules.html")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def docs(folder: Path) -> None:
    """Write the reference of all rule sets that are served into FOLDER, as rules.md and as one page rules.html."""
    from service.web.reference import reference  # Flask is only needed here

    served = the_service(the_settings()).triage.served
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).write_text(reference(name, served), encoding="utf-8")
    click.echo(f"{' and '.join(NAMES)} written to {folder}")


@click.command("rules")
@click.option("--show-compiled", is_flag=True, help="Print the Python functions that each rule set is run by.")
def show_rules(show_compiled: bool) -> None:
    """List the rule sets that are served, each with version and digest."""
    for rules in the_service(the_settings()).triage.rule_sets:
        rule_set = rules.rule_set
        if show_compiled and rules.prepared:
            click.echo(rules.prepared.generated.source)
        else:
            click.echo(f"{rule_set.id} {rule_set.version} {rule_set.digest}  {len(rule_set.criteria)} criteria")
