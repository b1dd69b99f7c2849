"""A statement of a document that ruleset.yaml does not list."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find
from service.ruleset.references import unknown_words


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Each such statement of the catalogue."""
    for sheet, path, name in find(sheets, "catalogue.yaml", "@"):
        document = name.split("-")[0]
        if document.startswith("D") and known.lacks("document", document):
            yield sheet.problem(path, *unknown_words(known, "document", document), at_key=True)
