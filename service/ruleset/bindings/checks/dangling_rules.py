"""A rule set that is not served."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    """The id, or the version of it, that no active rule set has."""
    if draft.rule_set is not None:
        return
    wanted = draft.data["rules"]
    named = " ".join([wanted["id"], *([wanted["version"]] if "version" in wanted else [])])
    served = ", ".join(f"{one.id} {one.version}" for one in draft.served)
    said = f"No active rule set is “{named}”."
    yield draft.sheet.problem(("rules",), said, f"Served are: {served}.")
