"""A list of red flags that are not asked that differs from those that no answer tells of."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, unmapped_red_flags


def check(draft: Draft) -> Iterator[Problem]:
    """Those that are missing in one problem, each one too many at its place."""
    if draft.rule_set is None:
        return
    listed = draft.data["not_asked"]
    unmapped = unmapped_red_flags(draft, draft.rule_set)
    missing = [flag for flag in unmapped if flag not in listed]
    if missing:
        said = f"These red flags are not asked and not listed: {', '.join(missing)}."
        yield draft.sheet.problem(("not_asked",), said, "Map them, or add them to “not_asked”: they stay unknown.")
    for index, flag in enumerate(listed):
        if flag not in unmapped and draft.known.lacks("question", flag.partition("/")[0]) is False:
            said = f"“{flag}” is no red flag, or an answer tells of it, or it stands here twice."
            yield draft.sheet.problem(("not_asked", index), said, "Remove it.")
        unmapped = [other for other in unmapped if other != flag]
