"""An answer of a case that its question cannot be given."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known, misfit
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Every such answer, also within a list of answers."""
    for sheet, path, answer in find(sheets, "cases.yaml", "*/answers/*"):
        link_id = str(path[-1])
        values = list(enumerate(answer)) if isinstance(answer, list) else [(None, answer)]
        for index, value in values if link_id in known.items else ():
            if wrong := misfit(link_id, known.items[link_id], value):
                yield sheet.problem(path if index is None else (*path, index), *wrong)
