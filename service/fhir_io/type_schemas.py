"""JSON Schemas of FHIR types, read off the same live models that bodies are judged by; for people and for tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from service.fhir_io.admission.shapes import Field, Shape, shape_of
from service.fhir_io.versions import FhirVersion

Schema = dict[str, Any]

RESOURCE = "Resource"
"""The schema of any resource whatever: only its type is looked at."""

_ELEMENT = "Element"
_TOLD = frozenset({"CodeableConcept", "CodeableReference", "Coding", "Identifier", "Period", "Quantity", "Reference"})
"""The data types that are spelt out; of any other FHIR's own page tells, for all of them are several times as much."""

_ANYTHING: dict[str, Schema] = {
    RESOURCE: {
        "type": "object",
        "properties": {"resourceType": {"type": "string", "pattern": "^[A-Z][A-Za-z]*$"}},
        "required": ["resourceType"],
    },
    _ELEMENT: {
        "type": "object",
        "minProperties": 1,
        "externalDocs": {"description": "Any other data type of FHIR", "url": "https://hl7.org/fhir/R4/datatypes.html"},
    },
}

_CONTROL = r"\u0000-\u0008\u000b\u000c\u000e-\u001f"
_DAY = "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_PARTIAL = "(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_HEX = "[0-9a-f]"
_UUID = f"urn:uuid:{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_OID = r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"
_FOUR = "[A-Za-z0-9+/]"


def _text(pattern: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"pattern": f"^(?:{pattern})$"} if pattern else {}), **more}


def _whole(least: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": 2147483647}


_STRING = _text(rf"[^{_CONTROL}]*[^\s\u0000-\u001f][^{_CONTROL}]*")
_URI = _text(rf"(?!urn:(?:uuid|oid):)[^\s\u0000-\u001f]+|{_UUID}|{_OID}")

PRIMITIVES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": _whole(-2147483648),
    "unsignedInt": _whole(0),
    "positiveInt": _whole(1),
    "integer64": _text("-?(?:0|[1-9][0-9]{0,18})"),
    "decimal": {"type": "number"},
    "string": _STRING,
    "markdown": _STRING,
    "xhtml": _text(description="One div element of XHTML (https://hl7.org/fhir/R4/narrative.html)."),
    "code": _text(r"[^\s\u0000-\u001f]+(?:\s[^\s\u0000-\u001f]+)*"),
    "id": _text(r"[A-Za-z0-9\-.]{1,64}"),
    "uri": _URI,
    "url": _URI,
    "canonical": _URI,
    "uuid": _text(_UUID),
    "oid": _text(_OID),
    "date": _text(f"{_PARTIAL}|{_DAY}"),
    "dateTime": _text(f"{_PARTIAL}|{_DAY}(?:T{_CLOCK}{_ZONE})?"),
    "instant": _text(f"{_DAY}T{_CLOCK}{_ZONE}"),
    "time": _text(_CLOCK),
    "base64Binary": _text(rf"\s*(?:{_FOUR}\s*{_FOUR}\s*(?:{_FOUR}\s*{_FOUR}|{_FOUR}\s*=|=\s*=)\s*)+"),
}
"""FHIR's primitive types, never stricter than reading is; what a pattern cannot say (days of a month) is left out."""


_EXTENDED: Schema = {"type": ["object", "array"], "description": "The id and the extensions of a primitive element."}


def type_schemas(
    version: FhirVersion, roots: Iterable[str], *, prefix: str, inside: Mapping[str, tuple[str, ...]]
) -> dict[str, Schema]:
    """The schemas (JSON Schema 2020-12) of these types of resources and of the types in them, by prefix and name.

    `inside` narrows which resources an element such as `BundleEntry.resource` holds; elsewhere it is any.
    That a value[x] is given in one type only, and FHIR's invariants, are not said.
    """
    made = {f"{prefix}{name}": schema for name, schema in _ANYTHING.items()}
    waiting: list[Shape] = [shape_of(version.model(name)) for name in roots]
    while waiting:
        shape = waiting.pop()
        if f"{prefix}{shape.name}" not in made:
            made[f"{prefix}{shape.name}"] = _object(shape, prefix, inside)
            waiting += [field.shape() for field in shape.fields.values() if _is_told(field, shape)]
    return dict(sorted(made.items()))


def _is_told(field: Field, shape: Shape) -> bool:
    """Whether the type of an element is spelt out: a part of the type it stands in, or one of the usual data types."""
    if field.type_class is None:
        return False
    name = field.shape().name
    return name in _TOLD or name.startswith(shape.name)


def _object(shape: Shape, prefix: str, inside: Mapping[str, tuple[str, ...]]) -> Schema:
    members = {"resourceType": {"const": shape.name}} if shape.resource else {}
    members |= {
        name: _field(field, shape, prefix, inside.get(f"{shape.name}.{name}", (RESOURCE,)))
        for name, field in shape.fields.items()
        if name != "resourceType" and not field.companion
    }
    required = [*(["resourceType"] if shape.resource else []), *shape.required]
    made: Schema = {"type": "object", "properties": members, "additionalProperties": False, "minProperties": 1}
    if any(field.companion for field in shape.fields.values()):
        made["patternProperties"] = {"^_[a-z]": _EXTENDED}
    return made | ({"required": list(dict.fromkeys(required))} if required else {})


def _field(field: Field, shape: Shape, prefix: str, resources: tuple[str, ...]) -> Schema:
    if field.codes:
        one: Schema = {"enum": sorted(field.codes)}
    elif field.primitive:
        one = {"$ref": f"#/components/schemas/{field.primitive}"}
    elif field.type_class is None:
        kinds = [{"$ref": f"#/components/schemas/{prefix}{name}"} for name in resources]
        one = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    else:
        one = {"$ref": f"#/components/schemas/{prefix}{field.shape().name if _is_told(field, shape) else _ELEMENT}"}
    if not field.many:
        return one
    gaps = field.primitive  # null: the place of what has an extension only
    return {"type": "array", "minItems": 1, "items": {"anyOf": [one, {"type": "null"}]} if gaps else one}
