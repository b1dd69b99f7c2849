"""Checks every id that one place of a rule set defines and another refers to: none repeated, none dangling."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from service.problems import Problem
from service.ruleset.known import CRITERIA, DEFINED, HOMES, Known
from service.ruleset.places import Sheets, find
from service.ruleset.positions import Mark

REFERENCES = (
    ("ruleset.yaml", "categories/*", "code"),
    ("items.yaml", "groups/*/items/*/codings/*", "code"),
    ("items.yaml", "groups/*/items/*/options/*/codings/*", "code"),
    ("qualifiers.yaml", "*/sources/@", "statement"),
    ("qualifiers.yaml", "*/settles/*", "statement"),
    (CRITERIA, "*/unless/*", "qualifier"),
    (CRITERIA, "*/suspects/*", "condition"),
    (CRITERIA, "*/tests/*/test", "test"),
    (CRITERIA, "*/tests/*/sources/*", "statement"),
    (CRITERIA, "*/sources/@", "statement"),
    (CRITERIA, "*/settles/*", "statement"),
    ("conditions.yaml", "*/codings/*", "code"),
    ("conditions.yaml", "*/sources/*", "statement"),
    ("conditions.yaml", "*/evidence/*/sources/*", "statement"),
    ("conditions.yaml", "*/tests/*/test", "test"),
    ("conditions.yaml", "*/tests/*/sources/*", "statement"),
    ("substances.yaml", "*/suspects", "condition"),
    ("substances.yaml", "*/sources/*", "statement"),
    ("tests.yaml", "*/codings/*/id", "code"),
    ("tests.yaml", "*/sources/*", "statement"),
    ("notices.yaml", "*/sources/*", "statement"),
    ("cases.yaml", "*/covers/*", "statement"),
    ("cases.yaml", "*/answers/@", "question"),
    ("cases.yaml", "*/expect/fires/*", "criterion"),
    ("cases.yaml", "*/expect/silent/*", "criterion"),
    ("cases.yaml", "*/expect/unknown/*", "criterion"),
    ("cases.yaml", "*/expect/suspects/*", "condition"),
    ("cases.yaml", "*/expect/tests/*", "test"),
    ("cases.yaml", "*/expect/no_tests/*", "test"),
    ("cases.yaml", "*/expect/notices/*", "notice"),
    ("cases.yaml", "*/expect/open/*", "question"),
    ("cases.yaml", "*/expect/conflicts/*", "question"),
)
"""File, place in it, and the kind of id that stands there."""

_NUMBERED = ("statement", "document")
"""Ids that are numbers: the nearest one is no likelier to be meant than any other."""


def dangling(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """An id that nothing defines."""
    for file, pattern, kind in REFERENCES:
        for sheet, path, name in find(sheets, file, pattern):
            if known.lacks(kind, name):
                yield sheet.problem(path, *unknown_words(known, kind, name), at_key=pattern.endswith("@"))


def unknown_words(known: Known, kind: str, name: str) -> tuple[str, str]:
    """That there is no such id, and the one that may be meant."""
    near = [] if kind in _NUMBERED else get_close_matches(name, sorted(known.ids[kind]), n=1)
    meant = f"Did you mean “{near[0]}”? " if near else ""
    return f"There is no {kind} “{name}”.", f"{meant}Name one of {HOMES[kind]}, or add it there."


def repeated_ids(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """An id that stands twice among those of its kind; groups and questions share their linkIds."""
    shared = {"group": "linkId", "question": "linkId"}
    first: dict[tuple[str, str], Mark] = {}
    for kind, places in DEFINED.items():
        for file, pattern in places:
            for sheet, path, name in find(sheets, file, pattern) if not pattern.endswith("@") else ():
                called = shared.get(kind, kind)
                before = first.setdefault((called, name), sheet.mark(path))
                if before is not sheet.mark(path):
                    said = f"The {called} “{name}” is already defined at {before.where}."
                    yield sheet.problem(path, said, "Give one of the two another id, or remove it.")


def repeated_options(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """An option that a question has twice."""
    for sheet, path, options in find(sheets, "items.yaml", "groups/*/items/*/options"):
        codes = [option["code"] for option in options]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield sheet.problem(
                    (*path, index, "code"), f"The option “{code}” is repeated.", "Remove one of the two."
                )


def missing_documents(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """A statement of a document that ruleset.yaml does not list."""
    for sheet, path, name in find(sheets, "catalogue.yaml", "@"):
        document = name.split("-")[0]
        if document.startswith("D") and known.lacks("document", document):
            yield sheet.problem(path, *unknown_words(known, "document", document), at_key=True)
