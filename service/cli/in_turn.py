"""Does what a command does with every rule set at a path, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from service.cli.exits import the_settings
from service.ruleset.several import rule_folders


def the_folders(rules: Path | None) -> list[Path]:
    """The rule sets that a command is for: those at the path given, or at TRIAGE_RULES_PATH."""
    return rule_folders(rules or the_settings().rules_path)


def in_turn(folders: list[Path], act: Callable[[Path], None]) -> None:
    """Each of them, under its name when there are several; a bad end of one does not keep the next from its turn."""
    worst = 0
    for folder in folders:
        if len(folders) > 1:
            click.echo(f"{folder.name}:")
        try:
            act(folder)
        except SystemExit as end:
            worst = max(worst, int(end.code or 0))
    if worst:
        raise SystemExit(worst)
