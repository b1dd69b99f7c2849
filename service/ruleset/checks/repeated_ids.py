"""An id that stands twice among those of its kind; groups and questions share their linkIds."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import DEFINED, Known
from service.ruleset.places import Sheets, find
from service.ruleset.positions import Mark

SHARED = {"group": "linkId", "question": "linkId"}


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """The second of two that have one id, with the place of the first."""
    first: dict[tuple[str, str], Mark] = {}
    for kind, places in DEFINED.items():
        for file, pattern in places:
            for sheet, path, name in find(sheets, file, pattern) if not pattern.endswith("@") else ():
                called = SHARED.get(kind, kind)
                before = first.setdefault((called, name), sheet.mark(path))
                if before is not sheet.mark(path):
                    said = f"The {called} “{name}” is already defined at {before.where}."
                    yield sheet.problem(path, said, "Give one of the two another id, or remove it.")
