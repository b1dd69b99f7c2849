"""A criterion with a qualifier whose range does not reach below the criterion's level from it or from above."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA, Known
from service.ruleset.places import Sheets, find
from service.triage.model import Level


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every such qualifier of a criterion."""
    ranges = {q["id"]: q["lowers"] for _, _, q in find(sheets, "qualifiers.yaml", "*")}
    for sheet, path, criterion in find(sheets, CRITERIA, "*"):
        for index, name in enumerate(criterion["unless"]):
            lowers, level = ranges.get(name), Level.of(criterion["level"])
            if lowers and not Level.of(lowers["to"]) < level <= Level.of(lowers["from"]):
                said = f"The qualifier “{name}” lowers from {lowers['from']} to {lowers['to']}, "
                said += f"but the criterion is {criterion['level']}."
                yield sheet.problem((*path, "unless", index), said, "Remove it, or correct one of the two.")
