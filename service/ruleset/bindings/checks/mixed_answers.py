"""Answers that are of no kind, of two kinds, or of another kind than the others of their question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.problems import Problem
from service.ruleset.bindings.draft import Draft
from service.ruleset.bindings.schema import kinds_of

BELONGS = {"system": "code", "unit": "at_least or below"}
"""Keys that say more about another one."""

_FORMS = "answer: true or false, code, or at_least and below"


def check(draft: Draft) -> Iterator[Problem]:
    """One problem for each question or answer."""
    for path, question in draft.questions():
        kinds = [kinds_of(answer) for answer in question["answers"]]
        for index, found in enumerate(kinds):
            if wrong := _wrong(question["answers"][index], found):
                yield draft.sheet.problem((*path, "answers", index), *wrong)
        together = sorted({kind for found in kinds if len(found) == 1 for kind in found})
        if len(together) > 1:
            said = f"The answers of “{question['link_id']}” are of several kinds: {' and '.join(together)}."
            yield draft.sheet.problem(
                (*path, "answers"), said, "Give them all one kind; split the question if need be."
            )


def _wrong(answer: Mapping[str, Any], found: set[str]) -> tuple[str, str] | None:
    if len(found) != 1:
        said = "This answer is of no kind." if not found else f"This answer is {' and '.join(sorted(found))} at once."
        return said, f"Give it one of: {_FORMS}."
    for key, other in BELONGS.items():
        if key in answer and not any(name in answer for name in other.split(" or ")):
            return f"“{key}” goes with {other}.", "Remove it."
    return None
