"""The command that proves the safety properties of a rule set."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli.exits import EXIT_BAD_NEWS, FOLDER, as_text, print_problems, the_settings
from service.cli.in_turn import in_turn, the_folders
from service.fhir_io.canonical import Edition
from service.fhir_io.respond import questionnaire_response, sayable
from service.fhir_io.versions import DEFAULT
from service.ruleset.load import RuleSetInvalid, load_rule_set
from service.triage.compiled import compile_rules

if TYPE_CHECKING:
    from service.ruleset.proof.refute import Failure

TIMEOUT = 60.0
MISSING = "Proofs need z3, which is an extra of its own. Install it: pip install z3-solver"


@click.command()
@click.argument("rules", type=FOLDER, required=False)
@click.option(
    "--timeout", type=click.FloatRange(min=0.001), default=TIMEOUT, show_default=True, help="Seconds a query."
)
@click.option("--witness-dir", type=click.Path(file_okay=False, path_type=Path), default=".", help="For failed proofs.")
def prove(rules: Path | None, timeout: float, witness_dir: Path) -> None:
    """Prove the safety properties of the rules in RULES over every possible set of answers.

    A property that does not hold is shown by a witness, in words and as QuestionnaireResponse files.
    """
    folders = the_folders(rules)

    def act(folder: Path) -> None:
        _prove(folder, timeout, witness_dir / folder.name if len(folders) > 1 else witness_dir)

    in_turn(folders, act)


def _prove(folder: Path, timeout: float, witness_dir: Path) -> None:
    try:
        rule_set = load_rule_set(folder)
    except RuleSetInvalid as invalid:
        print_problems([problem.text for problem in invalid.problems])
    proof = _the_prover()
    prepared = proof.ground(rule_set, timeout=timeout)
    click.echo(f"{rule_set.id} {rule_set.version}: {len(rule_set.criteria)} criteria, {len(rule_set.items)} questions")
    click.echo(f"{'property':<75} queries  seconds  result")
    edition, failed = Edition(rule_set, the_settings().canonical_base, DEFAULT), False
    for wanted in proof.PROPERTIES:
        begun = time.perf_counter()
        done = proof.prove(prepared, wanted)
        took, end = time.perf_counter() - begun, _end(done.failure)
        click.echo(f"({wanted.letter}) {wanted.says:<71} {done.queries:>7}  {took:>7.1f}  {end}")
        if done.failure is not None:
            failed = True
            lines = [
                *proof.told(done.failure, compile_rules(rule_set)),
                *_write(done.failure, wanted.letter, edition, witness_dir),
            ]
            click.echo("\n".join(f"    {line}" for line in lines))
    if failed:
        raise SystemExit(EXIT_BAD_NEWS)


def _the_prover() -> Any:
    try:
        from service.ruleset.proof import prove as proof  # z3 is an extra, and takes a moment to load
    except ModuleNotFoundError as missing:
        if missing.name != "z3":
            raise
        raise click.UsageError(MISSING) from None
    return proof


def _end(failure: Failure | None) -> str:
    if failure is None:
        return "holds"
    return "NOT DECIDED" if failure.undecided else "DOES NOT HOLD"


def _write(failure: Failure, letter: str, edition: Edition, folder: Path) -> list[str]:
    """Write each set of answers of the witness as a response; a line for each file, or why there is none."""
    lines = []
    for name, answers in failure.witness:
        if not sayable(answers):
            lines.append("Not written: that an option was not asked can be said by a bound questionnaire only.")
            continue
        called = f"witness-{letter}-{name}" if name else f"witness-{letter}"
        response = questionnaire_response(answers, edition, subject="Patient/witness", response_id=called)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{called}.json"
        path.write_text(as_text(response), encoding="utf-8")
        lines.append(f"Written: {path}")
    return lines
