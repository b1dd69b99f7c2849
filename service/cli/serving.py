"""The commands that triage: serve, triage, definitions."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any, BinaryIO

import click

from service import __version__
from service.assess import assess
from service.cli.exits import EXIT_CODES, as_text, print_json, the_service, the_settings
from service.fhir_io.capability import capability_statement
from service.fhir_io.definitions import definitions
from service.fhir_io.outcome import operation_outcome
from service.fhir_io.versions import DEFAULT, VERSIONS
from service.problems import Kind, Problem, Refused
from service.security.exposure import refusal_to_serve
from service.triage.words import binding_in_words
from service.triage.words import explain as explain_in_words


@click.command()
@click.option("--host", help="Address to listen on; TRIAGE_HOST otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; TRIAGE_PORT otherwise.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; TRIAGE_WORKERS otherwise.")
@click.option("--insecure", is_flag=True, help="Serve other machines without access control, if TRIAGE_AUTH is none.")
def serve(**options: Any) -> None:
    """Serve HTTP until stopped. Does not start with wrong settings or rules that have errors."""
    settings = the_settings(**{name: value for name, value in options.items() if value})
    if said := refusal_to_serve(settings):
        raise click.UsageError(said)
    gc.disable()  # what is made from here on stays: looking for garbage would take a sixth of the time, and find none
    try:
        from service.web.server import run  # the server is only needed here

        service = the_service(settings)
    finally:
        gc.enable()
    run(settings, service)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--explain", is_flag=True, help="Print the decision in words instead of FHIR.")
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
def triage(file: BinaryIO, explain: bool, fhir_version: str) -> None:
    """Triage a QuestionnaireResponse (or Parameters) in FILE, or standard input with -."""
    settings = the_settings()
    service = the_service(settings)
    raw = file.read(settings.max_body_bytes + 1)
    try:
        if len(raw) > settings.max_body_bytes:
            raise Refused([Problem(Kind.TOO_LARGE, "", f"The body is longer than {settings.max_body_bytes} bytes.")])
        done = assess(service.triage, raw, version=VERSIONS[fhir_version])
    except Refused as refused:
        print_json(operation_outcome(refused.problems))
        raise SystemExit(EXIT_CODES[refused.problems[0].kind]) from None
    if explain:
        click.echo(explain_in_words(done.decision, done.rule_set, done.explanation), nl=False)
        if done.request.binding:
            click.echo(f"\n{binding_in_words(done.request.binding)}")
    else:
        print_json(json.loads(done.bundle))


@click.command("definitions")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
def write_definitions(folder: Path, fhir_version: str) -> None:
    """Write Questionnaire, CodeSystems, ValueSets, operation, plan and CapabilityStatement into FOLDER as JSON.

    Also openapi.json, which tells of all addresses in every version of FHIR.
    """
    from service.web.openapi import document  # Flask is only needed here

    settings = the_settings()
    served, version = the_service(settings).triage.served, VERSIONS[fhir_version]
    made = definitions(served, settings.canonical_base, version)
    made["CapabilityStatement", "numbness-triage"] = capability_statement(
        canonical_base=settings.canonical_base,
        version=version,
        base_url=f"{settings.public_base_url or f'http://{settings.host}:{settings.port}'}/fhir",
        software_version=__version__,
        date=max(rule_set.date for rule_set in served),
        token_url=settings.auth_token_url if settings.controls_access else "",
    )
    folder.mkdir(parents=True, exist_ok=True)
    for (resource_type, resource_id), resource in made.items():
        (folder / f"{resource_type}-{resource_id}.json").write_text(as_text(resource), encoding="utf-8")
    (folder / "openapi.json").write_text(as_text(document(settings.public_base_url)), encoding="utf-8")
    click.echo(f"{len(made) + 1} definitions written to {folder}")
