"""A yes/no question with what only a choice has, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """What a question has too much, or a choice too little."""
    for sheet, path, item in find(sheets, "items.yaml", "groups/*/items/*"):
        if item["type"] == "choice":
            if not item["options"]:
                yield sheet.problem(
                    (*path, "options"), "A choice needs options.", "Add “options”, or make it a boolean."
                )
            if "concern" in item:
                yield sheet.problem((*path, "concern"), "Only a boolean has a “concern”.", "Remove it.", at_key=True)
            continue
        for key in ("options", "repeats"):
            if item[key]:
                yield sheet.problem(
                    (*path, key), f"A boolean has no “{key}”.", "Remove it, or make it a choice.", at_key=True
                )
