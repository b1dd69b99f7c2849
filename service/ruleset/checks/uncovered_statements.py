"""A conflict or a gap of the catalogue that no case shows."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.places import find
from service.ruleset.statements import kind_of
from service.ruleset.whole import Whole

COVERED = ("CF", "UN")
"""Conflicts between documents, and what they leave unsaid."""


def check(whole: Whole) -> Iterator[Problem]:
    """Every such statement of the catalogue."""
    covered = {name for _, _, name in find(whole.sheets, "cases.yaml", "*/covers/*")}
    for sheet, path, name in find(whole.sheets, "catalogue.yaml", "@"):
        if kind_of(name) in COVERED and name not in covered:
            remedy = "Add one to cases.yaml, with the statement under “covers”."
            yield sheet.problem(path, f"No case covers {name}.", remedy, at_key=True)
