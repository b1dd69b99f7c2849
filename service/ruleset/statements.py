"""The kinds of catalogue statement, and the level that a statement of each kind states."""

from __future__ import annotations

from service.ruleset.shapes import STATEMENT

STATED = {"E": "emergency", "U": "urgent", "R": "routine", "S": "self-care", "W": "unstated"}
"""Kind of statement, and the level that it states; every other kind states none."""

OURS = ("CF", "UN", "TM")
"""Kinds that no document states outright: conflicts between documents, what they leave unsaid, the map of the tests."""


def kind_of(statement: str) -> str:
    """The kind of a statement, by its id: "E" of D0-E11, "CF" of CF-1."""
    match = STATEMENT.fullmatch(statement)
    return (match[1] or match[2]) if match else ""
