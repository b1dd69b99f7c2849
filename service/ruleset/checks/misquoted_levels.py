"""A source whose stated level is not that of its kind in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA, Known
from service.ruleset.places import Sheets, find
from service.ruleset.statements import STATED, kind_of


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every such source of a criterion or a qualifier."""
    for file in (CRITERIA, "qualifiers.yaml"):
        for sheet, path, level in find(sheets, file, "*/sources/*"):
            states = STATED.get(kind_of(str(path[-1])), "none")
            if level != states:
                said = f"{path[-1]} states “{states}”, not “{level}”."
                yield sheet.problem(path, said, f"Write {states}, or name another source.")
