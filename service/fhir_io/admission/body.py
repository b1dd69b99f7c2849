"""Bytes of a request → one JSON object, or every reason why they are not one that FHIR allows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from service.fhir_io.admission.problem_list import ProblemList, is_plain_name
from service.problems import Kind, Problem, Refused

_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 300
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*|-?Infinity|NaN')
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SMALLER = "Send a smaller response."
_UTF_8 = "Send the body as UTF-8 without a byte order mark."

_Repeated = tuple[dict[str, Any], list[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one body may hold.

    `max_depth` counts every [ and { that is open at once. `max_items` counts the entries of all lists named `item` or
    `answer`, at any depth: the questions and answers that have to be read. `max_objects` counts all JSON objects, so
    that a body of small extensions or contained resources cannot keep the service busy. `max_parts` counts what begins
    a list, an object or the next entry of one, so that as many numbers, strings or lists cannot do so either.
    """

    max_depth: int = 64
    max_items: int = 2000
    max_objects: int = 5_000
    max_parts: int = 50_000


def parse_body(raw: bytes, limits: Limits = Limits()) -> dict[str, Any]:
    """The JSON object of a body; Refused when there is none. No text of the body is repeated.

    FHIR's JSON is UTF-8 (https://hl7.org/fhir/R4/json.html) without a byte order mark (RFC 8259 §8.1), without repeated
    keys, and decimals keep their precision (https://hl7.org/fhir/R4/datatypes.html#decimal).
    """
    text = _decoded(raw)
    if has_more_parts(raw, limits.max_parts):
        _refuse_parts(raw, limits)
    reader = _Reader(text, limits)
    try:
        value = json.loads(
            text,
            object_pairs_hook=reader.object,
            parse_float=reader.decimal,
            parse_int=reader.integer,
            parse_constant=reader.constant,
        )
    except json.JSONDecodeError as error:
        fault = error.msg.removesuffix(" at").removesuffix(" starting")
        message = f"The body is not JSON: {fault}, at line {error.lineno}, column {error.colno}."
        _refuse(message, "Send one JSON object.")
    except RecursionError:
        _refuse_depth(limits)
    if not isinstance(value, dict):
        _refuse("The body is JSON, but not an object.", 'Send one resource: { "resourceType": … }.')
    _check_tree(value, reader.repeated, limits, surrogates=_SURROGATE.search(raw) is not None)
    return value


def has_more_parts(raw: bytes, most: int) -> bool:
    """Whether more than `most` commas and opening brackets stand outside of strings; of what is no JSON, about so."""
    if len(raw) <= most or _parts(raw) <= most:
        return False
    bare = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return _parts(b"".join(bare.split(b'"')[::2])) > most


def _refuse_parts(raw: bytes, limits: Limits) -> NoReturn:
    """Say what there is too much of; too few commas for so many lists and objects tell that they are nested."""
    objects = raw.count(b"{")
    if raw.count(b"[") + objects > limits.max_depth * (raw.count(b",") + 1):
        _refuse_depth(limits)
    if objects > limits.max_objects:
        _refuse_number_of_objects(limits)
    _refuse(f"The body has more than {limits.max_parts} values.", _SMALLER, Kind.TOO_LARGE)


def _refuse_number_of_objects(limits: Limits) -> NoReturn:
    most = f"{limits.max_items} items and answers or {limits.max_objects} objects"
    _refuse(f"The body has more than {most}.", _SMALLER, Kind.TOO_LARGE)


def _parts(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _refuse(message: str, remedy: str, kind: Kind = Kind.MALFORMED) -> NoReturn:
    raise Refused([Problem(kind, "", message, remedy)])


def _refuse_depth(limits: Limits) -> NoReturn:
    _refuse(f"The body is nested more than {limits.max_depth} levels deep.", "Send a flatter resource.")


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        _refuse("The body is empty.", "Send a QuestionnaireResponse or Parameters as JSON.")
    if raw.startswith(b"\xef\xbb\xbf"):
        _refuse("The body starts with a byte order mark.", _UTF_8)
    if raw.startswith(_BYTE_ORDER_MARKS) or b"\x00" in raw[:4]:
        _refuse("The body is encoded as UTF-16 or UTF-32.", _UTF_8)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"The body is not UTF-8: byte {error.start + 1} is wrong.", _UTF_8)


class _Reader:
    """The hooks of one parse: they refuse numbers, count, and keep the objects with repeated keys for later."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.repeated: list[_Repeated] = []
        self._text = text
        self._limits = limits
        self._items = 0
        self._objects = 0

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            times = Counter(name for name, _ in pairs)
            self.repeated.append((value, [name for name in value if times[name] > 1]))
        for name in ("item", "answer"):
            entries = value.get(name)
            self._items += len(entries) if isinstance(entries, list) else 0
        self._objects += 1
        if self._items > self._limits.max_items or self._objects > self._limits.max_objects:
            _refuse_number_of_objects(self._limits)
        return value

    def integer(self, digits: str) -> int:
        if len(digits) > _LONGEST_NUMBER:
            self._refuse_number(digits, f"A number has more than {_LONGEST_NUMBER} digits", "Send a shorter number.")
        return int(digits)

    def decimal(self, digits: str) -> Decimal:
        if len(digits) > _LONGEST_NUMBER:
            self._refuse_number(digits, f"A number has more than {_LONGEST_NUMBER} digits", "Send a shorter number.")
        value = Decimal(digits)
        if abs(value.adjusted()) > _LARGEST_EXPONENT:
            self._refuse_number(digits, f"A number has an exponent over {_LARGEST_EXPONENT}", "Send a smaller number.")
        return value

    def constant(self, name: str) -> NoReturn:
        self._refuse_number(name, f"{name} is not a number in JSON", "Leave the element out.")

    def _refuse_number(self, token: str, message: str, remedy: str) -> NoReturn:
        """Refuse a number and say where: the first token outside strings that reads the same."""
        start = next((found.start() for found in _TOKEN.finditer(self._text) if found.group() == token), 0)
        line = self._text.count("\n", 0, start) + 1
        column = start - self._text.rfind("\n", 0, start)
        _refuse(f"{message}, at line {line}, column {column}.", remedy)


def _check_tree(root: dict[str, Any], repeated: list[_Repeated], limits: Limits, *, surrogates: bool) -> None:
    """Refuse what shows only in the parsed tree: too deep, repeated keys with their place, halves of characters."""
    if _depth(root, limits.max_depth) > limits.max_depth:
        _refuse_depth(limits)
    if not repeated and not surrogates:
        return
    found = ProblemList()
    names = {id(value): keys for value, keys in repeated}
    for where, value in _places(root):
        for name in names.get(id(value), ()):
            said = f"The key {name}" if is_plain_name(name) else "A key"
            found.add(Problem(Kind.MALFORMED, where, f"{said} is given more than once.", "Keep one of them."))
        if isinstance(value, str) and _HALF_CHARACTER.search(value):
            message = "A string holds half of a surrogate pair."
            found.add(Problem(Kind.MALFORMED, where, message, "Send both halves, or the character as UTF-8."))
        if found.enough:
            break
    if found:
        raise Refused(found.listed())


def _depth(root: dict[str, Any], enough: int) -> int:
    """How deep lists and objects are nested, counted level by level and no further than just past `enough`."""
    depth = 0
    level: list[Any] = [root]
    while level and depth <= enough:
        depth += 1
        children = (value.values() if isinstance(value, dict) else value for value in level)
        level = [child for group in children for child in group if isinstance(child, (dict, list))]
    return depth


def _places(root: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Every value with its FHIRPath, in the order of the body.

    What cannot be said in FHIRPath, or would repeat what was sent, has the path of what holds it: all below a key that
    is no plain name, and a list in a list.
    """
    name = root.get("resourceType")
    start = name if isinstance(name, str) and is_plain_name(name) else ""
    waiting: list[tuple[str, bool, object]] = [(start, True, root)]
    while waiting:
        where, exact, value = waiting.pop()
        yield where, value
        inside: list[tuple[str, bool, object]] = []
        if isinstance(value, dict):
            for key, child in value.items():
                said = exact and is_plain_name(key)
                inside.append((f"{where}.{key}".lstrip(".") if said else where, said, child))
        elif isinstance(value, list):
            for index, child in enumerate(value):
                inside.append((f"{where}[{index}]" if exact else where, exact and not isinstance(child, list), child))
        waiting.extend(reversed(inside))
