"""What a schema cannot see in the files of a rule set; each check is one function in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from service.problems import Problem
from service.ruleset.fitting import answers_fit, items_hold_together, leaves_fit, no_question_hides_itself
from service.ruleset.known import CRITERIA, Known
from service.ruleset.places import Sheets, find
from service.ruleset.references import dangling, missing_documents, repeated_ids, repeated_options
from service.ruleset.shapes import STATEMENT
from service.triage.model import Level

STATED = {"E": "emergency", "U": "urgent", "R": "routine", "S": "self-care", "W": "unstated"}
"""Kind of statement, and the level that it states; every other kind states none."""


def kind_of(statement: str) -> str:
    """The kind of a statement, by its id: "E" of D0-E11, "CF" of CF-1."""
    match = STATEMENT.fullmatch(statement)
    return (match[1] or match[2]) if match else ""


def misquoted_levels(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A source whose stated level is not that of its kind in the catalogue."""
    for file in (CRITERIA, "qualifiers.yaml"):
        for sheet, path, level in find(sheets, file, "*/sources/*"):
            states = STATED.get(kind_of(str(path[-1])), "none")
            if level != states:
                said = f"{path[-1]} states “{states}”, not “{level}”."
                yield sheet.problem(path, said, f"Write {states}, or name another source.")


def missing_reasons(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Something that no document states outright and that does not say why."""
    for file, pattern in (
        (CRITERIA, "*"),
        ("qualifiers.yaml", "*"),
        (CRITERIA, "*/tests/*"),
        ("conditions.yaml", "*/tests/*"),
    ):
        for sheet, path, entry in find(sheets, file, pattern):
            if entry["basis"] != "stated" and not entry["why"].strip():
                said = f"The basis is “{entry['basis']}”, and “why” is missing."
                yield sheet.problem((*path, "basis"), said, "Give the reason in one line under “why”.")


def misplaced_criteria(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A criterion that stands in the file of another level."""
    for sheet, path, level in find(sheets, CRITERIA, "*/level"):
        if sheet.file.rsplit("/", 1)[-1] != f"{level}.yaml":
            said = f"A criterion of level “{level}” stands in the file of another level."
            yield sheet.problem(path, said, f"Move it to criteria/{level}.yaml, or correct the level.")


def ranges_not_downward(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A qualifier that does not lower."""
    for sheet, path, lowers in find(sheets, "qualifiers.yaml", "*/lowers"):
        if Level.of(lowers["to"]) >= Level.of(lowers["from"]):
            said = f"From {lowers['from']} to {lowers['to']} is not downward."
            yield sheet.problem((*path, "to"), said, "A qualifier may only lower; name a lower level.")


def foreign_qualifiers(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A criterion with a qualifier whose range does not reach below the criterion's level from it or from above."""
    ranges = {q["id"]: q["lowers"] for _, _, q in find(sheets, "qualifiers.yaml", "*")}
    for sheet, path, criterion in find(sheets, CRITERIA, "*"):
        for index, name in enumerate(criterion["unless"]):
            lowers, level = ranges.get(name), Level.of(criterion["level"])
            if lowers and not Level.of(lowers["to"]) < level <= Level.of(lowers["from"]):
                said = f"The qualifier “{name}” lowers from {lowers['from']} to {lowers['to']}, "
                said += f"but the criterion is {criterion['level']}."
                yield sheet.problem((*path, "unless", index), said, "Remove it, or correct one of the two.")


def unconfirmed_codes(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A code that nobody has confirmed."""
    for sheet, path, confidence in find(sheets, "terminology.yaml", "*/confidence"):
        if confidence == 0:
            said = f"The code of “{path[0]}” is not confirmed (confidence 0)."
            yield sheet.problem(path, said, "Look it up and write 1 or 2, or remove the entry.")


Check = Callable[[Sheets, Known], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    repeated_ids,
    repeated_options,
    dangling,
    missing_documents,
    items_hold_together,
    leaves_fit,
    no_question_hides_itself,
    misquoted_levels,
    missing_reasons,
    misplaced_criteria,
    ranges_not_downward,
    foreign_qualifiers,
    unconfirmed_codes,
    answers_fit,
)


def check(sheets: Sheets, known: Known) -> list[Problem]:
    """Everything that any check finds; files that are broken are passed over."""
    return list(chain.from_iterable(one(sheets, known) for one in CHECKS))
