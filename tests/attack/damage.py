"""What is done to the bytes of a body: cut, doubled, overwritten, other encodings, escapes, white space, padding."""

from __future__ import annotations

import random
from collections.abc import Callable

PIECES: tuple[bytes, ...] = (
    b"", b'"', b"\\", b"\\u0022", b"\\u0000", b"\\ud800", b"\\udfff\\ud800", b"\\b", b"\\x", b"\x00", b"\xff",
    b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"{", b"}", b"[", b"]", b",", b",,", b":", b" ",
    b"\xc2\xa0", b"\x0b", b"//", b"/*", b"*/", b"#", b"'", b"\r", b"e5", b"-", b".", b"true", b"null", b"NaN",
    b"\xef\xbb\xbf", b'"a":1,', b'"status":"completed",', b'"resourceType":"Patient",', b'"item":[],',
)  # fmt: skip

Damage = Callable[[random.Random, bytes], bytes]


def _overwritten(die: random.Random, raw: bytes) -> bytes:
    place = die.randrange(len(raw) + 1)
    return raw[:place] + die.choice(PIECES) + raw[place + die.choice((0, 0, 1, 2, 8)) :]


def _flipped(die: random.Random, raw: bytes) -> bytes:
    if not raw:
        return raw
    place = die.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ (1 << die.randrange(8))]) + raw[place + 1 :]


def _cut(die: random.Random, raw: bytes) -> bytes:
    return raw[: die.randrange(len(raw) + 1)]


def _moved(die: random.Random, raw: bytes) -> bytes:
    """A stretch of the bytes once more, somewhere else."""
    start, place = die.randrange(len(raw) + 1), die.randrange(len(raw) + 1)
    return raw[:place] + raw[start : start + die.randrange(1, 60)] + raw[place:]


def _doubled(die: random.Random, raw: bytes) -> bytes:
    return raw + die.choice((b"", b"\n", b"\x1e", b",", b"\x00")) + raw


def _encoded(die: random.Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    name = die.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1", "cp1252", "utf-7", "cp037")
    )
    return die.choice((b"", b"", b"\xff\xfe", b"\xef\xbb\xbf")) + text.encode(name, "replace")


def _padded(die: random.Random, raw: bytes) -> bytes:
    """White space around it, up to just about the limit of a body."""
    close = (1_048_575 - len(raw), 1_048_576 - len(raw), 1_048_577 - len(raw), 3_000_000)
    count = die.choice((1, 3, 100, 4096, *(close if die.random() < 0.05 else ())))
    pad = die.choice((b" ", b"\n", b"\t", b"\r\n")) * max(0, count)
    return raw + pad[:count] if die.random() < 0.5 else pad[:count] + raw


def _noise(die: random.Random, raw: bytes) -> bytes:
    return die.choice(
        (die.randbytes(die.randrange(60)), b"", b"null", b"[]", b"{}", b"0", b'"' * 3, b"[" * 2000, b'{"a":' * 999)
    )


DAMAGES: tuple[Damage, ...] = (
    *(_overwritten,) * 6, *(_flipped,) * 4, _cut, _cut, _moved, _moved, _doubled, _encoded, _padded, _noise,
)  # fmt: skip
