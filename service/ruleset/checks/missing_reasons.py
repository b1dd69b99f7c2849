"""Something that no document states outright and that does not say why."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA, Known
from service.ruleset.places import Sheets, find

NEEDING = (
    (CRITERIA, "*"),
    ("qualifiers.yaml", "*"),
    (CRITERIA, "*/tests/*"),
    ("conditions.yaml", "*/tests/*"),
)
"""File, and place in it, of what has a basis."""


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Everything reconciled or inferred without a reason."""
    for file, pattern in NEEDING:
        for sheet, path, entry in find(sheets, file, pattern):
            if entry["basis"] != "stated" and not entry["why"].strip():
                said = f"The basis is “{entry['basis']}”, and “why” is missing."
                yield sheet.problem((*path, "basis"), said, "Give the reason in one line under “why”.")
