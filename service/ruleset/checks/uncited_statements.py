"""A statement about how urgent something is that no criterion cites, so that what it says may have been forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.places import find
from service.ruleset.statements import STATED, kind_of
from service.ruleset.whole import Whole


def check(whole: Whole) -> Iterator[Problem]:
    """Every statement that states a level, or warns without one, and is no criterion's source."""
    cited = {source.id for criterion in whole.rule_set.criteria for source in criterion.sources}
    for sheet, path, name in find(whole.sheets, "catalogue.yaml", "@"):
        if (kind := kind_of(name)) in STATED and name not in cited:
            said = f"No criterion cites {name}, which states “{STATED[kind]}”."
            yield sheet.problem(path, said, "Cite it under “sources” of the criterion that heeds it.", at_key=True)
