"""The command hazards: the hazard log, and the live checks of its controls against a running service."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.exits import EXIT_BAD_NEWS
from service.safety.against import Against, Failed, against
from service.safety.asking import Asking
from service.safety.checks import CHECKS
from service.safety.hazards import Control, Hazard, document
from service.safety.hazards import hazards as the_log


@click.command()
@click.option("--base", default="http://127.0.0.1:8080", show_default=True, help="Address of the running service.")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A bearer token.")
@click.option("--document", "as_document", is_flag=True, help="Print the hazard log as Markdown; nobody is asked.")
def hazards(base: str, token_file: Path | None, as_document: bool) -> None:
    """Ask a running service for what can be seen of the controls of the hazard log, and print the evidence."""
    log = the_log()
    if as_document:
        click.echo(document(log), nl=False)
        return
    if not base.startswith(("http://", "https://")):
        raise click.UsageError("--base: must be an http or https address")
    token = token_file.read_text("utf-8").strip() if token_file else ""
    try:
        on = against(Asking(base.rstrip("/"), token))
        failed = sum(_shown(one, on) for one in log)
    except OSError as error:
        raise click.ClickException(f"{base} does not answer ({type(error).__name__}).") from None
    except Failed as seen:
        raise click.ClickException(f"{base} cannot be checked: {seen}.") from None
    live = sum(1 for one in log for control in one.controls if control.check)
    click.echo(f"{live - failed} of {live} live controls hold, {failed} do not")
    raise SystemExit(EXIT_BAD_NEWS if failed else 0)


def _shown(hazard: Hazard, on: Against) -> int:
    """Print a hazard with the evidence for its controls; how many of them do not hold."""
    click.echo(f"{hazard.id} {hazard.title}")
    failed = 0
    for control in hazard.controls:
        holds, lines = _seen(control, on)
        failed += not holds
        mark = "-" if not control.check else "holds" if holds else "DOES NOT HOLD"
        click.echo(f"  {mark:<6} {control.does}")
        for line in lines:
            click.echo(f"         {line}")
    click.echo()
    return failed


def _seen(control: Control, on: Against) -> tuple[bool, list[str]]:
    """Whether the control holds, as far as can be seen, and the evidence."""
    if not control.check:
        return True, [f"shown by the test {control.test}"]
    try:
        return True, list(CHECKS[control.check](on))
    except Failed as seen:
        return False, [str(seen)]
