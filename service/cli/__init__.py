"""The command line: one module for each kind of command, all of them listed in COMMANDS."""

from __future__ import annotations

import click

from service import __version__
from service.cli.binding import bindings
from service.cli.casework import cases
from service.cli.checking import check
from service.cli.documenting import docs, show_rules
from service.cli.editing import schemas
from service.cli.endangering import hazards
from service.cli.exits import EXIT_BAD_NEWS, EXIT_CODES, EXIT_USAGE
from service.cli.generating import generate
from service.cli.impacting import impact
from service.cli.mutating import mutate
from service.cli.proving import prove
from service.cli.serving import serve, triage, write_definitions

__all__ = ["EXIT_BAD_NEWS", "EXIT_CODES", "EXIT_USAGE", "main"]

COMMANDS = (
    serve,
    triage,
    check,
    bindings,
    cases,
    mutate,
    write_definitions,
    docs,
    show_rules,
    schemas,
    generate,
    impact,
    prove,
    hazards,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """FHIR triage of numbness in legs, feet and other limbs."""


for command in COMMANDS:
    main.add_command(command)
