"""The command that writes the rule reference."""

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
