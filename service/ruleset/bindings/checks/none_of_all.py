"""The option “none” of a multiple choice of ours, which would deny what the other questionnaire did not ask."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, sayings
from service.triage.questions import NONE


def check(draft: Draft) -> Iterator[Problem]:
    """Every meaning that picks or denies it."""
    for path, answer, _ in draft.answers():
        for saying in sayings(path, answer["means"]):
            if saying.several and saying.value == NONE:
                said = f"“{NONE}” would answer every option of “{saying.item}”, asked or not."
                remedy = "Deny the options that were asked: {not: [...]}."
                yield draft.sheet.problem(saying.path, said, remedy)
