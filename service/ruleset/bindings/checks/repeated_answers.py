"""An answer that stands twice among those of one question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.problems import Problem
from service.ruleset.bindings.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    """A repeated code, or yes or no said twice."""
    for path, question in draft.questions():
        seen: set[object] = set()
        for index, answer in enumerate(question["answers"]):
            key = _key(answer, question["system"])
            if key is not None and key in seen:
                said = (
                    f"“{key[1]}” is answered twice."
                    if isinstance(key, tuple)
                    else f"“{str(key).lower()}” stands twice."
                )
                yield draft.sheet.problem((*path, "answers", index), said, "Keep one of the two.")
            seen.add(key)


def _key(answer: Mapping[str, Any], system: str) -> tuple[str, str] | bool | None:
    if "code" in answer:
        return answer.get("system", system), answer["code"]
    return answer.get("answer")
