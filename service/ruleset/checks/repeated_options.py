"""An option that a question has twice."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """The second of two options with one code."""
    for sheet, path, options in find(sheets, "items.yaml", "groups/*/items/*/options"):
        codes = [option["code"] for option in options]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield sheet.problem(
                    (*path, index, "code"), f"The option “{code}” is repeated.", "Remove one of the two."
                )
