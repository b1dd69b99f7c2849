"""Requests as bytes on a real connection: what no HTTP client sends, and what must hold of the bytes that come back."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from attack.changes import MARK
from attack.invariants import TRACE
from attack.mutants import TRIAGE, VALIDATE, mutated

GOOD = json.dumps(
    {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "item": [{"linkId": "numbness", "answer": [{"valueBoolean": True}]}],
    }
).encode()
PLAIN = f"POST {TRIAGE}?explain=false HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n".encode()
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) [^\r\n]*\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


def post(body: bytes, *headers: str, length: object = None, first: bytes = PLAIN) -> bytes:
    """A request with a body; `length` in place of its true one, none at all when it is empty."""
    said = len(body) if length is None else length
    given = [*headers, *([f"Content-Length: {said}"] if said != "" else [])]
    return first + "".join(f"{one}\r\n" for one in given).encode("utf-8", "surrogateescape") + b"\r\n" + body


def chunked(*chunks: bytes, size: Callable[[int], str] = "{:x}".format, end: bytes = b"0\r\n\r\n") -> bytes:
    body = b"".join(f"{size(len(one))}\r\n".encode() + one + b"\r\n" for one in chunks) + end
    return post(body, "Transfer-Encoding: chunked", length="")


def _zip() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(20):
            made.writestr(f"{number}.json", b" " * 5_000_000)
    return kept.getvalue()


BOMB = gzip.compress(gzip.compress(b" " * 60_000_000, 9) + GOOD, 9)

NAMED: dict[str, tuple[bytes, set[int]]] = {
    "gzip": (post(gzip.compress(GOOD), "Content-Encoding: gzip"), {415}),
    "gzip bomb": (post(BOMB, "Content-Encoding: gzip"), {415}),
    "gzip bomb twice": (post(BOMB, "Content-Encoding: gzip, gzip"), {415}),
    "gzip bomb as Transfer-Encoding": (post(BOMB, "Transfer-Encoding: gzip", length=""), {400, 501}),
    "gzip bomb in chunks": (
        post(b"5\r\nabcde\r\n0\r\n\r\n", "Transfer-Encoding: gzip, chunked", length=""), {400, 501},
    ),
    "deflate bomb": (post(zlib.compress(b" " * 60_000_000, 9), "Content-Encoding: deflate"), {415}),
    "brotli": (post(GOOD, "Content-Encoding: br"), {415}),
    "zip bomb": (post(_zip()), {400}),
    "gzip that nobody speaks of": (post(gzip.compress(GOOD)), {400}),
    "chunks of one byte": (chunked(*(bytes([one]) for one in GOOD)), {200}),
    "chunks with extensions": (chunked(GOOD, size=lambda n: f"{n:x};a={MARK}"), {200, 400}),
    "a chunk with 0x": (chunked(GOOD, size=lambda n: f"0x{n:x}"), {400}),
    "a chunk with a sign": (chunked(GOOD, size=lambda n: f"+{n:x}"), {400}),
    "a chunk with an underscore": (chunked(GOOD, size=lambda n: f"{n:_x}".replace("0", "_0")), {200, 400}),
    "a chunk of -1": (chunked(GOOD, size=lambda n: "-1"), {400}),
    "a chunk of 2 ** 64": (chunked(GOOD, size=lambda n: "1" + "0" * 16), {400}),
    "a chunk of a size without end": (chunked(GOOD, size=lambda n: "0" * 100_000 + f"{n:x}"), {200, 400}),
    "chunks that do not end": (chunked(GOOD, end=b""), {400}),
    "a trailer": (chunked(GOOD, end=f"0\r\nX-{MARK}: {MARK}\r\n\r\n".encode()), {200, 400}),
    "Content-Length and chunks": (
        post(b"0\r\n\r\n", "Transfer-Encoding: chunked", length=len(GOOD)) + GOOD,
        {400},
    ),
    "Transfer-Encoding twice": (post(GOOD, "Transfer-Encoding: chunked", "Transfer-Encoding: identity"), {400}),
    "Transfer-Encoding: xchunked": (post(GOOD, "Transfer-Encoding: xchunked", length=""), {400, 501}),
    "Transfer-Encoding, hidden": (post(GOOD, "Transfer-Encoding:\x0bchunked", length=""), {400, 501}),
    "Transfer-Encoding in HTTP/1.0": (
        post(b"0\r\n\r\n", "Transfer-Encoding: chunked", length="", first=PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0")),
        {400},
    ),
    "a body shorter than said": (post(GOOD, length=len(GOOD) + 9), {400}),
    "a body longer than said": (post(GOOD, length=len(GOOD) - 9), {400}),
    "a length of -1": (post(GOOD, length=-1), {400}),
    "a length with a sign": (post(GOOD, length=f"+{len(GOOD)}"), {400}),
    "a length with an underscore": (post(GOOD, length="1_0"), {400}),
    "a length of other digits": (post(GOOD, length="\u0661"), {400}),
    "a length of 10 ** 30": (post(GOOD, length=10**30), {413, 400}),
    "a length of 10 ** 5000": (post(GOOD, length="9" * 5000), {413, 400}),
    "two lengths": (post(GOOD, f"Content-Length: {len(GOOD)}", length=len(GOOD) + 1), {400}),
    "no length": (post(GOOD, length=""), {400}),
    "absolute form": (
        post(b"", length=0, first=PLAIN.replace(b"POST /", b"POST http://127.0.0.1:1/")), {400},
    ),
    "authority form": (b"CONNECT 127.0.0.1:8081 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 405}),
    "asterisk form": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404}),
    "a fragment": (b"GET /fhir/metadata#x HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404}),
    "no host": (b"GET /health/live HTTP/1.1\r\n\r\n", {200, 400}),
    "two hosts": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", {200, 400}),
    "a host of a name": (f"GET /fhir/metadata HTTP/1.1\r\nHost: {MARK}\r\n\r\n".encode(), {200, 400}),
    "HTTP/0.9": (b"GET /health/live\r\n", {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\n\r\n", {400, 505}),
    "a TLS hello": (bytes.fromhex("16030100a1010000") + b"\x00" * 160, set()),
    "lines that end in LF": (PLAIN.replace(b"\r\n", b"\n") + b"\n", {200, 400, 411}),
    "a bare CR": (b"GET / HTTP/1.1\rHost: x\r\n\r\n", {400}),
    "NUL in the address": (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404}),
    "NUL in a header": (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n", {400}),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n", {400}),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", {400}),
    "a header without a name": (b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", {400}),
    "1,000 headers": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n", {400, 431}),
    "a header of 70 KB": (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n", {400, 431}),
    "Expect": (post(GOOD, "Expect: 100-continue"), {200}),
    "Expect what is not known": (post(GOOD, f"Expect: {MARK}"), {200, 400, 417}),
    "h2c": (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", {200}),
    "WebSocket": (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", {200, 400}),
    "SCRIPT_NAME": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /x\r\n\r\n", {200, 400}),
    "Script-Name": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nScript-Name: /x\r\n\r\n", {200}),
    "PATH_INFO": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nPATH_INFO: /rules\r\n\r\n", {200, 400}),
    "REMOTE_USER": (b"GET /health/live HTTP/1.1\r\nHost: x\r\nREMOTE_USER: root\r\n\r\n", {200, 400}),
    "X-Forwarded-Proto": (
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n\r\n", {200, 400},
    ),
    "PROXY": (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 8081\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
    "a method of a name": (f"{MARK.split()[0].upper()} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(), {400, 405}),
    "a method in small letters": (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", {400, 405}),
    "an address of a name": (f"GET /{MARK} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), {400}),
    "an address that is not UTF-8": (b"GET /%ff%fe/%c3 HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
}  # fmt: skip
"""Each request by what is odd about it, and the statuses that may be its first answer; none: it is hung up on."""


def sent(address: tuple[str, int], raw: bytes, *, close: bool = True) -> bytes:
    """All that comes back, until the server hangs up; TimeoutError when it does neither for half a minute."""
    with socket.create_connection(address, timeout=30) as connection:
        try:
            connection.sendall(raw)
            if close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:  # it hung up on us already; what it said is still to be read
            pass
        found = []
        try:
            while piece := connection.recv(65_536):
                found.append(piece)
        except ConnectionError:
            pass
        return b"".join(found)


def broken_off(address: tuple[str, int], raw: bytes) -> None:
    """Send and reset the connection at once."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(raw)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def replies(raw: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each reply in what came back; ValueError for what is no HTTP."""
    found, place = [], 0
    while place < len(raw):
        line = _STATUS.match(raw, place)
        head_ends = raw.find(b"\r\n\r\n", place)
        if not line or head_ends < 0:
            raise ValueError(raw[place : place + 80])
        head = raw[place:head_ends]
        length = _LENGTH.search(head)
        place = head_ends + 4
        count = int(length[1]) if length and int(line[1]) >= 200 else 0
        if b"Transfer-Encoding: chunked" in head:
            count = len(raw) - place
        found.append((int(line[1]), raw[place : place + count]))
        place += count
    return [one for one in found if one[0] >= 200]


def faults(raw: bytes) -> Iterator[str]:
    """What is wrong with the bytes that came back."""
    try:
        got = replies(raw)
    except ValueError:
        yield "wire: not HTTP"
        return
    for status, body in got:
        if status >= 500 and status not in (501, 505):
            yield f"status: {status}"
        if status >= 400:
            if TRACE.search(body.decode("utf-8", "replace")):
                yield "mark: in a refusal"
            if body and b'"OperationOutcome"' not in body:
                yield f"outcome: {status} is not an OperationOutcome"


def odd(seed: int, number: int) -> bytes:
    """Request `number` of this seed: one of those above or a mutant of a body, and its bytes damaged, now and then."""
    die = random.Random(f"wire/{seed}/{number}")
    if die.random() < 0.4:
        raw = die.choice(list(NAMED.values()))[0]
    else:
        path = die.choice((TRIAGE, TRIAGE, VALIDATE))
        first = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n".encode()
        body = mutated(die, die.choice(("4.0", "5.0")))
        cut = die.randrange(len(body) + 1)
        raw = post(body, first=first) if die.random() < 0.6 else chunked(*filter(None, (body[:cut], body[cut:])))
    for _ in range(die.choice((0, 0, 1, 1, 3))):
        place = die.randrange(min(len(raw), 400) + 1)
        piece = die.choice(
            (b"", b"\r\n", b"\n", b"\r", b"\x00", b" ", b":", b"\xff", b"\t", b"0", b"-", b",", MARK.encode())
        )
        raw = raw[:place] + piece + raw[place + die.choice((0, 0, 1, 2)) :]
    if die.random() < 0.1:
        raw = raw[: die.randrange(len(raw) + 1)]
    return raw * (die.choice((2, 5)) if len(raw) < 20_000 and die.random() < 0.1 else 1)
