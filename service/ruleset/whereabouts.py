"""Where each rule of a rule set stands in its files, and every single condition that its rules are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.ruleset.conditions import build_leaf, leaves
from service.ruleset.known import CRITERIA
from service.ruleset.places import Sheets, find
from service.triage.questions import Is

WHENS = (
    ("qualifiers.yaml", "*/when"),
    (CRITERIA, "*/when"),
    ("conditions.yaml", "*/evidence/*/when"),
    ("substances.yaml", "*/when"),
    ("notices.yaml", "*/when"),
    ("tests.yaml", "*/codings/*/when"),
)
"""File, and place in it, of the conditions that rules are judged by."""


@dataclass(frozen=True, slots=True)
class Single:
    """One condition on one question, as it stands in a file."""

    leaf: Is
    where: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`file:line:column` of each rule, by its id; evidence of a condition in the order of the model."""

    scope: str
    floor: str
    items: Mapping[str, str]
    contradictions: tuple[str, ...]
    qualifiers: Mapping[str, str]
    conditions: Mapping[str, str]
    evidence: Mapping[str, tuple[str, ...]]
    tests: Mapping[str, str]
    notices: Mapping[str, str]


def whereabouts(sheets: Sheets) -> Whereabouts:
    """The place of everything in the files that a rule set was built from."""
    return Whereabouts(
        scope=sheets["ruleset.yaml"].mark(("scope",)).where,
        floor=sheets["ruleset.yaml"].mark(("open_floor",)).where,
        items=_by_id(sheets, "items.yaml", "groups/*/items/*/id"),
        contradictions=tuple(
            sheet.mark(path).where for sheet, path, _ in find(sheets, "items.yaml", "contradictions/*")
        ),
        qualifiers=_by_id(sheets, "qualifiers.yaml", "*/id"),
        conditions=_by_id(sheets, "conditions.yaml", "*/code"),
        evidence={code: tuple(_evidence(sheets, code)) for _, _, code in find(sheets, "conditions.yaml", "*/code")},
        tests=_by_id(sheets, "tests.yaml", "*/code"),
        notices=_by_id(sheets, "notices.yaml", "*/id"),
    )


def single_conditions(sheets: Sheets) -> Iterator[Single]:
    """Every condition on one question; what a qualifier says is met once, where the qualifier stands."""
    for file, pattern in WHENS:
        for sheet, path, condition in find(sheets, file, pattern):
            for here, raw in leaves(condition, path):
                if "qualifier" not in raw:
                    yield Single(build_leaf(raw), sheet.mark(here).where)


def _by_id(sheets: Sheets, file: str, pattern: str) -> dict[str, str]:
    return {name: sheet.mark(path[:-1]).where for sheet, path, name in find(sheets, file, pattern)}


def _evidence(sheets: Sheets, code: str) -> Iterator[str]:
    for sheet, path, condition in find(sheets, "conditions.yaml", "*"):
        if condition["code"] == code:
            yield from (sheet.mark((*path, "evidence", index)).where for index in range(len(condition["evidence"])))
    for sheet, path, substance in find(sheets, "substances.yaml", "*"):
        if substance["suspects"] == code:
            yield sheet.mark(path).where
