"""Yes without no, or no without yes."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.bindings.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    """Every yes/no question that leaves one side unsaid."""
    for path, question in draft.questions():
        said = {answer["answer"] for answer in question["answers"] if "answer" in answer}
        if len(said) == 1:
            missing = str(not said.pop()).lower()
            told = f"“{question['link_id']}” does not say what {missing} means."
            remedy = f"Add {{answer: {missing}, means: ...}}; means: nothing, if it says nothing."
            yield draft.sheet.problem((*path, "answers"), told, remedy)
