"""The criteria in a language of others, made from the rules so that they cannot drift.

A language says how it writes "this question is answered so", "all of", "at least so many of" and "the question was not
asked"; what is walked here is the same for all. Answers that contradict each other, or that stand under a question
that was not to be asked, are not translated: each language reads what is given, as it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import doors


@dataclass(frozen=True, slots=True)
class Language:
    """How one language writes a leaf, and `at_least` so many of some parts; all and any are its two ends."""

    leaf: Callable[[doors.Is], str]
    every: Callable[[list[str]], str]
    some: Callable[[list[str]], str]
    at_least: Callable[[int, list[str]], str]


def written(condition: doors.Condition, language: Language) -> str:
    """The condition in a language."""
    if isinstance(condition, doors.Is):
        return language.leaf(condition)
    parts = [written(part, language) for part in condition.parts]
    if isinstance(condition, doors.AllOf):
        return language.every(parts)
    if isinstance(condition, doors.AnyOf):
        return language.some(parts)
    return language.at_least(condition.count, parts)
