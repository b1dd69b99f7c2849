"""Bodies that are nearly valid: published and own responses with one thing or two changed, or a few bytes damaged."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from service.settings import packaged

CORPORA = Path(__file__).parents[1] / "corpora"

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 1.5, 2147483648, -2147483649, 10**30, "", " ", "\t", "\u00a0", "\u0085", "x",
    " x", "x ", "a  b", "a b", "a\nb", "a\u0000b", "a\u000bb", "a\bb", "a\fb", "\u2028", "ü", "日本", "true", "1",
    "none",
    "completed", "COMPLETED", "entered-in-error", "urn:uuid:x", "urn:uuid:0d1c9b4e-6d0c-4ca8-8d2b-0c1d7a1d2f3a",
    "urn:oid:1.2.3", "urn:oid:9", "urn:x:y", "#x", "#", "Patient/1", "Patient/ 1", "http://x.example/a b", "2024",
    "2024-13", "2024-02-29", "2023-02-29", "2024-04-31", "2024-01-31", "0000-01-01", "0001-01-01", "2024-1-1",
    "2024-01-01T10:00:00Z", "2024-01-01T10:00:00", "2024-01-01T24:00:00Z", "2024-01-01T10:00:60Z",
    "2024-01-01T10:00:00+14:00", "2024-01-01T10:00:00+14:30", "2024-01-01T10:00:00.123Z", "2023-02-29T10:00:00Z",
    "10:00:00", "10:00", "25:00:00", "\u0661\u0662", "2024-01-01\n", "code\n", "a" * 65, "a" * 64, [], {}, [None],
    [[]], [{}], {"id": "x"}, {"extension": []}, {"reference": "Patient/1"}, {"reference": "#c"}, {"code": "x"},
    {"system": "http://x.example", "code": "x"}, {"value": 1}, {"linkId": "x"}, [{"linkId": "x"}],
    {"linkId": "x", "answer": [{"valueBoolean": True}]}, [{"valueBoolean": True}], [{"valueBoolean": "true"}],
    [{"valueBoolean": True, "valueString": "x"}], [{"valueDecimal": 1.50}], [{"valueInteger": 1.0}],
    {"coding": [{"code": "x"}], "text": "x"}, {"identifier": {"value": "x"}}, {"period": {"start": "2024"}},
)  # fmt: skip

TWICE: tuple[Any, ...] = tuple({"linkId": "x", "answer": [{"valueBoolean": value}]} for value in (True, False))
PERIODS: tuple[Any, ...] = (
    {"start": "2024-03", "end": "2024-01-01"}, {"start": "2023", "end": "2024"}, {"start": "2024", "end": "2022"},
)  # fmt: skip

FITTING: dict[str, tuple[Any, ...]] = {
    "subject": ({"type": "Patient"}, *({"identifier": {"value": "1", "period": period}} for period in PERIODS)),
    "valueReference": ({"type": "Patient"}, {"display": "x"}),
    "period": PERIODS,
    "item": (
        [*TWICE],
        [{"linkId": "g", "item": [*TWICE]}],
        [{"linkId": "g", "item": [{"linkId": "h", "item": [*TWICE]}]}],
        [{"linkId": "g", "answer": [{"valueInteger": 1, "item": [*TWICE]}]}],
    ),
}
"""What is sound by itself where a name stands, and may break an invariant."""

NAMES = (
    "resourceType", "id", "status", "linkId", "text", "item", "answer", "valueBoolean", "valueCoding", "valueString",
    "valueInteger", "valueDecimal", "valueDate", "valueDateTime", "valueTime", "valueUri", "valueQuantity",
    "valueReference", "valueAttachment", "_valueString", "_text", "system", "code", "display", "version",
    "userSelected",
    "subject", "encounter", "author", "source", "authored", "questionnaire", "identifier", "basedOn", "partOf",
    "extension", "modifierExtension", "contained", "meta", "language", "implicitRules", "definition", "reference",
    "type",
    "use", "value", "period", "start", "end", "assigner", "parameter", "name", "resource", "part", "valueCode",
    "fhir_comments", "status__ext", "resource_type",
)  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """Responses to begin with: the examples of the project and those of the corpora that are JSON objects."""
    files = [*packaged("fhir_examples").glob("*/response.json"), *CORPORA.rglob("*.json")]
    found = []
    for path in sorted(files):
        raw = path.read_bytes()
        try:
            body = json.loads(raw)
        except ValueError:
            continue
        if isinstance(body, dict) and body.get("resourceType") in ("QuestionnaireResponse", "Parameters"):
            found.append(json.dumps(body, ensure_ascii=False).encode())
    return (*found, *(json.dumps(one).encode() for one in (EVERYTHING, EVERYTHING_IN_R5)))


EVERYTHING = {
    "resourceType": "QuestionnaireResponse",
    "id": "all",
    "language": "en",
    "identifier": {"use": "official", "system": "http://x.example", "value": "1", "period": {"start": "2024-01-31"}},
    "questionnaire": "http://x.example/q|1",
    "status": "completed",
    "subject": {"reference": "Patient/1", "type": "Patient", "identifier": {"value": "1"}, "display": "x"},
    "authored": "2024-01-01T10:00:00Z",
    "item": [
        {
            "linkId": "1",
            "definition": "http://x.example/d",
            "text": "x",
            "answer": [
                {"valueCoding": {"system": "http://x.example", "code": "a b", "display": "x", "userSelected": True}},
                {"valueDate": "2024-01-31", "item": [{"linkId": "1.1", "answer": [{"valueTime": "10:00:00"}]}]},
            ],
        },
        {"linkId": "2", "item": [{"linkId": "2.1", "answer": [{"valueInteger": 1}, {"valueDateTime": "2024-01"}]}]},
        {"linkId": "3", "answer": [{"valueUri": "http://x.example"}, {"valueReference": {"reference": "Patient/1"}}]},
        {"linkId": "4", "answer": [{"valueString": "two\nlines"}, {"valueBoolean": False}]},
    ],
}
"""A body of all that is plain."""

EVERYTHING_IN_R5 = EVERYTHING | {"identifier": [EVERYTHING["identifier"]]}


def near_misses(seed: int) -> Iterator[bytes]:
    """Bodies without end, the same for the same seed."""
    die = random.Random(seed)
    while True:
        body = json.loads(die.choice(seeds()))
        for _ in range(die.choice((0, 1, 1, 1, 2))):
            die.choice(CHANGES)(die, body)
        raw = json.dumps(body, ensure_ascii=die.random() < 0.2, indent=die.choice((None, None, 1))).encode(
            "utf-8", "surrogatepass"
        )
        yield _damaged(die, raw) if die.random() < 0.25 else raw


def _containers(value: Any) -> list[Any]:
    """Every list and object in it, itself included."""
    found, ahead = [], [value]
    while ahead:
        one = ahead.pop()
        if isinstance(one, dict | list):
            found.append(one)
            ahead.extend(one.values() if isinstance(one, dict) else one)
    return found


def _somewhere(die: random.Random, body: Any) -> tuple[Any, Any]:
    place = die.choice([one for one in _containers(body) if one] or [body])
    return place, die.choice(list(place) if isinstance(place, dict) else range(len(place)))


def _value(die: random.Random) -> Any:
    return copy.deepcopy(die.choice(VALUES))


def _replace(die: random.Random, body: Any) -> None:
    place, key = _somewhere(die, body)
    place[key] = _value(die)


def _remove(die: random.Random, body: Any) -> None:
    place, key = _somewhere(die, body)
    del place[key]


def _add(die: random.Random, body: Any) -> None:
    place = die.choice([one for one in _containers(body) if isinstance(one, dict)] or [body])
    place[die.choice(NAMES)] = _value(die)


def _rename(die: random.Random, body: Any) -> None:
    place, key = _somewhere(die, body)
    if isinstance(place, dict):
        place[die.choice(NAMES)] = place.pop(key)


def _wrap(die: random.Random, body: Any) -> None:
    place, key = _somewhere(die, body)
    place[key] = [place[key]] if die.random() < 0.5 else {"value": place[key]}


def _fit(die: random.Random, body: Any) -> None:
    places = [(one, name) for one in _containers(body) if isinstance(one, dict) for name in one if name in FITTING]
    place, name = die.choice(places or [(body, "item")])
    if isinstance(place, dict):
        place[name] = copy.deepcopy(die.choice(FITTING[name]))


def _repeat(die: random.Random, body: Any) -> None:
    """A key that json.dumps writes like another one beside it."""
    place, key = _somewhere(die, body)
    if isinstance(place, dict):
        place[_Twin(key)] = die.choice((place[key], _value(die)))


class _Twin(str):
    """A text that is written like another one and is not equal to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _damaged(die: random.Random, raw: bytes) -> bytes:
    place = die.randrange(len(raw))
    piece = die.choice(
        (b"", b'"', b"\\", b"\\u0022", b"\\u0000", b"\\b", b"\x00", b"\xff", b"{", b"}", b",", b":", b" ")
    )
    return raw[:place] + piece + raw[place + die.choice((0, 1, 2)) :]


CHANGES: tuple[Callable[[random.Random, Any], None], ...] = (
    _replace,
    _replace,
    _remove,
    _add,
    _add,
    _rename,
    _wrap,
    _repeat,
    _fit,
)
