"""The command line: serve, triage, check, cases, definitions; exit codes are in EXIT_CODES."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

from service import __version__
from service.assess import assess
from service.fhir_io.capability import capability_statement
from service.fhir_io.definitions import definitions
from service.fhir_io.outcome import operation_outcome
from service.fhir_io.versions import DEFAULT, VERSIONS
from service.problems import Kind, Problem, Refused
from service.ruleset.cases import load_cases, run_cases
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set
from service.settings import Settings, SettingsInvalid, load_settings
from service.triage.compiled import compile_rules
from service.triage.words import explain as explain_in_words
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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """FHIR triage of numbness in legs, feet and other limbs."""


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsInvalid as invalid:
        raise click.UsageError("Wrong settings:\n  " + "\n  ".join(invalid.faults)) from None


def _service(settings: Settings) -> Service:
    try:
        return build_service(settings)
    except RuleSetInvalid as invalid:
        _print_problems([problem.text for problem in invalid.problems])


def _print_problems(lines: list[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    click.echo(f"{len(lines)} problem{'s' if len(lines) != 1 else ''} found", err=True)
    raise SystemExit(EXIT_BAD_NEWS)


@main.command()
@click.option("--host", help="Address to listen on; TRIAGE_HOST otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; TRIAGE_PORT otherwise.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; TRIAGE_WORKERS otherwise.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve HTTP until stopped. Does not start with wrong settings or rules that have errors."""
    from service.web.server import run  # the server is only needed here

    given: dict[str, Any] = {
        name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value
    }
    settings = replace(_settings(), **given)
    run(settings, _service(settings))


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--explain", is_flag=True, help="Print the decision in words instead of FHIR.")
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
def triage(file: BinaryIO, explain: bool, fhir_version: str) -> None:
    """Triage a QuestionnaireResponse (or Parameters) in FILE, or standard input with -."""
    settings = _settings()
    service = _service(settings)
    raw = file.read(settings.max_body_bytes + 1)
    try:
        if len(raw) > settings.max_body_bytes:
            raise Refused([Problem(Kind.TOO_LARGE, "", f"The body is longer than {settings.max_body_bytes} bytes.")])
        done = assess(service.triage, raw, version=VERSIONS[fhir_version])
    except Refused as refused:
        _print_json(operation_outcome(refused.problems))
        raise SystemExit(EXIT_CODES[refused.problems[0].kind]) from None
    if explain:
        click.echo(explain_in_words(done.decision, service.triage.rules.rule_set), nl=False)
    else:
        _print_json(done.bundle)


@main.command()
@click.argument("rules", type=FOLDER, required=False)
def check(rules: Path | None) -> None:
    """Check the rule folder RULES (TRIAGE_RULES_PATH otherwise) and print every problem with its place."""
    folder = rules or _settings().rules_path
    problems = check_rule_set(folder)
    if problems:
        _print_problems([problem.text for problem in problems])
    rule_set = load_rule_set(folder)
    click.echo(f"{rule_set.id} {rule_set.version}: {len(rule_set.criteria)} criteria, no problem found")


@main.command()
@click.argument("rules", type=FOLDER, required=False)
def cases(rules: Path | None) -> None:
    """Run the cases beside the rules in RULES and print what came out otherwise than it should."""
    folder = rules or _settings().rules_path
    try:
        rule_set = load_rule_set(folder)
        loaded = load_cases(folder, rule_set)
    except RuleSetInvalid as invalid:
        _print_problems([problem.text for problem in invalid.problems])
    failures = run_cases(compile_rules(rule_set), loaded)
    for failure in failures:
        click.echo(failure.text, err=True)
    failed = len({failure.case.id for failure in failures})
    click.echo(f"{len(loaded) - failed} cases passed, {failed} failed")
    if failures:
        raise SystemExit(EXIT_BAD_NEWS)


@main.command("definitions")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
def write_definitions(folder: Path, fhir_version: str) -> None:
    """Write Questionnaire, CodeSystems, ValueSets, operation, plan and CapabilityStatement into FOLDER as JSON."""
    settings = _settings()
    rule_set, version = _service(settings).triage.rules.rule_set, VERSIONS[fhir_version]
    made = definitions(rule_set, settings.canonical_base, version)
    made["CapabilityStatement", "numbness-triage"] = capability_statement(
        canonical_base=settings.canonical_base,
        version=version,
        base_url=f"{settings.public_base_url or f'http://{settings.host}:{settings.port}'}/fhir",
        software_version=__version__,
        date=rule_set.date,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for (resource_type, resource_id), resource in made.items():
        (folder / f"{resource_type}-{resource_id}.json").write_text(_as_text(resource), encoding="utf-8")
    click.echo(f"{len(made)} definitions written to {folder}")


def _as_text(resource: dict[str, Any]) -> str:
    return json.dumps(resource, ensure_ascii=False, indent=2) + "\n"


def _print_json(resource: dict[str, Any]) -> None:
    click.echo(_as_text(resource), nl=False)
