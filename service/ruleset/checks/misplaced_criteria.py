"""A criterion that stands in the file of another level."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA, Known
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every criterion whose level is not that of its file."""
    for sheet, path, level in find(sheets, CRITERIA, "*/level"):
        if sheet.file.rsplit("/", 1)[-1] != f"{level}.yaml":
            said = f"A criterion of level “{level}” stands in the file of another level."
            yield sheet.problem(path, said, f"Move it to criteria/{level}.yaml, or correct the level.")
