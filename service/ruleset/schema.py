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

VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")

LEVEL_TEXT = strict({"title": text(), "meaning": text(), "do": text()})
"""What a level is called and what to do."""

DOCUMENT = strict(
    {
        "id": matching(re.compile(r"D\d"), "{key} must be the id of a document.\nWrite it like D0."),
        "title": text(),
        "publisher": text(),
        "date": text(blank=True),
    }
)
"""A document that the rules rest on."""

INTENDED_CHANGE = strict({"criterion": ident(), "from": level(), "to": level(), "reason": text()})
"""A criterion that gives a lower level than in the version before, on purpose."""

RULE_SET = strict(
    {
        "id": ident(),
        "version": matching(VERSION, '{key} must be a version of three numbers.\nWrite it like "1.2.0".'),
        "status": one_of("draft", "active", "retired"),
        "date": day(),
        "title": text(),
        "description": text(),
        "publisher": text(),
        "copyright": text(),
        "levels": nested(all_of(LEVELS, lambda: nested(LEVEL_TEXT))),
        "documents": entries(DOCUMENT, least=1),
        "scope": ConditionField(),
        "open_floor": level(),
        "categories": nested(all_of(CATEGORIES, ident)),
        "intended_changes": entries(INTENDED_CHANGE, load_default=[]),
    }
)
"""ruleset.yaml."""

OPTION = strict({"code": ident(), "text": text(), "codings": several(ident(), load_default=[])})
"""One choice of an item."""

ITEM = strict(
    {
        "id": ident(),
        "type": one_of("boolean", "choice"),
        "text": text(),
        "label": text(),
        "repeats": flag(load_default=False),
        "concern": flag(required=False),
        "codings": several(ident(), load_default=[]),
        "options": entries(OPTION, load_default=[]),
        "asked_when": several(ConditionField(leaf_only=True), load_default=[]),
    }
)
"""One question."""

GROUP = strict({"id": ident(), "text": text(), "items": entries(ITEM, least=1)})
"""A page of the questionnaire."""

CONTRADICTION = strict({"first": ConditionField(leaf_only=True), "second": ConditionField(leaf_only=True)})
"""Two answers that cannot both be so."""

ITEMS = strict({"groups": entries(GROUP, least=1), "contradictions": entries(CONTRADICTION, load_default=[])})
"""items.yaml."""

TERM = strict({"system": text(), "code": text(), "display": text(), "confidence": one_of(0, 1, 2)})
"""One entry of terminology.yaml."""

STATEMENT = strict({"says": text(), "lines": text(blank=True, load_default=""), "basis": basis(required=False)})
"""One entry of catalogue.yaml."""

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
