"""A qualifier that does not lower."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find
from service.triage.model import Level


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every qualifier whose range does not go downward."""
    for sheet, path, lowers in find(sheets, "qualifiers.yaml", "*/lowers"):
        if Level.of(lowers["to"]) >= Level.of(lowers["from"]):
            said = f"From {lowers['from']} to {lowers['to']} is not downward."
            yield sheet.problem((*path, "to"), said, "A qualifier may only lower; name a lower level.")
