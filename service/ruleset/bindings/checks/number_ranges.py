"""Ranges of numbers that are empty, overlap, or leave a gap between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from service.problems import Problem
from service.ruleset.bindings.draft import Draft
from service.ruleset.positions import Path

Range = tuple[float, float, Path]


def check(draft: Draft) -> Iterator[Problem]:
    """By question and unit."""
    for path, question in draft.questions():
        by_unit: dict[str, list[Range]] = {}
        for index, answer in enumerate(question["answers"]):
            if "at_least" in answer or "below" in answer:
                here: Path = (*path, "answers", index)
                least, below = _ends(answer)
                if least >= below:
                    said = f"No number is at least {least:g} and below {below:g}."
                    yield draft.sheet.problem(here, said, "Raise “below”, or lower “at_least”.")
                else:
                    by_unit.setdefault(answer.get("unit", ""), []).append((least, below, here))
        for ranges in by_unit.values():
            yield from _between(draft, sorted(ranges, key=lambda each: each[:2]))


def _ends(answer: Mapping[str, Any]) -> tuple[float, float]:
    return answer.get("at_least", -inf), answer.get("below", inf)


def _between(draft: Draft, ranges: list[Range]) -> Iterator[Problem]:
    """What is wrong between one range and the next."""
    covered = ranges[0][1]
    for least, below, path in ranges[1:]:
        if least < covered:
            said = f"This range overlaps another one from {least:g} on."
            yield draft.sheet.problem(
                path, said, f"Begin it at {covered:g}." if covered < below else "Remove one of them."
            )
        elif least > covered:
            said = f"From {covered:g} up to {least:g} no answer holds."
            remedy = f"Add {{at_least: {covered:g}, below: {least:g}, means: ...}}; nothing, if it says nothing."
            yield draft.sheet.problem(path, said, remedy)
        covered = max(covered, below)
