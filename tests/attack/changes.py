"""What is done to the parsed body: structure, types, texts, numbers, repeated keys, depth, size, parts of others."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

from fhir_io.near_misses import NAMES as PLAIN_NAMES
from fhir_io.near_misses import VALUES

MARK = "Kanari Müller"
"""A name that is no identifier, so that no refusal and no line of the log may repeat it."""

TEXTS: tuple[str, ...] = (
    "\u202eevil", "a\u0300" * 300, "\U0001f9e0" * 40, "\U000e0001\U000e0041", "\ufeff", "\ufffe", "\uffff", "\ud7ff",
    "\u200b\u200d", "ﷺ" * 50, "İ", "ß" * 60, "\u017f", "K", "٣", "²", "\uff11\uff12", "\x7f", "\x85", "\u2029", "\r\n",
    "\t\t",
    "%00", "../../../etc/passwd", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x.example/a}",
    "$(id)", "%s%s%s%n", "null", "undefined", "NaN", "__proto__", "constructor", "|", "||", "a|b|c", "#", "##a", "?",
    "urn:uuid:", "urn:oid:", "urn:uuid:00000000-0000-0000-0000-000000000000", "http://[::1", "http://x.example/\u0080",
    "javascript:alert(1)", "data:text/html;base64,AAAA", "//x.example", "Patient/" + "a" * 70, "Patient/1/_history/2",
    "Patient/1#x", "Patient?identifier=1", "QuestionnaireResponse/1", "9999-12-31T23:59:59.999999999Z",
    "2024-02-29T00:00:00-13:59", "0000", "24:00:00", "23:59:60", "==", "AAAA", "A" * 4096, "(" * 200, "(a+)+$",
    "[[:alpha:]]{1,1000}", "\\p{L}{500}", "(?=a)", "^(([a-z])+.)+[A-Z]([a-z])+$", MARK, f"Patient/{MARK}",
    f"http://x.example/{MARK}", "en-US", "limb-numbness", "https://numbness-triage.example/fhir/Questionnaire/limb-numbness",
)  # fmt: skip

NUMBERS: tuple[str, ...] = (
    "0", "-0", "-0.0", "1e0", "1E+2", "1e-300", "1e300", "1e301", "1e999999999", "-1e-999999999", "9" * 40, "9" * 41,
    "0." + "3" * 38, "0." + "3" * 50, "1.0", "100.00", "2147483647", "2147483648", "-2147483649", "9007199254740993",
    "18446744073709551616", "0.1e1", "1.", ".5", "+1", "01", "-", "0x10", "1_000", "NaN", "Infinity", "-Infinity",
    "1e", "1e+", "1" + "0" * 400, "1." + "0" * 400,
)  # fmt: skip
"""Numbers as they stand in the bytes; some are none."""

NAMES: tuple[str, ...] = (
    *PLAIN_NAMES, "__proto__", "constructor", "hasOwnProperty", MARK, "", " ", "_", "__status", "status ", "Status",
    "STATUS", "valueBOOLEAN", "valueKanari Müller", "value", "value[x]", "valueUuid", "valueOid", "valueMarkdown",
    "valueBase64Binary", "valueInstant", "valueAddress", "valueInteger64", "valueRatio", "enableWhen", "enableBehavior",
    "answerOption", "answerValueSet", "initial", "minLength", "maxLength", "required", "repeats", "readOnly", "prefix",
    "url", "version", "derivedFrom", "subjectType", "modifierExtension", "_item", "_answer", "_linkId", "_resourceType",
    "a" * 41, "é", "\u0000", "\ud800", "🧠", "resourceType ", "text", "div", "_authored", "_questionnaire",
    "_valueBoolean",
)  # fmt: skip

EXTENSIONS: tuple[str, ...] = (
    "http://hl7.org/fhir/StructureDefinition/minValue", "http://hl7.org/fhir/StructureDefinition/maxValue",
    "http://hl7.org/fhir/StructureDefinition/regex", "http://hl7.org/fhir/StructureDefinition/entryFormat",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption",
    "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces",
    "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
)  # fmt: skip

Change = Callable[[random.Random, Any], None]


_AS_IT_IS = "\ue000"
_BARE = re.compile('"(?:\ue000|\\\\ue000)([^"\\\\\ue000]*)(?:\ue000|\\\\ue000)"')


def number(text: str) -> str:
    """Stands for a number until the body is written: then it is written as the text says, without quotation marks."""
    return f"{_AS_IT_IS}{text}{_AS_IT_IS}"


class Twin(str):
    """A key that is written like another one and is not equal to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def spot(die: random.Random, body: Any) -> tuple[Any, Any, int] | None:
    """A list or object, a key in it, and how deep it stands: by a random walk down, so that it costs little."""
    place, depth = body, 0
    while True:
        if not isinstance(place, dict | list) or not place:
            return None
        key = die.choice(list(place)) if isinstance(place, dict) else die.randrange(len(place))
        below = place[key]
        if not isinstance(below, dict | list) or not below or die.random() < 0.18:
            return place, key, depth
        place, depth = below, depth + 1


def _replace(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        found[0][found[1]] = copy.deepcopy(die.choice(VALUES))


def _remove(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        del found[0][found[1]]


def _wrap(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        place, key, _ = found
        place[key] = die.choice(([place[key]], {"value": place[key]}, {key: place[key]}))


def _unwrap(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        place, key, _ = found
        inside = place[key]
        if isinstance(inside, dict | list) and inside:
            place[key] = die.choice(list(inside.values()) if isinstance(inside, dict) else inside)


def _add(die: random.Random, body: Any) -> None:
    if (found := spot(die, body)) and isinstance(found[0], dict):
        found[0][die.choice(NAMES)] = copy.deepcopy(die.choice(VALUES))


def _text(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        place, key, _ = found
        kept, text = place[key] if isinstance(place[key], str) else "", die.choice(TEXTS)
        place[key] = die.choice((text, text + kept, kept + text))


def _number(die: random.Random, body: Any) -> None:
    if found := spot(die, body):
        place, key, _ = found
        place[key] = number(die.choice(NUMBERS))


def _value(die: random.Random, body: Any) -> None:
    """Another kind of answer, as it should be or not."""
    if found := spot(die, body):
        place, _, _ = found
        if isinstance(place, dict):
            place[die.choice(NAMES)] = die.choice((number(die.choice(NUMBERS)), die.choice(TEXTS), True, None, [], {}))


def _rename(die: random.Random, body: Any) -> None:
    if (found := spot(die, body)) and isinstance(found[0], dict):
        place, key, _ = found
        place[die.choice(NAMES)] = place.pop(key)


def _twin(die: random.Random, body: Any) -> None:
    if (found := spot(die, body)) and isinstance(found[0], dict):
        place, key, _ = found
        place[Twin(key)] = die.choice((place[key], True, "no", None))


def _extension(die: random.Random, body: Any) -> None:
    if (found := spot(die, body)) and isinstance(found[0], dict):
        place, key, _ = found
        value = die.choice(
            ("valueString", "valueInteger", "valueDecimal", "valueBoolean", "valueQuantity", "valueCode")
        )
        given = die.choice((1, -1, "x", True, number(die.choice(NUMBERS)), {"value": 1}, die.choice(TEXTS)))
        made = {"url": die.choice(EXTENSIONS), value: given}
        if isinstance(place[key], str | bool | int | float) and die.random() < 0.5:
            place[f"_{key}"] = {"extension": [made]}
        else:
            place[die.choice(("extension", "extension", "modifierExtension"))] = [made]


def _deepen(die: random.Random, body: Any) -> None:
    """Wrap a value in as many lists or objects as are around the limit, or far over it."""
    if found := spot(die, body):
        place, key, _ = found
        name = die.choice(("item", "answer", "extension", "valueReference", "contained", "part", ""))
        for _ in range(die.choice((2, 5, 20, 30, 62, 63, 64, 65, 99, 130, 400))):
            place[key] = {name: place[key]} if name and die.random() < 0.6 else [place[key]]


def _nest(die: random.Random, body: Any) -> None:
    """An item inside an item inside an item, legally."""
    if found := spot(die, body):
        place, key, _ = found
        inner: Any = {"linkId": "a", "answer": [{"valueBoolean": True}]}
        for level in range(die.choice((2, 4, 5, 6, 14, 15, 16, 40))):
            inner = {"linkId": f"a{level}", "item": [inner]}
        place[key] = [inner] if isinstance(place[key], list) else inner


def _grow(die: random.Random, body: Any) -> None:
    """The same entry many times over."""
    if die.random() < 0.1 and (found := spot(die, body)):
        place, key, _ = found
        times = die.choice((2, 3, 17, 60, 60, 600, 2001))
        place[key] = [place[key]] * times if not isinstance(place[key], list) else place[key] * times


def _splice(die: random.Random, body: Any) -> None:
    """A part of the body in another place of it."""
    source, target = spot(die, body), spot(die, body)
    if source and target:
        target[0][target[1]] = copy.deepcopy(source[0][source[1]])


def thin(die: random.Random, body: Any) -> None:
    """Few items instead of many: most of what can go wrong needs only one."""
    ahead = [body]
    while ahead:
        one = ahead.pop()
        if isinstance(one, dict):
            items = one.get("item")
            if isinstance(items, list) and len(items) > 3:
                start = die.randrange(len(items))
                one["item"] = items[start : start + die.choice((1, 2, 3))]
            ahead.extend(one.values())
        elif isinstance(one, list):
            ahead.extend(one)


CHANGES: tuple[Change, ...] = (
    *(_replace, _text, _number, _value, _add) * 3, *(_remove, _extension, _splice, _rename) * 2, _wrap, _unwrap, _twin,
    _twin, _deepen, _nest, _grow,
)  # fmt: skip


def written(body: Any, die: random.Random) -> bytes:
    """The body as JSON in one of several ways of writing it."""
    ascii_only, indent = die.random() < 0.2, die.choice((None,) * 11 + (1,))
    text = json.dumps(body, ensure_ascii=ascii_only, indent=indent, separators=die.choice(((",", ":"), (", ", ": "))))
    return _BARE.sub(r"\1", text).encode("utf-8", "surrogatepass")
