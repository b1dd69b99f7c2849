"""A linkId that stands twice."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft
from service.ruleset.positions import Path


def check(draft: Draft) -> Iterator[Problem]:
    """Among the questions, or among them and what is ignored, with the line of the first."""
    first: dict[str, Path] = {}
    places = [((*path, "link_id"), question["link_id"]) for path, question in draft.questions()]
    places += [(("ignored", index), link_id) for index, link_id in enumerate(draft.data["ignored"])]
    for path, link_id in places:
        if link_id in first:
            line = draft.sheet.mark(first[link_id]).line
            said = f"The linkId “{link_id}” is repeated; it first stands in line {line}."
            yield draft.sheet.problem(path, said, "Keep one of the two.")
        first.setdefault(link_id, path)
