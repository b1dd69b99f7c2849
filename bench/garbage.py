"""Bodies of 1 MiB that say nothing, each kind of them made to keep another part of reading busy."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

MEBIBYTE = 1 << 20
_RESPONSE = '{"resourceType":"QuestionnaireResponse","status":"completed",'
_ANSWER = f'{_RESPONSE}"item":[{{"linkId":"1","answer":[{{'
_NARRATIVE = f'{_RESPONSE}"text":{{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">'
_PATIENT = f'{_RESPONSE}"contained":[{{"resourceType":"Patient","id":"p","name":[{{"given":['


def kinds() -> dict[str, bytes]:
    """Each kind by its name, always the same."""
    return {name: body.encode() if isinstance(body, str) else body for name, body in _kinds()}


def _kinds() -> Iterator[tuple[str, str | bytes]]:
    yield "random bytes", random.Random(1).randbytes(MEBIBYTE)
    yield "brackets that never close", "[" * MEBIBYTE
    yield "one text that never ends", '{"' + "a" * (MEBIBYTE - 2)
    yield "one key", _filled(f'{_RESPONSE}"', "k", '":1}')
    yield "one key over and over", _listed(_RESPONSE, lambda _: '"k":1', "}")
    yield "keys that FHIR does not know", _listed(_RESPONSE, lambda number: f'"key{number}":{"1" * 35}', "}")
    yield "one number", _filled('{"a":', "9", "}")
    yield "numbers, the last too large", _listed('{"a":[', lambda _: "1", ",1e999]}")
    yield "a text, then a number too large", _filled('{"a":["', "a", '",1e999]}')
    yield "decimals", _listed(f'{_RESPONSE}"item":[', lambda _: "1.5", "]}")
    yield "empty lists", _listed(f'{_RESPONSE}"basedOn":[', lambda _: "[]", "]}")
    yield "objects without members", _listed(f'{_RESPONSE}"basedOn":[', lambda _: "{}", "]}")
    yield (
        "objects of errors",
        _listed(f'{_RESPONSE}"basedOn":[', lambda _: '{"a":1,"b":[1],"type":" "}', "]}", most=4_900),
    )
    yield "numbers for objects", _listed(f'{_RESPONSE}"basedOn":[', lambda _: "1" * 20, "]}")
    yield "texts with control characters", _listed(_PATIENT, lambda _: '"\\u0001"', "]}]}]}")
    yield "contained resources of no type", _contained('{{"resourceType":"No{0}","id":"{1}"}}')
    yield "contained resources with a fault", _contained('{{"resourceType":"Patient","id":"p{0}","birthDate":"{1}"}}')
    yield (
        "extensions with a fault",
        _listed(f'{_RESPONSE}"extension":[', lambda _: _extension(0, 170), "]}", most=4_900),
    )
    yield "deep extensions", _listed(f'{_RESPONSE}"extension":[', lambda _: _extension(25, 4_000), "]}", most=180)
    yield "references to nothing", _listed(f'{_RESPONSE}"basedOn":[', _reference, "]}", most=4_900)
    yield "halves of characters", _listed(f'{_RESPONSE}"item":[', lambda _: '"\\ud800............"', "]}")
    yield "a narrative that does not end", _filled(_NARRATIVE, "<p>a</p>", '"}}')
    yield "a narrative without bottom", _filled(_NARRATIVE, "<p>", '"}}')
    yield "a sound narrative beside a fault", _filled(_NARRATIVE, "<p>a</p>", '</div>"},"a":1}')
    yield "base64 with a fault", _filled(f'{_ANSWER}"valueAttachment":{{"data":"', "QUJD", '!"}}]}]}')
    yield "a code with a fault", _filled(f'{_RESPONSE}"language":"', "x ", ' "}')
    yield "an OID with a fault", _filled(f'{_RESPONSE}"implicitRules":"urn:oid:1', ".1", 'x"}')
    yield "a time with a fault", _filled(f'{_RESPONSE}"authored":"2024-01-01T00:00:00.', "2", '"}')


def _filled(before: str, piece: str, after: str) -> str:
    return before + piece * ((MEBIBYTE - len(before) - len(after)) // len(piece)) + after


def _listed(before: str, piece: Callable[[int], str], after: str, *, most: int = MEBIBYTE) -> str:
    """As many pieces as there is room for, at most so many, with commas between them."""
    pieces, room, number = [], MEBIBYTE - len(before) - len(after), 0
    while number < most and (room := room - len(one := piece(number)) - 1) >= 0:
        pieces.append(one)
        number += 1
    return before + ",".join(pieces) + after


def _contained(resource: str) -> str:
    return _listed(f'{_RESPONSE}"contained":[', lambda number: resource.format(number, "x" * 150), "]}", most=4_900)


def _extension(depth: int, length: int) -> str:
    inner = '{"url":"http://x.example/ e","valueString":"' + "x" * length + '"}'
    return '{"url":"http://x.example/e","extension":[' * depth + inner + "]}" * depth


def _reference(number: int) -> str:
    return '{"reference":"#' + str(number) + "x" * 180 + '"}'
