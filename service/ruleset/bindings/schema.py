"""The shape of a binding, as a marshmallow schema in which unknown keys are errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, fields

from service.problems import Problem
from service.ruleset.positions import Sheet
from service.ruleset.schema import VERSION
from service.ruleset.shapes import (
    Checked,
    Shape,
    entries,
    flag,
    ident,
    matching,
    nested,
    one_of,
    several,
    shape_problems,
    strict,
    text,
)

NOTHING = "nothing"
"""What an answer means that says nothing about our questions."""

RED_FLAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")
ADDRESS = re.compile(r"(https?|urn):\S+")

_KINDS = {"answer": "yes or no", "code": "a code", "at_least": "a number", "below": "a number"}


def _number(**options: Any) -> Checked:
    def test(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    return Checked(
        test, "{key} must be a number.\nWrite it like 6 or 2.5, without quotes.", {"type": "number"}, **options
    )


def _version(**options: Any) -> Checked:
    return matching(VERSION, '{key} must be a version of three numbers.\nWrite it like "1.2.0".', **options)


def _options(least: int = 1) -> Shape:
    return {"type": "array", "items": {"type": "string"}, "minItems": least}


SAID: Shape = {
    "anyOf": [
        {"type": ["boolean", "string"]},
        _options(),
        {
            "type": "object",
            "properties": {"includes": _options(), "not": _options()},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
"""What can be said of one of our questions."""

MEANS: Shape = {"anyOf": [{"const": NOTHING}, {"type": "object", "additionalProperties": SAID, "minProperties": 1}]}
"""What an answer can mean."""

ANSWER = strict(
    "One answer: yes or no, a code, or a range of numbers, and what it means.",
    {
        "answer": flag(required=False, says="Yes or no."),
        "code": text(required=False),
        "system": text(required=False, says="The system of the code; that of the question when left out."),
        "at_least": _number(required=False),
        "below": _number(required=False, says="Not included."),
        "unit": text(required=False, says="A code of UCUM, for a quantity."),
        "means": Checked(
            lambda value: value == NOTHING or means_fault(value) is None,
            f"{{key}} must be “{NOTHING}”, or say what is answered.\n"
            "Write {numbness: true}, {numbness-site: [foot]}, {numbness-site: {not: [foot]}} or nothing.",
            MEANS,
        ),
    },
)

QUESTION = strict(
    "One question of the other questionnaire.",
    {
        "link_id": text(),
        "says": text(says="What is asked, in words of yours."),
        "system": text(load_default="", says="The system of all its codes."),
        "closed": flag(load_default=False, says="Whether what was not picked of a list is no."),
        "answers": entries(ANSWER, least=1),
    },
)

BINDING = strict(
    "How answers to somebody else's questionnaire are answers to our questions.",
    {
        "id": ident(),
        "version": _version(),
        "status": one_of("draft", "active", "retired", says="Only an active binding is served."),
        "title": text(),
        "publisher": text(),
        "source": text(says="Where the questionnaire is published."),
        "licence": text(),
        "questionnaire": nested(
            strict(
                "The questionnaire, as a response names it.",
                {
                    "url": matching(
                        ADDRESS, "{key} must be an address.\nWrite the canonical url of the Questionnaire."
                    ),
                    "versions": several(text(), load_default=[], says="Left out: whatever version a response names."),
                },
            )
        ),
        "rules": nested(
            strict(
                "The rule set that it answers to.",
                {"id": ident(), "version": _version(required=False, says="The newest active one when left out.")},
            )
        ),
        "questions": entries(QUESTION, least=1),
        "not_asked": several(
            matching(RED_FLAG, "{key} must name a question, or one option of it.\nWrite paralysis, or symptoms/rash."),
            load_default=[],
            says="The red flags that the questionnaire cannot answer; they stay unknown.",
        ),
        "ignored": several(text(), load_default=[], says="LinkIds that say nothing about our questions."),
    },
)

ROOT: fields.Field[Any] = nested(BINDING)


def means_fault(means: object) -> object | None:
    """What in a meaning has not the shape of one; None when all is well."""
    if not isinstance(means, dict) or not means:
        return means or "empty"
    return next((said for said in means.values() if not _is_said(said)), None)


def _is_said(said: object) -> bool:
    if isinstance(said, bool):
        return True
    if isinstance(said, dict):
        return bool(said) and set(said) <= {"includes", "not"} and all(map(_is_options, said.values()))
    return isinstance(said, str) or _is_options(said)


def _is_options(said: object) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(option, str) for option in said)


def kinds_of(answer: Mapping[str, Any]) -> set[str]:
    """Which kinds of answer the keys of one speak of; there should be one."""
    return {kind for key, kind in _KINDS.items() if key in answer}


def shaped(sheet: Sheet) -> tuple[Sheet | None, list[Problem]]:
    """The sheet with what may be left out filled in; or what is wrong with its shape."""
    try:
        return replace(sheet, data=ROOT.deserialize(sheet.data)), []
    except ValidationError as error:
        return None, list(shape_problems(error.messages, sheet))
