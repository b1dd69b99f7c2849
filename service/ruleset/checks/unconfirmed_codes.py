"""A code that nobody has confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every code of confidence 0."""
    for sheet, path, confidence in find(sheets, "terminology.yaml", "*/confidence"):
        if confidence == 0:
            said = f"The code of “{path[0]}” is not confirmed (confidence 0)."
            yield sheet.problem(path, said, "Look it up and write 1 or 2, or remove the entry.")
