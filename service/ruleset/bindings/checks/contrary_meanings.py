"""A meaning that picks and denies the same option."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, sayings


def check(draft: Draft) -> Iterator[Problem]:
    """Every option that one answer both picks and denies."""
    for path, answer, _ in draft.answers():
        said = list(sayings(path, answer["means"]))
        picked = {(saying.item, saying.value) for saying in said if not saying.denied}
        for saying in said:
            if saying.denied and (saying.item, saying.value) in picked:
                told = f"“{saying.value}” is picked and denied by the same answer."
                yield draft.sheet.problem(saying.path, told, "Keep one of the two.")
