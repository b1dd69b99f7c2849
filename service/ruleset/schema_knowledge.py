"""The shapes of the files that hold knowledge: criteria and qualifiers, suspected conditions, tests and notices."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from service.ruleset.shapes import (
    LEVELS,
    ConditionField,
    count,
    entries,
    ident,
    level,
    mapped,
    nested,
    one_of,
    several,
    statement,
    strict,
    text,
)

CATEGORIES = ("imaging", "laboratory", "procedure")


def basis(**options: Any) -> fields.Field[Any]:
    """What a statement of ours rests on."""
    return one_of("stated", "reconciled", "inferred", **options)


def sources() -> fields.List[Any]:
    """Ids of catalogue statements, at least one."""
    return several(statement(), least=1)


def stated_sources() -> fields.Dict:
    """Catalogue statements, at least one, each with the level that the document states."""
    return mapped(statement(), one_of(*LEVELS, "unstated", "none"), least=1)


RANGE = strict({"from": level(), "to": level()})
"""The two levels between which a qualifier lowers."""

QUALIFIER = strict(
    {
        "id": ident(),
        "title": text(),
        "when": ConditionField(),
        "lowers": nested(RANGE),
        "sources": stated_sources(),
        "settles": several(statement(), load_default=[]),
        "basis": basis(),
        "why": text(load_default=""),
    }
)
"""One entry of qualifiers.yaml."""

ASK = strict(
    {
        "test": ident(),
        "sources": sources(),
        "basis": basis(),
        "why": text(load_default=""),
        "soonest": level(load_default="emergency"),
    }
)
"""A test that a criterion or a condition asks for."""

CRITERION = strict(
    {
        "id": ident(),
        "title": text(),
        "level": level(),
        "when": ConditionField(),
        "unless": several(ident(), load_default=[]),
        "suspects": several(ident(), load_default=[]),
        "tests": entries(ASK, load_default=[]),
        "tell": text(),
        "sources": stated_sources(),
        "settles": several(statement(), load_default=[]),
        "basis": basis(),
        "why": text(load_default=""),
        "version": count(load_default=1),
    }
)
"""One entry of criteria/*.yaml."""

EVIDENCE = strict(
    {
        "title": text(),
        "when": ConditionField(),
        "level": level(load_default="routine"),
        "sources": sources(),
    }
)
"""A pattern that makes a condition suspect."""

CONDITION = strict(
    {
        "code": ident(),
        "title": text(),
        "codings": several(ident(), load_default=[]),
        "sources": sources(),
        "evidence": entries(EVIDENCE, load_default=[]),
        "tests": entries(ASK, load_default=[]),
        "unreachable": text(required=False),
    }
)
"""One entry of conditions.yaml."""

SUBSTANCE = strict(
    {
        "id": ident(),
        "title": text(),
        "when": ConditionField(),
        "level": level(load_default="routine"),
        "suspects": ident(),
        "sources": sources(),
    }
)
"""One entry of substances.yaml."""

CHOSEN_CODING = strict({"id": ident(), "when": ConditionField()})
"""A coding that a test carries only under a condition."""


class CodingField(fields.Field[Any]):
    """The id of a coding, or a mapping of the id and a condition; both become a mapping."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, dict):
            return CHOSEN_CODING.load(value)
        return {"id": ident().deserialize(value)}


TEST = strict(
    {
        "code": ident(),
        "title": text(),
        "category": one_of(*CATEGORIES),
        "codings": several(CodingField(), load_default=[]),
        "sources": sources(),
    }
)
"""One entry of tests.yaml."""

NOTICE = strict(
    {
        "id": ident(),
        "text": text(),
        "when": ConditionField(required=False),
        "levels": several(level(), least=1, required=False),
        "sources": sources(),
    }
)
"""One entry of notices.yaml."""
