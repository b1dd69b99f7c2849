"""A part of a condition that names nothing, or that its question can never be answered with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.problems import Problem
from service.ruleset.conditions import leaves, operator_of, values_of
from service.ruleset.known import CRITERIA, Asked, Known, misfit
from service.ruleset.places import Sheets, find
from service.ruleset.positions import Path, Sheet
from service.ruleset.references import unknown_words
from service.triage.questions import NONE

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


def check(sheets: Sheets, known: Known) -> Iterator[Problem]:
    """Every such part of every condition."""
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
        elif wrong := misfit(link_id, asked, value):
            yield sheet.problem((*path, *below), *wrong)
