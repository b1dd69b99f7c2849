"""The shape of weights.yaml."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from service.ruleset.shapes import Checked, entries, ident, mapped, nested, strict, text

NUMBER = {"type": "number", "minimum": 0}
"""What `is_number` takes, as JSON Schema."""


def is_number(value: object) -> bool:
    """Whether this is a number that is not negative."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def is_weight(value: object) -> bool:
    """Whether this is a number that is not negative, or such a number for each option."""
    return all(is_number(part) for part in (value.values() if isinstance(value, dict) else [value]))


def _chance(**options: Any) -> Checked:
    said = "{key} must be a chance.\nWrite a number from 0 to 1."
    return Checked(lambda value: is_number(value) and value <= 1, said, NUMBER | {"maximum": 1}, **options)


def _answers(**options: Any) -> fields.Dict:
    said = "{key} must have a number that is not negative, or one for each option.\nWrite 0.2, or {a: 0.2, b: 0.1}."
    weight = {"anyOf": [NUMBER, {"type": "object", "additionalProperties": NUMBER}]}
    return mapped(ident(), Checked(is_weight, said, weight), **options)


PROFILE = strict(
    "A kind of person: how many there are of it, and what they answer otherwise than anyone.",
    {
        "id": ident(),
        "says": text(),
        "share": Checked(
            is_number,
            "{key} must be a number that is not negative.\nWrite it like 12.",
            NUMBER,
            says="How many there are of it, compared with the others.",
        ),
        "answered": _chance(load_default=1, says="The chance of an answer at all."),
        "answers": _answers(load_default={}),
    },
)

WEIGHTS = nested(
    strict(
        "How often people answer what, for made-up responses; decides nothing.",
        {
            "answers": _answers(),
            "answered": mapped(ident(), _chance(), load_default={}),
            "profiles": entries(PROFILE, least=1),
        },
    )
)
"""weights.yaml."""
