"""Checks whether conditions and answers fit the questions that they name, and whether the questions hold together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.problems import Problem
from service.ruleset.conditions import leaves, operator_of, values_of
from service.ruleset.known import CRITERIA, Asked, Known
from service.ruleset.places import Sheets, find
from service.ruleset.positions import Path, Sheet
from service.ruleset.references import unknown_words
from service.triage.facts import NONE

CONDITIONS = (
    ("ruleset.yaml", "scope", False),
    ("items.yaml", "groups/*/items/*/asked_when/*", False),
    ("items.yaml", "contradictions/*/first", False),
    ("items.yaml", "contradictions/*/second", False),
    ("qualifiers.yaml", "*/when", False),
    (CRITERIA, "*/when", True),
    ("conditions.yaml", "*/evidence/*/when", True),
    ("substances.yaml", "*/when", True),
    ("tests.yaml", "*/codings/*/when", False),
    ("notices.yaml", "*/when", True),
)
"""File, place of a condition in it, and whether a qualifier may stand there."""


def leaves_fit(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """A part of a condition that names nothing, or that its question can never be answered with."""
    for file, pattern, may_qualify in CONDITIONS:
        for sheet, path, condition in find(sheets, file, pattern):
            for here, leaf in leaves(condition, path):
                if "qualifier" in leaf:
                    yield from _qualifier_fits(sheet, here, leaf["qualifier"], known, may_qualify=may_qualify)
                elif leaf["item"] in known.items:
                    yield from _leaf_fits(sheet, here, leaf, known.items[leaf["item"]])
                elif known.lacks("question", leaf["item"]):
                    yield sheet.problem((*here, "item"), *unknown_words(known, "question", leaf["item"]))


def _qualifier_fits(sheet: Sheet, path: Path, name: str, known: Known, *, may_qualify: bool) -> Iterator[Problem]:
    if not may_qualify:
        remedy = "Write the condition out; only criteria, evidence, substances and notices may name one."
        yield sheet.problem(path, "A qualifier cannot be named here.", remedy)
    elif known.lacks("qualifier", name):
        yield sheet.problem((*path, "qualifier"), *unknown_words(known, "qualifier", name))


def _leaf_fits(sheet: Sheet, path: Path, leaf: Mapping[str, Any], asked: Asked) -> Iterator[Problem]:
    operator, link_id = operator_of(leaf), leaf["item"]
    fitting = ("includes", "includes_any") if asked.repeats else ("is", "is_any")
    if operator not in fitting:
        takes = "several answers" if asked.repeats else "one answer"
        said = f"“{operator}” does not fit “{link_id}”, which takes {takes}."
        yield sheet.problem((*path, operator), said, f"Use {' or '.join(fitting)}.", at_key=True)
    for below, value in values_of(leaf):
        if value == NONE and NONE in asked.options:
            said = f"“{NONE}” is never counted as an answer, so that this is never true."
            yield sheet.problem((*path, *below), said, "Name the options that matter; “none” makes each of them “no”.")
        elif wrong := _misfit(link_id, asked, value):
            yield sheet.problem((*path, *below), *wrong)


def _misfit(link_id: str, asked: Asked, value: bool | str) -> tuple[str, str] | None:
    """Why the value cannot be an answer to the question."""
    if asked.kind == "boolean":
        if isinstance(value, bool):
            return None
        return f"“{link_id}” is answered with true or false, not “{value}”.", "Write true or false."
    if value in asked.options:
        return None
    given = str(value).lower() if isinstance(value, bool) else value
    return f"“{link_id}” has no option “{given}”.", f"Write one of: {', '.join(asked.options)}."


def answers_fit(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """An answer of a case that its question cannot be given."""
    for sheet, path, answer in find(sheets, "cases.yaml", "*/answers/*"):
        link_id = str(path[-1])
        values = list(enumerate(answer)) if isinstance(answer, list) else [(None, answer)]
        for index, value in values if link_id in known.items else ():
            if wrong := _misfit(link_id, known.items[link_id], value):
                yield sheet.problem(path if index is None else (*path, index), *wrong)


def items_hold_together(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A yes/no question with what only a choice has, or the other way round."""
    for sheet, path, item in find(sheets, "items.yaml", "groups/*/items/*"):
        if item["type"] == "choice":
            if not item["options"]:
                yield sheet.problem(
                    (*path, "options"), "A choice needs options.", "Add “options”, or make it a boolean."
                )
            if "concern" in item:
                yield sheet.problem((*path, "concern"), "Only a boolean has a “concern”.", "Remove it.", at_key=True)
            continue
        for key in ("options", "repeats"):
            if item[key]:
                yield sheet.problem(
                    (*path, key), f"A boolean has no “{key}”.", "Remove it, or make it a choice.", at_key=True
                )


def no_question_hides_itself(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """A question that, through `asked_when`, is asked only after itself."""
    items = [(sheet, path, item) for sheet, path, item in find(sheets, "items.yaml", "groups/*/items/*")]
    gates = {item["id"]: [gate["item"] for gate in item["asked_when"]] for _, _, item in items}
    for sheet, path, item in items:
        seen: set[str] = set()
        ahead = list(gates[item["id"]])
        while ahead:
            gate = ahead.pop()
            if gate not in seen:
                seen.add(gate)
                ahead.extend(gates.get(gate, ()))
        if item["id"] in seen:
            said = f"“{item['id']}” is asked only after itself."
            yield sheet.problem((*path, "asked_when"), said, "Break the circle of “asked_when”.", at_key=True)
