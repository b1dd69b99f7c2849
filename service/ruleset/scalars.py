"""Turns one YAML scalar into text, a number, true, false or nothing, and refuses what YAML 1.1 reads by surprise."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

Scalar = str | bool | int | float | None

_BARE_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_LEADING_ZERO = re.compile(r"[-+]?0([0-9_]+(\.[0-9_]*)?|[obxOBX][0-9a-fA-F_]+)")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
_DECIMAL = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scalar is refused, and what to write instead."""

    message: str
    remedy: str


def plain_value(node: yaml.ScalarNode) -> Scalar | Refusal:
    """The value of the scalar; quoted and block text is always taken as it stands."""
    text: str = node.value
    if _HALF_A_CHARACTER.search(text):
        return Refusal("This text holds half of a character.", "Write the character itself, not two escapes.")
    if node.style:  # "" or None when plain, by libyaml or PyYAML
        return text
    if text.lower() in _BARE_WORDS:
        return Refusal(f"The bare word “{text}” is not allowed.", "Write true or false, or put it in quotes.")
    if _LEADING_ZERO.fullmatch(text):
        return Refusal(f"The number “{text}” has a leading zero.", "Put a code in quotes; write a number without it.")
    kind = node.tag.rsplit(":", 1)[-1]
    if kind in ("int", "float"):
        return _number(text)
    if kind in _SURPRISES:
        return Refusal(*(part.format(text) for part in _SURPRISES[kind]))
    return {"bool": text.lower() == "true", "null": None}.get(kind, text)


_SURPRISES = {
    "timestamp": ("YAML reads “{}” as a date.", "Put it in quotes."),
    "merge": ("The merge key “{}” is not allowed.", "Write the keys out."),
    "value": ("The bare sign “{}” is not allowed.", "Put it in quotes."),
}


def _number(text: str) -> int | float | Refusal:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return Refusal(f"YAML reads “{text}” as a number in an unusual form.", "Put it in quotes, or write it in digits.")
