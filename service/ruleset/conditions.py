"""The conditions of the rule files: their forms checked, their leaves found, and the model built from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.ruleset.positions import Path
from service.triage.operators import OPERATORS
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Is

Errors = dict[Any, Any]
"""Messages by key and index, nested as the data is; `_schema` stands for the mapping itself. As marshmallow has it."""

_EXAMPLE = "Write for example {item: weakness, is: true}, or {all: [...]}."


_PARTS = {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/condition"}}
_WANTED = {"type": ["boolean", "string"]}
_LISTED = {"type": "array", "minItems": 1, "items": _WANTED}


def _form(title: str, **keys: dict[str, Any]) -> dict[str, Any]:
    """A mapping with just these keys, as JSON Schema."""
    closed = {"properties": keys, "required": [*keys], "additionalProperties": False}
    return {"title": title, "type": "object", **closed}


DEFINITIONS: Mapping[str, Any] = {
    "question": {
        "title": "the answer to a question",
        "anyOf": [
            _form(
                f"the answer to a question: {operator}",
                item={"type": "string", "description": "The linkId of a question in items.yaml."},
                **{operator: _LISTED if operator.endswith("_any") else _WANTED},
            )
            for operator in OPERATORS
        ],
    },
    "condition": {
        "title": "a condition",
        "anyOf": [
            {"$ref": "#/definitions/question"},
            _form("all of these", all=_PARTS),
            _form("any of these", any=_PARTS),
            _form("at least so many of these", at_least={"type": "integer", "minimum": 1}, of=_PARTS),
            _form("what a qualifier says", qualifier={"type": "string", "description": "An id of qualifiers.yaml."}),
        ],
    },
}
"""What `condition_errors` passes, as JSON Schema, which cannot compare `at_least` with the length of `of`."""


def condition_errors(raw: object, *, leaf_only: bool = False) -> Errors:
    """Everything that is wrong with the form of a condition; empty when nothing is."""
    if not isinstance(raw, dict):
        return _whole(f"A condition must be a mapping.\n{_EXAMPLE}")
    named = [form for form in _FORMS if form in raw]
    if not named:
        return _whole(f"This condition has none of the forms {', '.join(_FORMS)}.\n{_EXAMPLE}")
    if len(named) > 1:
        mixed = " and ".join(f"“{form}”" for form in named)
        return _whole(f"This condition mixes {mixed}.\nGive it one form, and join conditions with all or any.")
    if leaf_only and named != ["item"]:
        return _whole("Only a single question may be asked here.\nWrite for example {item: weakness, is: true}.")
    return _FORMS[named[0]](raw)


def leaves(raw: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The parts of a well-formed condition that name an item or a qualifier, with their paths."""
    parts = next((key for key in ("all", "any", "of") if key in raw), None)
    if parts is None:
        yield path, raw
        return
    for index, part in enumerate(raw[parts]):
        yield from leaves(part, (*path, parts, index))


def operator_of(leaf: Mapping[str, Any]) -> str:
    """The operator of a leaf that names an item."""
    return next(key for key in leaf if key != "item")


def values_of(leaf: Mapping[str, Any]) -> list[tuple[Path, bool | str]]:
    """The answers that a leaf wants, with their paths below the leaf."""
    operator = operator_of(leaf)
    wanted = leaf[operator]
    if isinstance(wanted, list):
        return [((operator, index), value) for index, value in enumerate(wanted)]
    return [((operator,), wanted)]


def build_leaf(raw: Mapping[str, Any]) -> Is:
    """The model of a leaf that names an item."""
    return Is(raw["item"], operator_of(raw), tuple(value for _, value in values_of(raw)))


def build_condition(raw: Mapping[str, Any], qualifiers: Mapping[str, Condition]) -> Condition:
    """The model of a well-formed condition; where it names a qualifier, that qualifier's condition."""
    if "item" in raw:
        return build_leaf(raw)
    if "qualifier" in raw:
        return qualifiers[raw["qualifier"]]
    if "at_least" in raw:
        return AtLeast(raw["at_least"], tuple(build_condition(part, qualifiers) for part in raw["of"]))
    form, parts = next(iter(raw.items()))
    built = tuple(build_condition(part, qualifiers) for part in parts)
    return AllOf(built) if form == "all" else AnyOf(built)


def _leaf_errors(raw: dict[str, Any]) -> Errors:
    errors = _strangers(raw, ("item", *OPERATORS))
    operators = [operator for operator in OPERATORS if operator in raw]
    if not isinstance(raw["item"], str):
        errors["item"] = ["“item” must be a linkId.\nName a question of items.yaml."]
    if len(operators) != 1:
        errors |= _whole(f"A question needs exactly one of {', '.join(OPERATORS)}.\nWrite for example is: true.")
        return errors
    operator, wanted = operators[0], raw[operators[0]]
    if not operator.endswith("_any"):
        if not isinstance(wanted, bool | str):
            errors[operator] = [f"“{operator}” must be true, false or one option.\nFor several, use “{operator}_any”."]
    elif not isinstance(wanted, list) or not wanted:
        errors[operator] = [f"“{operator}” must be a list of options.\nFor one, use “{operator.removesuffix('_any')}”."]
    else:
        wrong = [index for index, value in enumerate(wanted) if not isinstance(value, bool | str)]
        if wrong:
            errors[operator] = {index: ["This is not an option.\nWrite the option's code."] for index in wrong}
    return errors


def _part_errors(raw: dict[str, Any], form: str) -> Errors:
    parts = raw[form]
    if not isinstance(parts, list) or not parts:
        return {form: [f"“{form}” must be a list of at least one condition.\nAdd one, or remove “{form}”."]}
    below = {index: found for index, part in enumerate(parts) if (found := condition_errors(part))}
    return {form: below} if below else {}


def _at_least_errors(raw: dict[str, Any]) -> Errors:
    errors = _strangers(raw, ("at_least", "of"))
    if "of" not in raw:
        return errors | _whole("“at_least” needs “of”.\nWrite {at_least: 2, of: [...]}.")
    errors |= _part_errors(raw, "of")
    count, size = raw["at_least"], len(raw["of"]) if isinstance(raw["of"], list) else 0
    if size and (isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= size):
        errors["at_least"] = [f"“at_least” must be a number from 1 to {size}.\nThat is how many conditions “of” holds."]
    return errors


def _qualifier_errors(raw: dict[str, Any]) -> Errors:
    errors = _strangers(raw, ("qualifier",))
    if not isinstance(raw["qualifier"], str):
        errors["qualifier"] = ["“qualifier” must be an id.\nName a qualifier of qualifiers.yaml."]
    return errors


_FORMS: dict[str, Callable[[dict[str, Any]], Errors]] = {
    "item": _leaf_errors,
    "all": lambda raw: _strangers(raw, ("all",)) | _part_errors(raw, "all"),
    "any": lambda raw: _strangers(raw, ("any",)) | _part_errors(raw, "any"),
    "at_least": _at_least_errors,
    "qualifier": _qualifier_errors,
}


def _strangers(raw: dict[str, Any], known: tuple[str, ...]) -> Errors:
    remedy = f"Remove it, or use one of: {', '.join(known)}."
    return {key: [f"There is no key “{key}” here.\n{remedy}"] for key in raw if key not in known}


def _whole(message: str) -> Errors:
    return {"_schema": [message]}
