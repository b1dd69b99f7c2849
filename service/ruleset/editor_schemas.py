"""The shapes of rule files and bindings as JSON Schema, by which an editor completes and checks what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from service.ruleset.bindings.schema import ROOT
from service.ruleset.conditions import DEFINITIONS
from service.ruleset.schema import SHAPES
from service.ruleset.shapes import shape_of

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that the language server for YAML reads in full (docs/decisions/0007)."""

BINDING = "binding"

BASE = "https://numbness-triage.example/schemas"


FILES: Mapping[str, fields.Field[Any]] = {**SHAPES, BINDING: ROOT}
"""Every kind of file that people write, and its root."""


def editor_schemas() -> dict[str, dict[str, Any]]:
    """The schema of every kind of file, by the name of the file that it is written to."""
    return {f"{_stem(name)}.schema.json": _schema(name) for name in FILES}


def _stem(name: str) -> str:
    return name.partition(".")[0]


def _schema(name: str) -> dict[str, Any]:
    shape = shape_of(FILES[name])
    # only a file that holds conditions needs to know what they are
    definitions = {"definitions": DEFINITIONS} if '"$ref"' in json.dumps(shape) else {}
    head = {"$schema": DRAFT, "$id": f"{BASE}/{_stem(name)}.schema.json", "title": _title(name)}
    return head | shape | definitions


def _title(name: str) -> str:
    if name == BINDING:
        return "A binding of somebody else's questionnaire"
    return f"{name if '.' in name else f'{name}/*.yaml'} of a rule set"
