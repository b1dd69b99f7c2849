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
    shape_of,
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
    return several(statement(), least=1, says="Ids of catalogue.yaml.")


def stated_sources() -> fields.Dict:
    """Catalogue statements, at least one, each with the level that the document states."""
    says = "Ids of catalogue.yaml, each with the level that the document itself states."
    return mapped(statement(), one_of(*LEVELS, "unstated", "none"), least=1, says=says)


RANGE = strict("The two levels between which a qualifier lowers.", {"from": level(), "to": level()})

QUALIFIER = strict(
    "Answers that may lower a level, because a document says so.",
    {
        "id": ident(),
        "title": text(),
        "when": ConditionField(),
        "lowers": nested(RANGE),
        "sources": stated_sources(),
        "settles": several(statement(), load_default=[], says="Conflicts and gaps of the catalogue that this decides."),
        "basis": basis(),
        "why": text(load_default="", says="One line, needed unless the basis is stated."),
    },
)

ASK = strict(
    "A test that a criterion or a condition asks for.",
    {
        "test": ident(says="A code of tests.yaml."),
        "sources": sources(),
        "basis": basis(),
        "why": text(load_default="", says="One line, needed unless the basis is stated."),
        "soonest": level(load_default="emergency", says="No sooner than this, whatever the level."),
    },
)

CRITERION = strict(
    "A criterion: when it fires, and how acute that is.",
    {
        "id": ident(),
        "title": text(),
        "level": level(says="How acute it is, as the name of the file says."),
        "when": ConditionField(),
        "unless": several(
            ident(), load_default=[], says="Ids of qualifiers.yaml: the only thing that may keep it silent."
        ),
        "suspects": several(ident(), load_default=[], says="Codes of conditions.yaml."),
        "tests": entries(ASK, load_default=[], says="Only what no suspected condition asks for already."),
        "tell": text(says="What the person is told, in short sentences."),
        "sources": stated_sources(),
        "settles": several(statement(), load_default=[], says="Conflicts and gaps of the catalogue that this decides."),
        "basis": basis(),
        "why": text(load_default="", says="One line, needed unless the basis is stated."),
        "version": count(load_default=1, says="Raised with every change."),
    },
)

EVIDENCE = strict(
    "A pattern that makes a condition suspect.",
    {
        "title": text(),
        "when": ConditionField(),
        "level": level(load_default="routine", says="How soon; never above the level reached."),
        "sources": sources(),
    },
)

CONDITION = strict(
    "What may lie behind the numbness, what points to it, and which tests ask after it.",
    {
        "code": ident(),
        "title": text(),
        "codings": several(ident(), load_default=[], says="Ids of terminology.yaml."),
        "sources": sources(),
        "evidence": entries(EVIDENCE, load_default=[]),
        "tests": entries(ASK, load_default=[]),
        "unreachable": text(required=False, says="One line, needed when nothing points to it."),
    },
)

SUBSTANCE = strict(
    "A medication or toxin, and the condition that it makes suspect.",
    {
        "id": ident(),
        "title": text(),
        "when": ConditionField(),
        "level": level(load_default="routine", says="How soon; never above the level reached."),
        "suspects": ident(says="A code of conditions.yaml."),
        "sources": sources(),
    },
)

CHOSEN_CODING = strict(
    "A coding that a test carries only under a condition.", {"id": ident(), "when": ConditionField()}
)


class CodingField(fields.Field[Any]):
    """The id of a coding, or a mapping of the id and a condition; both become a mapping."""

    def __init__(self) -> None:
        super().__init__(metadata={"shape": {"anyOf": [shape_of(ident()), shape_of(nested(CHOSEN_CODING))]}})

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, dict):
            return CHOSEN_CODING.load(value)
        return {"id": ident().deserialize(value)}


TEST = strict(
    "A test that can be proposed.",
    {
        "code": ident(),
        "title": text(),
        "category": one_of(*CATEGORIES),
        "codings": several(
            CodingField(),
            load_default=[],
            says="Ids of terminology.yaml, or an id with the condition under which it is carried.",
        ),
        "sources": sources(),
    },
)

NOTICE = strict(
    "Something to say beside the level.",
    {
        "id": ident(),
        "text": text(),
        "when": ConditionField(required=False, says="Always, when left out."),
        "levels": several(level(), least=1, required=False, says="At every level, when left out."),
        "sources": sources(),
    },
)
