"""Everything that is checked in a binding: one module for each check, all of them in the table here; all are errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.problems import Problem
from service.ruleset.bindings.checks import (
    contrary_meanings,
    dangling_ids,
    dangling_rules,
    mixed_answers,
    none_of_all,
    number_ranges,
    one_sided_answers,
    repeated_answers,
    repeated_link_ids,
    repeated_questionnaires,
    unfit_answers,
    unfit_closing,
    unlisted_red_flags,
)
from service.ruleset.bindings.draft import Draft
from service.ruleset.checks import found_by

CHECKS: tuple[tuple[str, Callable[[Draft], Iterator[Problem]]], ...] = (
    ("dangling-rules", dangling_rules.check),
    ("dangling-id", dangling_ids.check),
    ("unfit-answer", unfit_answers.check),
    ("none-of-all", none_of_all.check),
    ("contrary-meaning", contrary_meanings.check),
    ("repeated-link-id", repeated_link_ids.check),
    ("mixed-answers", mixed_answers.check),
    ("repeated-answer", repeated_answers.check),
    ("one-sided-answer", one_sided_answers.check),
    ("number-range", number_ranges.check),
    ("unfit-closing", unfit_closing.check),
    ("unlisted-red-flag", unlisted_red_flags.check),
    ("repeated-questionnaire", repeated_questionnaires.check),
)
"""Id and function."""

READING = ("missing-file", "unreadable", "shape")
"""Ids of what is wrong with a file before anything in it can be checked."""

AGAINST = "unfit-questionnaire"
"""The id of what does not fit the Questionnaire that a binding is compared with."""


def check(draft: Draft) -> list[Problem]:
    """Everything that a check finds."""
    return [problem for name, one in CHECKS for problem in found_by(name, one(draft))]
