"""GET /: a page for people that shows the rules and lets them try an example."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, send_file

from service.triage.model import Level
from service.web.edges import the_service

DOOR = Blueprint("page", __name__)


@cache
def examples(folder: Path) -> dict[str, dict[str, str]]:
    """The examples that travel with the service: name to title, description, FHIR version."""
    about = {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*/about.json"))}
    return dict(about)


@DOOR.get("/")
def page() -> str:
    """What this is, the criteria by level, and a place to try a response."""
    service = the_service()
    return render_template(
        "page.html",
        rule_sets=service.triage.served,
        canonical_base=service.triage.canonical_base,
        levels=sorted(Level, reverse=True),
        examples=examples(service.settings.examples_path),
    )


@DOOR.get("/examples/<name>/response.json")
def example(name: str) -> Response:
    """One example response, as it would be posted."""
    folder = the_service().settings.examples_path
    if name not in examples(folder):
        abort(404)
    return send_file(folder / name / "response.json", mimetype="application/fhir+json")
