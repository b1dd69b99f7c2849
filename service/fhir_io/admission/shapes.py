"""What each FHIR type may hold, read off the live models of fhir.resources."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from service.fhir_io.admission.primitives import PRIMITIVES, Test

_OPEN_LISTS = frozenset({"+", "etc."})
_COMPARATORS = frozenset({"<", "<=", ">=", ">", "ad"})
_QUANTITIES = ("Quantity", "Age", "Count", "Distance", "Duration")
_CODES_THE_MODELS_LACK = {f"{name}.comparator": _COMPARATORS for name in _QUANTITIES}


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a type.

    `test` is set for a primitive, `type_class` for a complex type, neither for "any resource". `companion` marks the
    `_name` that carries the id and extensions of the primitive `name`.
    """

    name: str
    many: bool
    primitive: str
    test: Test | None
    type_class: Any
    companion: bool
    codes: frozenset[str]

    def shape(self) -> Shape:
        """The shape of a complex element."""
        return shape_of(self.type_class.get_model_klass())


@dataclass(frozen=True, slots=True)
class Choice:
    """A value[x]: of its names at most one is given, and exactly one where it is required."""

    name: str
    names: frozenset[str]
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A FHIR type: its elements by JSON name, which of them are required, and its choices of type."""

    name: str
    resource: bool
    fields: dict[str, Field]
    required: tuple[str, ...]
    choices: tuple[Choice, ...]


@cache
def shape_of(model: Any) -> Shape:
    """The shape of one pydantic model. A list of codes that the models give only in part is not enforced."""
    extras = {info.alias: info.json_schema_extra or {} for info in model.model_fields.values()}
    fields = {
        info.alias: _field(model.__resource_type__, info.alias, info.annotation, extras[info.alias])
        for info in model.model_fields.values()
        if info.alias != "fhir_comments"
    }
    if model.__resource_type__ == "Extension":
        fields |= _value_companions(model, fields)
    required = tuple(
        info.alias
        for info in model.model_fields.values()
        if extras[info.alias].get("element_required") or info.is_required()
    )
    return Shape(model.__resource_type__, model.has_resource_base(), fields, required, _choices(extras))


def _field(type_name: str, name: str, annotation: Any, extra: dict[str, Any]) -> Field:
    many, inner = _unwrapped(annotation)
    primitive = _primitive_name(inner)
    type_class = None if primitive or inner.__name__ == "ResourceType" else inner
    codes = frozenset(extra.get("enum_values", ()))
    return Field(
        name=name,
        many=many,
        primitive=primitive,
        test=PRIMITIVES[primitive] if primitive else None,
        type_class=type_class,
        companion=name.startswith("_"),
        codes=_CODES_THE_MODELS_LACK.get(f"{type_name}.{name}", frozenset() if codes & _OPEN_LISTS else codes),
    )


def _value_companions(model: Any, fields: dict[str, Field]) -> dict[str, Field]:
    """`_value…` for the primitive values of an Extension: FHIR has them, the models do not."""
    types = import_module(f"{model.__module__.rpartition('.')[0]}.fhirtypes")
    names = [f"_{name}" for name, field in fields.items() if field.primitive and name.startswith("value")]
    return {name: _field(model.__resource_type__, name, types.FHIRPrimitiveExtensionType, {}) for name in names}


def _unwrapped(annotation: Any) -> tuple[bool, Any]:
    """Whether it is a list, and the type inside Optional and List."""
    many = False
    while get_origin(annotation) not in (None, Annotated):
        many = many or get_origin(annotation) is list
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    return many, annotation


def _primitive_name(annotation: Any) -> str:
    """The FHIR name of a primitive type, from the constraint class in its annotation; nothing for a complex type."""
    if annotation is bool:
        return "boolean"
    if get_origin(annotation) is not Annotated:
        return ""
    base, *constraints = get_args(annotation)
    if base is uuid.UUID:
        return "uuid"
    names = (getattr(constraint, "__visit_name__", "") for constraint in constraints)
    return next(name for name in names if name in PRIMITIVES)


def _choices(extras: dict[str, dict[str, Any]]) -> tuple[Choice, ...]:
    choices: dict[str, list[str]] = {}
    required: dict[str, bool] = {}
    for name, extra in extras.items():
        choice = extra.get("one_of_many")
        if choice:
            choices.setdefault(choice, []).append(name)
            required[choice] = extra.get("one_of_many_required") is True
    return tuple(Choice(choice, frozenset(names), required[choice]) for choice, names in choices.items())
