"""A JSON Schema of the plain part of FHIR, read off the live models of fhir.resources and tightened by our own rules.

It may refuse what FHIR allows, since that is then judged thoroughly; it may never take what the thorough way refuses.
"""

from __future__ import annotations

from typing import Any

from service.fhir_io.admission.shapes import Field, Shape, shape_of
from service.fhir_io.versions import FhirVersion

Schema = dict[str, Any]

ITEM_LEVELS = 5
"""So deep items may be nested: a schema that ends, so that no body is deeper than it looks."""

DEEPEST = 4 * ITEM_LEVELS + 8
"""No body that is taken has more lists and objects inside each other."""

_DAYS = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_YEAR = "[12][0-9]{3}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])"
_TEXT = r"^[!-~\p{L}\p{N}]"  # no control characters: the bytes are looked through for their escapes
_ADDRESS = '^[!"$-tv-~][!-~]*$'  # neither urn:… nor #…, which need more than a look


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


PRIMITIVES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2147483647},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2147483647},
    "string": _matching(_TEXT),
    "markdown": _matching(_TEXT),
    "code": _matching("^[!-~]+(?: [!-~]+)*$"),
    "id": _matching("^[A-Za-z0-9.-]{1,64}$"),
    "uri": _matching(_ADDRESS),
    "url": _matching(_ADDRESS),
    "canonical": _matching(_ADDRESS),
    "date": _matching(f"^{_YEAR}(?:-(?:0[1-9]|1[0-2])|-{_DAYS})?$"),
    "dateTime": _matching(f"^{_YEAR}(?:-(?:0[1-9]|1[0-2])|-{_DAYS}(?:T{_CLOCK}{_ZONE})?)?$"),
    "instant": _matching(f"^{_YEAR}-{_DAYS}T{_CLOCK}{_ZONE}$"),
    "time": _matching(f"^{_CLOCK}$"),
}
"""The primitives that a look can judge. Decimals are not among them: the fast parser would round them."""

_NEVER = frozenset({"contained", "modifierExtension", "implicitRules", "id", "extension", "assigner"})
"""Elements that are left to the thorough way wherever they stand; only the id of the response comes back in."""

_TIGHTENED: dict[str, Schema] = {
    "Period": {"not": {"required": ["start", "end"]}},  # to compare them takes more than a look (per-1)
    "Reference": {"anyOf": [{"required": [name]} for name in ("reference", "identifier", "display")]},  # ref-2 of R5
}

_PLAIN_TYPES = frozenset({"Coding", "CodeableConcept", "Identifier", "Period", "Reference"})


def plain_schemas(version: FhirVersion) -> dict[str, Schema]:
    """The schemas (draft 4, where 1.0 is no integer) of a QuestionnaireResponse and of Parameters, by name."""
    response = shape_of(version.model("QuestionnaireResponse"))
    item = response.fields["item"].shape()
    answer = item.fields["answer"].shape()
    made: dict[str, Schema] = {}
    _plain_types([response, answer], made)
    for level in range(ITEM_LEVELS):
        made[f"item{level}"] = _item(item, made, level)
        made[f"answer{level}"] = _answer(answer, made, level)
    made["QuestionnaireResponse"] = _response(response, made)
    made["Parameters"] = _parameters()
    return {
        name: {"$ref": f"#/definitions/{name}", "definitions": made} for name in ("QuestionnaireResponse", "Parameters")
    }


def _plain_types(shapes: list[Shape], made: dict[str, Schema]) -> None:
    """The complex types that the shapes use, each after those that it uses itself."""
    for shape in shapes:
        for field in shape.fields.values():
            name = _type_name(field)
            if name in _PLAIN_TYPES and name not in made and field.name not in _NEVER:
                made[name] = {}  # a type that holds itself ends here: see _NEVER
                _plain_types([field.shape()], made)
                made[name] = _object(field.shape(), _members(field.shape(), made)) | _TIGHTENED.get(name, {})


def _type_name(field: Field) -> str:
    return "" if field.type_class is None else str(field.shape().name)


def _members(shape: Shape, made: dict[str, Schema]) -> dict[str, Schema]:
    """The plain elements of a type."""
    found = {}
    for name, field in shape.fields.items():
        inner = _value(field, made)
        if shape.name == "Reference" and name == "reference":
            inner = PRIMITIVES["url"]  # no white space, and not to a contained resource (ref-1)
        if inner is not None and not field.companion and name not in _NEVER:
            found[name] = {"type": "array", "minItems": 1, "items": inner} if field.many else inner
    return found


def _value(field: Field, made: dict[str, Schema]) -> Schema | None:
    if field.codes:
        return {"enum": sorted(field.codes)}
    if field.primitive:
        return PRIMITIVES.get(field.primitive)
    name = _type_name(field)
    return {"$ref": f"#/definitions/{name}"} if name in made else None


def _object(shape: Shape, members: dict[str, Schema]) -> Schema:
    required = [name for name in shape.required if name != "resourceType"]
    made: Schema = {"type": "object", "properties": members, "additionalProperties": False, "minProperties": 1}
    return made | ({"required": required} if required else {})


def _item(shape: Shape, made: dict[str, Schema], level: int) -> Schema:
    """An item; it has nested items or answers, not both (qrs-1)."""
    members = _members(shape, made)
    members["answer"] = {"type": "array", "minItems": 1, "items": {"$ref": f"#/definitions/answer{level}"}}
    if level:
        members["item"] = {"type": "array", "minItems": 1, "items": {"$ref": f"#/definitions/item{level - 1}"}}
    return _object(shape, members) | {"not": {"required": ["item", "answer"]}}


def _answer(shape: Shape, made: dict[str, Schema], level: int) -> Schema:
    """An answer: one value[x], and items only beside it."""
    (choice,) = shape.choices
    values = {name: schema for name, schema in _members(shape, made).items() if name in choice.names}
    schema: Schema = {"type": "object", "properties": values, "additionalProperties": False, "minProperties": 1}
    if not level:
        return schema | {"maxProperties": 1}
    values["item"] = {"type": "array", "minItems": 1, "items": {"$ref": f"#/definitions/item{level - 1}"}}
    alone, beside = {"maxProperties": 1, "not": {"required": ["item"]}}, {"required": ["item"], "minProperties": 2}
    return schema | {"maxProperties": 2, "anyOf": [alone, beside]}


def _response(shape: Shape, made: dict[str, Schema]) -> Schema:
    members = _members(shape, made)
    members["resourceType"] = {"enum": ["QuestionnaireResponse"]}
    members["id"] = PRIMITIVES["id"]
    members["item"] = {"type": "array", "minItems": 1, "items": {"$ref": f"#/definitions/item{ITEM_LEVELS - 1}"}}
    made_object = _object(shape, members)
    return made_object | {"required": ["resourceType", *made_object.get("required", ())]}


def _parameters() -> Schema:
    """Parameters: each has a name and one value or resource (inv-1)."""
    values = {"valueCode": PRIMITIVES["code"], "valueBoolean": PRIMITIVES["boolean"]}
    values["valueReference"] = {"$ref": "#/definitions/Reference"}
    given = {"name": PRIMITIVES["string"], "resource": {"$ref": "#/definitions/QuestionnaireResponse"}, **values}
    parameter = {
        "type": "object",
        "properties": given,
        "additionalProperties": False,
        "required": ["name"],
        "minProperties": 2,
        "maxProperties": 2,
    }
    return {
        "type": "object",
        "properties": {
            "resourceType": {"enum": ["Parameters"]},
            "parameter": {"type": "array", "minItems": 1, "items": parameter},
        },
        "additionalProperties": False,
        "required": ["resourceType", "parameter"],
    }
