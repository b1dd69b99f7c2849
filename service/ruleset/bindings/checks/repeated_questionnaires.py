"""Two active bindings with one id, or for one questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft
from service.ruleset.positions import Sheet

ACTIVE = "active"


def check(draft: Draft) -> Iterator[Problem]:
    """Each other one that this one clashes with, so far as both are active."""
    for other in draft.others if draft.data["status"] == ACTIVE else ():
        if other.data["status"] != ACTIVE:
            continue
        if other.data["id"] == draft.data["id"]:
            said = f"“{draft.data['id']}” is the id of another active binding, in {other.file}."
            yield draft.sheet.problem(("id",), said, "Rename one, or retire one.")
        if _alike(draft.sheet, other):
            said = f"This questionnaire is bound in {other.file}, too."
            remedy = "Retire one of the two, or give each the “versions” that it holds for."
            yield draft.sheet.problem(("questionnaire",), said, remedy)


def _alike(one: Sheet, other: Sheet) -> bool:
    mine, theirs = one.data["questionnaire"], other.data["questionnaire"]
    if mine["url"] != theirs["url"]:
        return False
    return not mine["versions"] or not theirs["versions"] or bool(set(mine["versions"]) & set(theirs["versions"]))
