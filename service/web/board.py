"""What the master process tells its workers: the rules in force and how the last reload ended, in shared memory."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import time
from dataclasses import dataclass
from typing import Any

SIZE = 32 * 1024 * 1024
"""Room for a few hundred rule sets; memory that is never written costs nothing."""

ROOM_FOR_OUTCOME = 4 * 1024 * 1024
"""Of it, never given to rules, so that a refusal can always be told."""

_BEGUN = struct.Struct("<Q")
_HEAD = struct.Struct("<QQQQ32s")
"""Number of the last reload that ended, of the one that the rules come from, length of outcome and rules, SHA-256."""

_BODY = _BEGUN.size + _HEAD.size
_RULES = slice(_BEGUN.size + 8, _BEGUN.size + 16)
_READ_WITHIN_SECONDS = 2.0


class BoardTooSmall(Exception):  # noqa: N818 - the name says what is the matter
    """Raised when the rules do not fit."""


@dataclass(frozen=True, slots=True)
class Told:
    """One reading of the board. `outcome` is empty, and both numbers are 0, until a reload has ended."""

    number: int
    rules_from: int
    outcome: dict[str, Any]
    rules: bytes


@dataclass(frozen=True, slots=True)
class Board:
    """Memory that the master shares with every worker it forks: only the master writes, so nobody waits for a lock.

    Reading compares a digest, so that nothing half-written is ever taken.
    """

    memory: mmap.mmap
    master: int

    def begin(self) -> None:
        """Say that a reload is under way."""
        _BEGUN.pack_into(self.memory, 0, self.begun + 1)

    @property
    def begun(self) -> int:
        """How many reloads have begun."""
        (count,) = _BEGUN.unpack_from(self.memory)
        return int(count)

    @property
    def rules_from(self) -> int:
        """The reload that the rules come from, unproven: asked before each request, so it must cost nothing."""
        return int.from_bytes(self.memory[_RULES], "little")

    def end(self, outcome: dict[str, Any], rules: bytes | None) -> int:
        """Say how the reload that was begun last has ended; without `rules` those told before stay in force."""
        before, number = self.read(), self.begun
        kept = before.rules if rules is None else rules
        rules_from = before.rules_from if rules is None else number
        told = json.dumps(outcome).encode()
        if rules is not None and _BODY + len(rules) > SIZE - ROOM_FOR_OUTCOME:
            raise BoardTooSmall
        self.memory[_BODY : _BODY + len(told) + len(kept)] = told + kept
        counts = (number, rules_from, len(told), len(kept))
        self.memory[_BEGUN.size : _BODY] = _HEAD.pack(*counts, _digest(counts, told + kept))
        return rules_from

    def read(self) -> Told:
        """What is told now; waits for the moment that it takes the master to write it."""
        deadline = time.monotonic() + _READ_WITHIN_SECONDS
        while True:
            *counts, digest = _HEAD.unpack(self.memory[_BEGUN.size : _BODY])
            number, rules_from, told, kept = counts
            if number == 0:
                return Told(0, 0, {}, b"")
            body = self.memory[_BODY : _BODY + told + kept]
            if _digest(tuple(counts), body) == digest:
                return Told(number, rules_from, json.loads(body[:told]), body[told:])
            if time.monotonic() > deadline:
                raise TimeoutError("what the master tells cannot be read")
            time.sleep(0.001)


def new_board() -> Board:
    """An empty board; to be made by the master before it forks."""
    return Board(mmap.mmap(-1, SIZE), os.getpid())


def _digest(counts: tuple[int, ...], body: bytes) -> bytes:
    return hashlib.sha256(struct.pack("<QQQQ", *counts) + body).digest()
