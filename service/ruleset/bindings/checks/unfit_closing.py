"""A closed list that could not deny what it maps: it would answer what was not asked."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, sayings
from service.ruleset.bindings.schema import kinds_of


def check(draft: Draft) -> Iterator[Problem]:
    """`closed` of a question without codes, or of one whose codes say more than yes or an option of several."""
    for path, question in draft.questions():
        if not question["closed"]:
            continue
        if any("a code" not in kinds_of(answer) for answer in question["answers"]):
            said = "Only a list of codes can be closed."
            yield draft.sheet.problem(
                (*path, "closed"), said, "Remove “closed”; write what “no” means under the answers."
            )
            continue
        for index, answer in enumerate(question["answers"]):
            for saying in sayings((*path, "answers", index), answer["means"]):
                if not saying.several and isinstance(saying.value, str):
                    said = f"That this was not picked from a closed list would say nothing of “{saying.item}”."
                    yield draft.sheet.problem(
                        saying.path, said, "Remove “closed”, or ask this in a question of its own."
                    )
