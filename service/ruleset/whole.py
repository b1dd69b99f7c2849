"""A rule set whose files hold together: what they say and where, and the rule set built from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.ruleset.known import CRITERIA
from service.ruleset.places import Sheets, find
from service.ruleset.positions import Path, Sheet
from service.triage.model import Criterion, RuleSet


@dataclass(frozen=True, slots=True)
class Whole:
    """What a check of sense looks at."""

    sheets: Sheets
    rule_set: RuleSet

    def criteria(self) -> Iterator[tuple[Sheet, Path, Criterion]]:
        """Every criterion with its file and its path there."""
        by_id = {criterion.id: criterion for criterion in self.rule_set.criteria}
        for sheet, path, name in find(self.sheets, CRITERIA, "*/id"):
            yield sheet, path[:-1], by_id[name]


def entry_at(sheet: Sheet, path: Path) -> Any:
    """What stands at the path."""
    found = sheet.data
    for step in path:
        found = found[step]
    return found
