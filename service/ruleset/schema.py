"""The shape of every rule file, as marshmallow schemas in which unknown keys are errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, fields

from service.problems import Problem
from service.ruleset.positions import Sheet
from service.ruleset.schema_cases import CASES
from service.ruleset.schema_knowledge import CATEGORIES, CONDITION, CRITERION, NOTICE, QUALIFIER, SUBSTANCE, TEST, basis
from service.ruleset.schema_lock import LOCK
from service.ruleset.schema_weights import WEIGHTS
from service.ruleset.shapes import (
    LEVELS,
    ConditionField,
    all_of,
    day,
    entries,
    flag,
    ident,
    level,
    mapped,
    matching,
    nested,
    one_of,
    several,
    shape_problems,
    statement,
    strict,
    text,
)

VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")

LEVEL_TEXT = strict("What a level is called and what to do.", {"title": text(), "meaning": text(), "do": text()})

DOCUMENT = strict(
    "A document that the rules rest on.",
    {
        "id": matching(re.compile(r"D[0-9]"), "{key} must be the id of a document.\nWrite it like D0."),
        "title": text(),
        "publisher": text(),
        "date": text(blank=True),
    },
)

INTENDED_CHANGE = strict(
    "A criterion that gives a lower level than in the version before, on purpose.",
    {
        "criterion": ident(),
        "from": level(),
        "to": level(),
        "reason": text(says="One line, with the document that says so."),
    },
)

RULE_SET = strict(
    "What a rule set is, what its levels mean, and what it rests on: ruleset.yaml.",
    {
        "id": ident(),
        "version": matching(VERSION, '{key} must be a version of three numbers.\nWrite it like "1.2.0".'),
        "status": one_of("draft", "active", "retired", says="Only an active rule set is served."),
        "date": day(),
        "title": text(),
        "description": text(),
        "publisher": text(),
        "copyright": text(),
        "levels": nested(all_of("What each level means.", LEVELS, lambda: nested(LEVEL_TEXT))),
        "documents": entries(DOCUMENT, least=1),
        "scope": ConditionField(says="Whom the documents speak of."),
        "open_floor": level(says="While a criterion of this level or above is open, the level is never below it."),
        "categories": nested(
            all_of("The category of a proposed test.", CATEGORIES, ident),
            says="The category of a proposed test: ids of terminology.yaml.",
        ),
        "intended_changes": entries(
            INTENDED_CHANGE, load_default=[], says="What may take people out of emergency in this version."
        ),
    },
)

OPTION = strict(
    "One choice of an item.",
    {"code": ident(), "text": text(), "codings": several(ident(), load_default=[], says="Ids of terminology.yaml.")},
)

ITEM = strict(
    "One question.",
    {
        "id": ident(),
        "type": one_of("boolean", "choice"),
        "text": text(),
        "label": text(says="The question in a word or two, as findings name it."),
        "repeats": flag(load_default=False, says="Whether several options may be chosen."),
        "concern": flag(
            required=False, says="The answer that counts when both yes and no are given; true when left out."
        ),
        "codings": several(ident(), load_default=[], says="Ids of terminology.yaml."),
        "options": entries(OPTION, load_default=[], says="The most acute first."),
        "asked_when": several(
            ConditionField(leaf_only=True), load_default=[], says="The question is hidden until one of these is met."
        ),
    },
)

GROUP = strict("A page of the questionnaire.", {"id": ident(), "text": text(), "items": entries(ITEM, least=1)})

CONTRADICTION = strict(
    "Two answers that cannot both be so.",
    {"first": ConditionField(leaf_only=True), "second": ConditionField(leaf_only=True)},
)

ITEMS = strict(
    "The questions: items.yaml.",
    {"groups": entries(GROUP, least=1), "contradictions": entries(CONTRADICTION, load_default=[])},
)

TERM = strict(
    "A code of SNOMED CT or LOINC.",
    {
        "system": text(),
        "code": text(),
        "display": text(),
        "confidence": one_of(0, 1, 2, says="2: confirmed, 1: likely, 0: not confirmed, and so refused."),
    },
)

STATEMENT = strict(
    "A statement of a document, or a conflict or gap and how it is settled.",
    {
        "says": text(),
        "lines": text(blank=True, load_default="", says="Where it stands in the document."),
        "basis": basis(required=False),
    },
)

SHAPES: Mapping[str, fields.Field[Any]] = {
    "ruleset.yaml": nested(RULE_SET),
    "items.yaml": nested(ITEMS),
    "qualifiers.yaml": entries(QUALIFIER),
    "criteria": entries(CRITERION),
    "conditions.yaml": entries(CONDITION),
    "substances.yaml": entries(SUBSTANCE),
    "tests.yaml": entries(TEST),
    "notices.yaml": entries(NOTICE),
    "terminology.yaml": mapped(ident(), nested(TERM)),
    "catalogue.yaml": mapped(statement(), nested(STATEMENT)),
    "cases.yaml": CASES,
    "vignettes.yaml": CASES,
    "weights.yaml": WEIGHTS,
    "lock.json": LOCK,
}
"""The root of every file; the files of a folder share one."""


def shaped(name: str, sheet: Sheet) -> tuple[Sheet | None, list[Problem]]:
    """The sheet of the file `name`, with what may be left out filled in; or what is wrong with its shape."""
    try:
        return replace(sheet, data=SHAPES[name.split("/")[0]].deserialize(sheet.data)), []
    except ValidationError as error:
        return None, list(shape_problems(error.messages, sheet))
