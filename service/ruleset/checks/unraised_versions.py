"""A criterion that changed and kept its version, or a rule set whose criteria changed and that kept its own."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.lock import UPDATE, Change, changes, is_set_unraised, locked_version
from service.ruleset.whole import Whole


def check(whole: Whole) -> Iterator[Problem]:
    """What must be given a higher version before it can be locked."""
    found = changes(whole)
    for one in found:
        if one.change is Change.UNRAISED:
            said = f"The criterion “{one.id}” is not what was locked as version {one.before}."
            if one.now < one.before:
                said = f"The criterion “{one.id}” is version {one.now}, but version {one.before} is locked."
            remedy = f"Write “version: {one.before + 1}” in the criterion, then run: {UPDATE}."
            yield one.sheet.problem((*one.path, "version"), said, remedy)
    if is_set_unraised(whole, found):
        before, now = locked_version(whole), whole.rule_set.version
        said = f"The rule set is version {now}, but {before} is locked."
        if now == before:
            said = f"The rule set is still version {now}, but criteria changed: {', '.join(one.id for one in found)}."
        remedy = f"Write a higher version, then run: {UPDATE}."
        yield whole.sheets["ruleset.yaml"].problem(("version",), said, remedy)
