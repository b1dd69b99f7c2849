"""A criterion without a case that fires it, or without one that keeps it silent."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.places import find
from service.ruleset.whole import Whole

WANTED = (("fires", "fires it"), ("silent", "keeps it silent"))
"""Key under `expect` of a case, and what a case with the criterion there shows."""


def check(whole: Whole) -> Iterator[Problem]:
    """Every case that is missing, at its criterion."""
    for key, shown in WANTED:
        named = {name for _, _, name in find(whole.sheets, "cases.yaml", f"*/expect/{key}/*")}
        for sheet, path, criterion in whole.criteria():
            if criterion.id not in named:
                said = f"The criterion “{criterion.id}” has no case that {shown}."
                yield sheet.problem(path, said, f"Add one to cases.yaml, with its id under “{key}”.")
