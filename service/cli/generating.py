"""The command that draws made-up responses, with the level that each must get."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from service.cli.exits import FOLDER, print_problems, the_settings
from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import DEFAULT, VERSIONS
from service.ruleset.generate import Drawn, draw
from service.ruleset.load import RuleSetInvalid, load_rule_set
from service.ruleset.weights import load_weights
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.decision import Decision
from service.triage.model import Level

COUNT = click.IntRange(1, 1_000_000)
SEED = click.IntRange(min=0)


@click.command()
@click.argument("count", type=COUNT, metavar="N")
@click.option("--seed", type=SEED, default=1, show_default=True, help="The same seed draws the same responses.")
@click.option("--rules", type=FOLDER, help="The rule folder; TRIAGE_RULES_PATH otherwise.")
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, allow_dash=True), default="-", help="FILE, or - (default).")
def generate(count: int, seed: int, rules: Path | None, fhir_version: str, out: str) -> None:
    """Draw N made-up responses by the weights beside the rules, as NDJSON with the expected level in meta.tag."""
    settings = the_settings()
    folder = rules or settings.rules_path
    try:
        rule_set = load_rule_set(folder)
        weights = load_weights(folder, rule_set)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])
    compiled, edition = compile_rules(rule_set), Edition(rule_set, settings.canonical_base, VERSIONS[fhir_version])
    levels: Counter[Level] = Counter()
    responses, expected = [], []
    for number in range(1, count + 1):
        drawn = draw(rule_set.items, weights, seed=seed, number=number)
        decision = decide(compiled, drawn.answers)
        responses.append(_line(_tagged(drawn, decision, edition, subject=f"Patient/generated-{number}")))
        expected.append(_line(_expected(drawn, decision)))
        levels[decision.level] += 1
    _write(out, "".join(responses), "".join(expected))
    counted = ", ".join(f"{level.code} {levels[level]}" for level in sorted(Level, reverse=True))
    click.echo(f"{count} responses of {rule_set.id} {rule_set.version}, seed {seed}: {counted}", err=True)


def write_file(path: Path, text: str) -> None:
    """Write a file that the caller named; the end, with the reason, when that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None


def _write(out: str, responses: str, levels: str) -> None:
    """The responses, and the levels in a file beside them when there is a file."""
    if out == "-":
        click.echo(responses, nl=False)
        return
    write_file(Path(out), responses)
    write_file(Path(out).with_suffix(".levels.ndjson"), levels)


def _tagged(drawn: Drawn, decision: Decision, edition: Edition, *, subject: str) -> Resource:
    """The response with the expected level as a tag, which stays with it however the lines are split or shuffled.

    Tags "allow resources to be related to processes" (https://hl7.org/fhir/R4/resource.html#Meta); none is read here.
    """
    response = questionnaire_response(drawn.answers, edition, subject=subject)
    level = decision.level.code
    tag = {"system": edition.canonical("CodeSystem", "triage-level"), "code": level}
    head = {"resourceType": response["resourceType"], "id": drawn.id, "meta": {"tag": [tag]}}
    return head | {name: value for name, value in response.items() if name not in head}


def _expected(drawn: Drawn, decision: Decision) -> dict[str, Any]:
    return {
        "id": drawn.id,
        "profile": drawn.profile,
        "level": decision.level.code,
        "highest": decision.highest.code,
        "complete": decision.complete,
    }


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
