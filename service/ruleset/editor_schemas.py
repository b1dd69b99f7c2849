"""The shapes of the rule files as JSON Schema, by which an editor completes and checks them while they are written."""

from __future__ import annotations

import json
from typing import Any

from service.ruleset.conditions import DEFINITIONS
from service.ruleset.schema import SHAPES
from service.ruleset.shapes import shape_of

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that the language server for YAML reads in full (docs/decisions/0007)."""

BASE = "https://numbness-triage.example/schemas"


def editor_schemas() -> dict[str, dict[str, Any]]:
    """The schema of every rule file, by the name of the file that it is written to."""
    return {f"{_stem(name)}.schema.json": _schema(name) for name in SHAPES}


def _stem(name: str) -> str:
    return name.partition(".")[0]


def _schema(name: str) -> dict[str, Any]:
    shape = shape_of(SHAPES[name])
    # only a file that holds conditions needs to know what they are
    definitions = {"definitions": DEFINITIONS} if '"$ref"' in json.dumps(shape) else {}
    head = {"$schema": DRAFT, "$id": f"{BASE}/{_stem(name)}.schema.json", "title": _title(name)}
    return head | shape | definitions


def _title(name: str) -> str:
    return f"{name if '.' in name else f'{name}/*.yaml'} of a rule set"
