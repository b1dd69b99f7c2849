"""A question of ours that the rule set does not have."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft, sayings
from service.ruleset.references import unknown_words


def check(draft: Draft) -> Iterator[Problem]:
    """Every one that is named in a meaning, or under `not_asked`, with the id that may be meant."""
    known = draft.known
    for path, answer, _ in draft.answers():
        for item in dict.fromkeys(saying.item for saying in sayings(path, answer["means"])):
            if known.lacks("question", item):
                yield draft.sheet.problem((*path, "means", item), *unknown_words(known, "question", item), at_key=True)
    for index, flag in enumerate(draft.data["not_asked"]):
        if known.lacks("question", item := flag.partition("/")[0]):
            yield draft.sheet.problem(("not_asked", index), *unknown_words(known, "question", item))
