"""What every command shares: exit codes, settings or a usage error, the service or its problems, printing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from service.problems import Kind
from service.ruleset.load import RuleSetInvalid
from service.settings import Settings, SettingsInvalid, load_settings
from service.wiring import Service, build_service

EXIT_BAD_NEWS = 1
EXIT_USAGE = 2
EXIT_CODES = {
    Kind.MALFORMED: 10,
    Kind.STRUCTURE: 11,
    Kind.TOO_LARGE: 12,
    Kind.STATUS: 13,
    Kind.QUESTIONNAIRE: 14,
    Kind.SUBJECT: 15,
    Kind.ANSWER_TYPE: 16,
    Kind.ANSWER_CODE: 17,
}
"""One exit code for each kind of refusal that `triage` can give."""

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def the_settings(**given: Any) -> Settings:
    """The settings, with what is given in place of theirs; a usage error that lists every fault when they are wrong."""
    try:
        return replace(load_settings(), **given)
    except SettingsInvalid as invalid:
        raise click.UsageError("Wrong settings:\n  " + "\n  ".join(invalid.faults)) from None


def the_service(settings: Settings) -> Service:
    """The wired service; ends with every problem of the rules when they have any."""
    try:
        return build_service(settings)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])


def print_problems(lines: list[str]) -> NoReturn:
    """Print problems to standard error, count them, and end with EXIT_BAD_NEWS."""
    for line in lines:
        click.echo(line, err=True)
    click.echo(f"{len(lines)} problem{'s' if len(lines) != 1 else ''} found", err=True)
    raise SystemExit(EXIT_BAD_NEWS)


def as_text(resource: dict[str, Any]) -> str:
    """A resource as indented JSON."""
    return json.dumps(resource, ensure_ascii=False, indent=2) + "\n"


def print_json(resource: dict[str, Any]) -> None:
    """Print a resource to standard output."""
    click.echo(as_text(resource), nl=False)
