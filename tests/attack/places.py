"""Whether a FHIRPath of an OperationOutcome leads to something in the caller's own body."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]")
_CHOICE = re.compile("_?value[A-Z].*")


def resolves(expression: str, body: Any) -> bool:
    """Whether the path resolves, which may begin with the type of the body.

    `value` is any value[x]; `name` is also `_name`, where only its extensions are.
    """
    root = _NAME.match(expression)
    if not isinstance(body, dict) or not root:
        return False
    found, place = ([body] if body.get("resourceType") == root[0] else _below([body], root[0])), root.end()
    while place < len(expression):
        step = _STEP.match(expression, place)
        if not step:
            return False
        found = _below(found, step[1]) if step[1] else _at(found, int(step[2]))
        if not found:
            return False
        place = step.end()
    return True


def _below(found: list[Any], name: str) -> list[Any]:
    below: list[Any] = []
    for one in _flat(found):
        if isinstance(one, dict):
            below += [one[key] for key in one if _is_named(key, name)]
    return below


def _is_named(key: str, name: str) -> bool:
    return key in (name, f"_{name}") or (name == "value" and _CHOICE.fullmatch(key) is not None)


def _at(found: list[Any], index: int) -> list[Any]:
    return [one[index] for one in found if isinstance(one, list) and index < len(one)]


def _flat(found: list[Any]) -> list[Any]:
    return [inner for one in found for inner in (one if isinstance(one, list) else [one])]
