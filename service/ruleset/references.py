"""Where the files of a rule set refer to ids that others of them define, and the words for one that is missing."""

from __future__ import annotations

from difflib import get_close_matches

from service.ruleset.known import CRITERIA, HOMES, Known

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
    ("cases.yaml", "*/expect/decides/*", "criterion"),
    ("cases.yaml", "*/expect/fires/*", "criterion"),
    ("cases.yaml", "*/expect/silent/*", "criterion"),
    ("cases.yaml", "*/expect/unknown/*", "criterion"),
    ("cases.yaml", "*/expect/suspects/*", "condition"),
    ("cases.yaml", "*/expect/no_suspects/*", "condition"),
    ("cases.yaml", "*/expect/suspects_at/@", "condition"),
    ("cases.yaml", "*/expect/because/@", "condition"),
    ("cases.yaml", "*/expect/not_because/@", "condition"),
    ("cases.yaml", "*/expect/tests/*", "test"),
    ("cases.yaml", "*/expect/no_tests/*", "test"),
    ("cases.yaml", "*/expect/tests_at/@", "test"),
    ("cases.yaml", "*/expect/asked_by/@", "test"),
    ("cases.yaml", "*/expect/codings/@", "test"),
    ("cases.yaml", "*/expect/codings/*/*", "code"),
    ("cases.yaml", "*/expect/notices/*", "notice"),
    ("cases.yaml", "*/expect/no_notices/*", "notice"),
    ("cases.yaml", "*/expect/open/*", "question"),
    ("cases.yaml", "*/expect/conflicts/*", "question"),
)
"""File, place in it, and the kind of id that stands there."""

_NUMBERED = ("statement", "document")
"""Ids that are numbers: the nearest one is no likelier to be meant than any other."""


def unknown_words(known: Known, kind: str, name: str) -> tuple[str, str]:
    """That there is no such id, and the one that may be meant."""
    near = [] if kind in _NUMBERED else get_close_matches(name, sorted(known.ids[kind]), n=1)
    meant = f"Did you mean “{near[0]}”? " if near else ""
    return f"There is no {kind} “{name}”.", f"{meant}Name one of {HOMES[kind]}, or add it there."
