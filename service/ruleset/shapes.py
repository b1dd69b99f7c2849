"""The kinds of value that rule files hold, as marshmallow fields whose messages say what is wrong and what to do.

A message is two lines: what is wrong, and the remedy; `{key}` stands for the key or entry concerned. Beside its test
each field carries the same as JSON Schema, for editors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length

from service.problems import Problem
from service.ruleset.conditions import condition_errors
from service.ruleset.positions import Path, Sheet
from service.triage.model import Level

LEVELS = tuple(level.code for level in sorted(Level, reverse=True))
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
STATEMENT = re.compile(r"D[0-9]-([A-Z])[0-9]+|(CF|UN|TM)-[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Shape = dict[str, Any]
"""What a value may be, as JSON Schema."""

_REQUIRED = "The key {{key}} is missing.\nAdd it."
_UNKNOWN = "There is no key "
_COMMON: dict[str, Any] = {"required": _REQUIRED, "null": "{{key}} is empty.\nGive it a value, or remove the key."}


class Strict(Schema):
    """A mapping in which every unknown key is an error; `says` is what it is."""

    says = ""

    def __init__(self) -> None:
        super().__init__()
        named = ", ".join(self.fields)
        self.error_messages["unknown"] = f"{_UNKNOWN}{{key}} here.\nRemove it, or use one of: {named}."
        self.error_messages["type"] = f"{{key}} must be a mapping.\nIts keys are: {named}."


class Checked(fields.Field[Any]):
    """A value that is taken as it stands when `test` holds; `shape` says the same to an editor."""

    def __init__(self, test: Callable[[Any], bool], message: str, shape: Shape, **options: Any) -> None:
        said = {} if "{value}" in message else {"errorMessage": " ".join(message.replace("{key}", "This").split())}
        super().__init__(**_options(shape | said, options))
        self.test, self.message = test, message

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not self.test(value):
            shown = " ".join(str(value).split())[:60]
            raise ValidationError(self.message.replace("{value}", shown))
        return value


class ConditionField(fields.Field[Any]):
    """A condition, kept as it was written."""

    def __init__(self, *, leaf_only: bool = False, **options: Any) -> None:
        # what stands beside a $ref is not read in draft-07, hence the allOf
        shape = {"allOf": [{"$ref": f"#/definitions/{'question' if leaf_only else 'condition'}"}]}
        super().__init__(**_options(shape, options))
        self.leaf_only = leaf_only

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if errors := condition_errors(value, leaf_only=self.leaf_only):
            raise ValidationError(errors)
        return value


class Several(fields.List[Any]):
    """A list, and nothing else that could be gone through one by one, such as a mapping."""

    def _deserialize(self, value: Any, *others: Any, **options: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return super()._deserialize(value, *others, **options)


def text(*, blank: bool = False, **options: Any) -> Checked:
    """Words; blank only where that is allowed."""
    said = (
        "{key} must be text.\nPut it in quotes." if blank else "{key} must be text, and not blank.\nPut it in quotes."
    )
    shape = {"type": "string"} | ({} if blank else {"pattern": r"\S"})
    return Checked(lambda value: isinstance(value, str) and (blank or bool(value.strip())), said, shape, **options)


def ident(**options: Any) -> Checked:
    """An id, in kebab-case."""
    return matching(
        KEBAB, "{key} must be an id in small letters, digits and hyphens.\nWrite it like limb-weakness.", **options
    )


def statement(**options: Any) -> Checked:
    """The id of a catalogue statement."""
    return matching(
        STATEMENT, "{key} must be the id of a statement.\nWrite it like D0-E11, CF-1, UN-3 or TM-4.", **options
    )


def matching(pattern: re.Pattern[str], message: str, **options: Any) -> Checked:
    """Text that is wholly of the pattern."""
    shape = {"type": "string", "pattern": f"^({pattern.pattern})$"}
    return Checked(lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)), message, shape, **options)


def one_of(*allowed: str | int, **options: Any) -> Checked:
    """One of these values, and of their type."""

    def test(value: object) -> bool:
        return isinstance(value, str | int) and not isinstance(value, bool) and value in allowed

    said = f"“{{value}}” is not allowed for {{key}}.\nWrite one of: {', '.join(map(str, allowed))}."
    return Checked(test, said, {"enum": [*allowed]}, **options)


def level(**options: Any) -> Checked:
    """The code of a level."""
    return one_of(*LEVELS, **options)


def flag(**options: Any) -> Checked:
    """True or false."""
    said = "{key} must be true or false.\nWrite it without quotes."
    return Checked(lambda value: isinstance(value, bool), said, {"type": "boolean"}, **options)


def count(**options: Any) -> Checked:
    """A whole number from 1."""

    def test(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 1

    said = "{key} must be a whole number from 1.\nWrite it like 2, without quotes."
    return Checked(test, said, {"type": "integer", "minimum": 1}, **options)


def day(**options: Any) -> Checked:
    """A date as quoted text."""
    shape = {"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"}
    return Checked(_is_day, '{key} must be a date.\nWrite it like "2024-05-31", in quotes.', shape, **options)


def several(inner: fields.Field[Any], *, least: int = 0, **options: Any) -> Several:
    """A list, with at least so many entries."""
    messages = _COMMON | {"invalid": "{{key}} must be a list.\nWrite [a, b], or one line for each with “- ”."}
    enough = Length(min=least, error="{{key}} must not be an empty list.\nGive at least one entry.")
    shape: Shape = {"type": "array", "items": shape_of(inner)} | ({"minItems": least} if least else {})
    return Several(inner, validate=enough, **_options(shape, options) | {"error_messages": messages})


def entries(schema: Strict, **options: Any) -> Several:
    """A list of mappings."""
    return several(nested(schema), **options)


def nested(schema: Strict, **options: Any) -> fields.Nested:
    """A mapping with the keys of the schema."""
    shape = {
        "type": "object",
        "properties": {key: shape_of(field) for key, field in schema.fields.items()},
        "required": [key for key, field in schema.fields.items() if field.required],
        "additionalProperties": False,
    }
    return fields.Nested(schema, **_options({"description": schema.says} | shape, options))


def mapped(keys: fields.Field[Any], values: fields.Field[Any], *, least: int = 0, **options: Any) -> fields.Dict:
    """A mapping whose keys are not known beforehand."""
    messages = _COMMON | {"invalid": "{{key}} must be a mapping.\nWrite {{a: b}}, or one “a: b” on each line."}
    enough = Length(min=least, error="{{key}} must not be empty.\nGive at least one entry.")
    shape: Shape = {"type": "object", "propertyNames": shape_of(keys), "additionalProperties": shape_of(values)}
    shape |= {"minProperties": least} if least else {}
    return fields.Dict(
        keys=keys, values=values, validate=enough, **_options(shape, options) | {"error_messages": messages}
    )


def strict(says: str, keys: dict[str, fields.Field[Any]]) -> Strict:
    """A mapping with these keys and no other; `says` is what it is."""
    made = cast("type[Strict]", Strict.from_dict(keys))()
    made.says = says
    return made


def all_of(says: str, names: Iterable[str], each: Callable[[], fields.Field[Any]]) -> Strict:
    """A mapping that must have exactly these keys, each of one kind."""
    return strict(says, {name: each() for name in names})


def shape_of(field: fields.Field[Any]) -> Shape:
    """What the field takes, as JSON Schema."""
    shape: Shape = field.metadata["shape"]
    return shape


def shape_problems(errors: Any, sheet: Sheet, path: Path = (), *, at_key: bool = False) -> Iterator[Problem]:
    """marshmallow's errors, nested by key and index, as problems with positions."""
    if not isinstance(errors, dict):
        for message in errors:
            name = f"“{path[-1]}”" if path and isinstance(path[-1], str) else "This entry" if path else "The file"
            said, _, remedy = str(message).replace("{key}", name).partition("\n")
            yield sheet.problem(path, said, remedy, at_key=at_key or message.startswith(_UNKNOWN))
        return
    for key, below in errors.items():
        here = (*path, key)
        # marshmallow files the errors of a free mapping's keys and values under these two words
        of_entry = key in ("key", "value") and here not in sheet.marks
        yield from shape_problems(
            below, sheet, path if of_entry or key == "_schema" else here, at_key=of_entry and key == "key"
        )


def _options(shape: Shape, options: dict[str, Any]) -> dict[str, Any]:
    """Every key is needed unless it has a default or is said to be optional; `says` tells a writer what it is for."""
    says = {"description": options["says"]} if "says" in options else {}
    default = {"default": options["load_default"]} if "load_default" in options else {}
    given = {name: option for name, option in options.items() if name != "says"}
    presence = {"required": "load_default" not in options, "error_messages": _COMMON}
    return presence | {"metadata": {"shape": shape | says | default}} | given


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
