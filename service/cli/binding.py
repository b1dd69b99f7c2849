"""The command that checks bindings of other people's questionnaires and says what they answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from service.cli.checking import print_found
from service.cli.exits import print_problems, the_settings
from service.problems import Problem
from service.ruleset.bindings.against import compare
from service.ruleset.bindings.answered import answered_in_words
from service.ruleset.bindings.load import read_bindings
from service.ruleset.folder import in_order
from service.ruleset.load import RuleSetInvalid
from service.ruleset.several import load_rule_sets
from service.settings import Settings
from service.triage.model import RuleSet

PATH = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=PATH, required=False)
@click.option("--questionnaire", type=FILE, help="The Questionnaire, as JSON, to compare the binding with.")
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default="text", show_default=True)
def bindings(path: Path | None, questionnaire: Path | None, form: str) -> None:
    """Check the binding PATH, or the bindings in the folder PATH (TRIAGE_BINDINGS_PATH otherwise).

    Prints every problem with its place; then, of each binding, what it answers and the red flags that stay unknown.
    """
    settings = the_settings()
    here = path or settings.bindings_path
    if here is None:
        raise click.UsageError("Name a binding or a folder of them, or set TRIAGE_BINDINGS_PATH.")
    read, problems = read_bindings(here, _rule_sets(settings))
    if questionnaire:
        if len(read) > 1:
            raise click.UsageError("A Questionnaire is compared with one binding: name its file.")
        resource = _questionnaire(questionnaire)
        problems = [*problems, *(problem for one in read for problem in compare(one.draft, resource))]
    _print(problems, here, form)
    for one in read if form != "json" else ():
        if one.draft.rule_set:
            click.echo("\n".join(answered_in_words(one.draft, one.draft.rule_set)))


def _print(problems: list[Problem], here: Path, form: str) -> None:
    print_found(in_order(problems), here if here.is_dir() else here.resolve().parent, form)


def _rule_sets(settings: Settings) -> tuple[RuleSet, ...]:
    try:
        return load_rule_sets(settings.rule_paths)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])


def _questionnaire(path: Path) -> dict[str, Any]:
    try:
        resource = json.loads(path.read_bytes())
    except ValueError:
        raise click.UsageError(f"{path.name} is not JSON.") from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "Questionnaire":
        raise click.UsageError(f"{path.name} is not a FHIR Questionnaire.")
    return resource
