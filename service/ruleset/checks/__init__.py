"""Everything that is checked in the files of a rule set: one module for each check, all of them in the two tables here.

Each check has an id, a function and a severity. The first table is what a rule set cannot be used without, so the
service, too, refuses it; the second is what a rule set must have to make sense, and is looked at once the first holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum

from service.problems import Problem
from service.ruleset.checks import (
    circular_questions,
    closed_red_flags,
    dangling_ids,
    foreign_qualifiers,
    hard_sentences,
    misplaced_criteria,
    misquoted_levels,
    missing_cases,
    missing_documents,
    missing_reasons,
    missing_sources,
    never_fires,
    question_shapes,
    raising_qualifiers,
    repeated_ids,
    repeated_options,
    shadowed_criteria,
    stale_lock,
    unasked_tests,
    uncited_statements,
    unconfirmed_codes,
    uncovered_statements,
    unfit_answers,
    unfit_conditions,
    unnamed_qualifiers,
    unraised_versions,
    unreachable_conditions,
    unread_questions,
)
from service.ruleset.known import Known
from service.ruleset.places import Sheets
from service.ruleset.whole import Whole


class Severity(Enum):
    """Whether a rule set with it is refused, or only better without it."""

    ERROR = "error"
    WARNING = "warning"


READING = ("no-folder", "missing-file", "stray-file", "unreadable", "shape")
"""Ids of what is wrong with a file before anything in it can be checked; all of them errors."""

BESIDE = ("intended-change", "weights", "vignettes")
"""Ids of what is checked where it is used, after the tables here; all of them errors."""

OF_THE_FILES: tuple[tuple[str, Callable[[Sheets, Known], Iterator[Problem]], Severity], ...] = (
    ("repeated-id", repeated_ids.check, Severity.ERROR),
    ("repeated-option", repeated_options.check, Severity.ERROR),
    ("dangling-id", dangling_ids.check, Severity.ERROR),
    ("missing-document", missing_documents.check, Severity.ERROR),
    ("question-shape", question_shapes.check, Severity.ERROR),
    ("unfit-condition", unfit_conditions.check, Severity.ERROR),
    ("unfit-answer", unfit_answers.check, Severity.ERROR),
    ("circular-question", circular_questions.check, Severity.ERROR),
    ("misquoted-level", misquoted_levels.check, Severity.ERROR),
    ("missing-reason", missing_reasons.check, Severity.ERROR),
    ("misplaced-criterion", misplaced_criteria.check, Severity.ERROR),
    ("raising-qualifier", raising_qualifiers.check, Severity.ERROR),
    ("foreign-qualifier", foreign_qualifiers.check, Severity.ERROR),
    ("unconfirmed-code", unconfirmed_codes.check, Severity.ERROR),
)
"""What a rule set cannot be used without: id, function, severity."""

OF_THE_WHOLE: tuple[tuple[str, Callable[[Whole], Iterator[Problem]], Severity], ...] = (
    ("never-fires", never_fires.check, Severity.ERROR),
    ("shadowed-criterion", shadowed_criteria.check, Severity.ERROR),
    ("closed-red-flag", closed_red_flags.check, Severity.ERROR),
    ("unreachable-condition", unreachable_conditions.check, Severity.ERROR),
    ("unasked-test", unasked_tests.check, Severity.ERROR),
    ("unread-question", unread_questions.check, Severity.ERROR),
    ("unnamed-qualifier", unnamed_qualifiers.check, Severity.WARNING),
    ("missing-source", missing_sources.check, Severity.ERROR),
    ("uncited-statement", uncited_statements.check, Severity.ERROR),
    ("missing-case", missing_cases.check, Severity.ERROR),
    ("uncovered-statement", uncovered_statements.check, Severity.ERROR),
    ("hard-sentence", hard_sentences.check, Severity.ERROR),
    ("unraised-version", unraised_versions.check, Severity.ERROR),
    ("stale-lock", stale_lock.check, Severity.ERROR),
)
"""What a rule set must have to make sense: id, function, severity."""

SEVERITY: Mapping[str, Severity] = {
    **dict.fromkeys((*READING, *BESIDE), Severity.ERROR),
    **{name: severity for name, _, severity in OF_THE_FILES},
    **{name: severity for name, _, severity in OF_THE_WHOLE},
}
"""Every id that a problem of a rule set can have, and how much it matters."""


def check(sheets: Sheets, known: Known) -> list[Problem]:
    """Everything that a check of the files finds; files that are broken are passed over."""
    return [problem for name, one, _ in OF_THE_FILES for problem in found_by(name, one(sheets, known))]


def check_whole(whole: Whole) -> list[Problem]:
    """Everything that a check of the whole finds."""
    return [problem for name, one, _ in OF_THE_WHOLE for problem in found_by(name, one(whole))]


def found_by(name: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with the id of the check that found them unless they have one."""
    return [problem if problem.check else replace(problem, check=name) for problem in problems]
