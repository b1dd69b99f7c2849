"""The command that writes the JSON Schemas by which an editor completes and checks rule files."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import as_text
from service.ruleset.editor_schemas import editor_schemas


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def schemas(folder: Path) -> None:
    """Write the shape of every rule file into FOLDER as JSON Schema, for editors that know YAML."""
    made = editor_schemas()
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in made.items():
        (folder / name).write_text(as_text(schema), encoding="utf-8")
    click.echo(f"{len(made)} schemas written to {folder}")
