"""The command that shows what a new version of a rule set changes for those who answered."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER, print_problems, the_settings
from service.cli.generating import COUNT, SEED, write_file
from service.cli.impact_page import page
from service.cli.impact_words import Report, in_words, verdicts
from service.cli.recorded import Readers, read_recorded
from service.fhir_io.admission.body import Limits
from service.fhir_io.versions import DEFAULT, VERSIONS, FhirVersion
from service.ruleset.generate import draw, items_of_both, together
from service.ruleset.impact import Sample, compare, known_answers
from service.ruleset.intended import newly_intended
from service.ruleset.load import RuleSetInvalid, load_rule_set
from service.ruleset.weights import has_weights, load_weights
from service.triage.compiled import compile_rules
from service.triage.model import RuleSet


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option("--on", "path", type=click.Path(exists=True, path_type=Path), help="Folder of *.json, or .ndjson file.")
@click.option("--generate", "count", type=COUNT, help="Draw so many responses by the weights beside the rules.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="The same seed draws the same responses.")
@click.option("--fhir-version", type=click.Choice(list(VERSIONS)), default=DEFAULT.code, show_default=True)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page to this file, too.")
def impact(
    old: Path, new: Path, path: Path | None, count: int | None, seed: int, fhir_version: str, html: Path | None
) -> None:
    """Show who moves up and who moves down when the rules in OLD are replaced by those in NEW."""
    if (path is None) == (count is None):
        raise click.UsageError("Name the responses by --on, or have some drawn by --generate.")
    try:
        rule_sets = _versions(old, new)
        if path:
            samples, unreadable = _recorded(rule_sets, path, VERSIONS[fhir_version])
        else:
            samples, unreadable = _drawn(rule_sets, (old, new), count or 0, seed), []
        before, after = (compile_rules(rule_set) for rule_set in rule_sets)
        compared = compare(before, after, samples, newly_intended(old, new))
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])
    drawn_from = f"in {path.name}" if path else f"generated with seed {seed}"
    report = Report(*rule_sets, drawn_from, compared, tuple(unreadable))
    click.echo(in_words(report), nl=False)
    if html:
        write_file(html, page(report))
    if any(bad for bad, _ in verdicts(report)):
        raise SystemExit(EXIT_BAD_NEWS)


def _versions(old: Path, new: Path) -> tuple[RuleSet, RuleSet]:
    before, after = load_rule_set(old), load_rule_set(new)
    if before.id != after.id:
        raise click.UsageError(f"{before.id} and {after.id} are not two versions of one rule set.")
    return before, after


def _recorded(rule_sets: tuple[RuleSet, RuleSet], path: Path, version: FhirVersion) -> tuple[list[Sample], list[str]]:
    settings = the_settings()
    limits = Limits(max_depth=settings.max_depth, max_items=settings.max_items)
    samples, unreadable = read_recorded(Readers(*rule_sets, settings.canonical_base, version, limits), path)
    if not samples and not unreadable:
        raise click.UsageError(f"There is no response in {path.name}: neither a *.json file nor a line.")
    return samples, unreadable


def _drawn(rule_sets: tuple[RuleSet, RuleSet], folders: tuple[Path, Path], count: int, seed: int) -> list[Sample]:
    """Drawn by the weights of both versions, so that what only one of them asks is answered, too."""
    pairs = list(zip(folders, rule_sets, strict=True))
    weighted = [pair for pair in pairs if has_weights(pair[0])] or pairs[1:]
    weights = [load_weights(folder, rule_set) for folder, rule_set in weighted]
    items = items_of_both(weighted[0][1].items, weighted[-1][1].items)
    joined = together(weights[0], weights[-1])
    samples = []
    for number in range(1, count + 1):
        drawn = draw(items, joined, seed=seed, number=number)
        (before, unread_before), (after, unread_after) = (known_answers(one, drawn.answers) for one in rule_sets)
        samples.append(Sample(drawn.id, before, after, unread_before, unread_after))
    return samples
