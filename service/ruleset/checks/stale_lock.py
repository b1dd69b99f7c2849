"""A lock that is not of the rules as they are, or that an active rule set does not have."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.lock import LOCK, UPDATE, Change, changes, locked_version
from service.ruleset.whole import Whole

REMEDY = f"Run: {UPDATE}."
ACTIVE = "active"


def check(whole: Whole) -> Iterator[Problem]:
    """Whatever writing the lock anew would put right; a draft may go without a lock."""
    before, now = locked_version(whole), whole.rule_set.version
    if before is None:
        if whole.rule_set.status == ACTIVE:
            said = f"An active rule set needs a {LOCK}, and there is none."
            yield whole.sheets["ruleset.yaml"].problem(("status",), said, REMEDY)
        return
    for one in changes(whole):
        if said := _words(one.id, one.change, one.before, one.now):
            yield one.sheet.problem(one.path, said, REMEDY, at_key=True)
    if before != now:
        said = f"{LOCK} is of version {before} of the rule set, which is now {now}."
        yield whole.sheets[LOCK].problem(("version",), said, REMEDY)


def _words(name: str, change: Change, before: int, now: int) -> str:
    return {
        Change.NEW: f"The criterion “{name}” is not in {LOCK}.",
        Change.RAISED: f"The criterion “{name}” is version {now}, but {LOCK} has version {before}.",
        Change.GONE: f"The criterion “{name}” is in {LOCK}, but no longer in the rules.",
    }.get(change, "")
