"""Something that no document stands behind: its sources are only notes of ours on what the documents leave open."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA
from service.ruleset.places import find
from service.ruleset.statements import OURS, kind_of
from service.ruleset.whole import Whole

NEEDING = (
    (CRITERIA, "*/sources", OURS),
    ("qualifiers.yaml", "*/sources", OURS),
    ("conditions.yaml", "*/sources", OURS),
    ("substances.yaml", "*/sources", OURS),
    ("tests.yaml", "*/sources", OURS),
    (CRITERIA, "*/tests/*/sources", ("CF", "UN")),
    ("conditions.yaml", "*/tests/*/sources", ("CF", "UN")),
    ("conditions.yaml", "*/evidence/*/sources", ("CF", "UN")),
)
"""File, place of sources in it, and the kinds of statement that are not enough alone. That there is a source at all is
a matter of shape."""


def check(whole: Whole) -> Iterator[Problem]:
    """Every list of sources with nothing in it but such statements."""
    for file, pattern, too_little in NEEDING:
        for sheet, path, sources in find(whole.sheets, file, pattern):
            if all(kind_of(name) in too_little for name in sources):
                said = f"No statement of a document stands behind this, only {', '.join(sources)}."
                yield sheet.problem(path, said, "Name one, such as D0-E11.")
