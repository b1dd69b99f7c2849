"""An answer to a question of ours that it cannot be given."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, Saying, sayings
from service.ruleset.known import Asked, misfit


def check(draft: Draft) -> Iterator[Problem]:
    """An option that does not exist, true for a choice, several answers to a question that takes one."""
    items = draft.known.items
    for path, answer, _ in draft.answers():
        for saying in sayings(path, answer["means"]):
            if saying.item in items and (wrong := _misfit(saying, items[saying.item])):
                yield draft.sheet.problem(saying.path, *wrong)


def _misfit(saying: Saying, asked: Asked) -> tuple[str, str] | None:
    if asked.repeats and not saying.several and isinstance(saying.value, str):
        return f"“{saying.item}” takes several answers.", f"Write them as a list: [{saying.value}]."
    if saying.several and not asked.repeats:
        remedy = "Write it without brackets. That it is not one of several says nothing: write means: nothing."
        return f"“{saying.item}” takes one answer.", remedy
    return misfit(saying.item, asked, saying.value)
