"""An id that nothing defines: of a condition, test, statement, qualifier, code, criterion, notice or question."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find
from service.ruleset.references import REFERENCES, unknown_words


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Every reference that leads nowhere, with the id that may be meant."""
    for file, pattern, kind in REFERENCES:
        for sheet, path, name in find(sheets, file, pattern):
            if known.lacks(kind, name):
                yield sheet.problem(path, *unknown_words(known, kind, name), at_key=pattern.endswith("@"))
