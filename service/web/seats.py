"""What the workers tell each other: each has a seat in memory that all share, writes only there, and may read all."""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass

PAGE_BYTES = 1024 * 1024
"""Room for what one worker tells, with some ten thousand criteria; what is never written costs nothing."""

FREE, TAKEN, SPEAKING = 0, 1, 2
"""Nobody sits there; somebody does who has said nothing yet; somebody does who has."""

_STARTS = struct.Struct("<Q")
_HEAD = struct.Struct("<BB")
"""The state of a seat, and which of its two pages was written last."""

_PAGE = struct.Struct("<II")
"""Length and CRC of what stands on a page."""

_SEAT_BYTES = 64 + 2 * PAGE_BYTES
_READINGS = 100


class PageTooSmall(Exception):  # noqa: N818 - the name says what is the matter
    """Raised when what a worker has to tell does not fit."""


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats, made by the master before it forks. It alone gives them out, so no two workers have the same.

    Of two pages the older is written and then named the newer: whoever reads never waits, and whoever dies while
    writing leaves what it said before. What was counted stays when a worker is gone, and its successor goes on from it.
    """

    memory: mmap.mmap
    count: int

    @property
    def starts(self) -> int:
        """How many workers were given a seat so far."""
        (count,) = _STARTS.unpack_from(self.memory)
        return int(count)

    def take(self) -> int | None:
        """A free seat, for a worker that is about to start; None when there is none. For the master alone."""
        free = next((seat for seat in range(self.count) if self._state(seat) == FREE), None)
        if free is not None:
            self.memory[self._at(free)] = TAKEN
            _STARTS.pack_into(self.memory, 0, self.starts + 1)
        return free

    def leave(self, seat: int) -> None:
        """Say that the worker is gone. For the master alone."""
        self.memory[self._at(seat)] = FREE

    def tell(self, seat: int, said: bytes) -> None:
        """Write what the worker in the seat has to tell, in place of what it told before."""
        if _PAGE.size + len(said) > PAGE_BYTES:
            raise PageTooSmall
        at = self._at(seat)
        page = 1 - self.memory[at + 1]
        start = self._page(seat, page)
        self.memory[start : start + _PAGE.size + len(said)] = _PAGE.pack(len(said), zlib.crc32(said)) + said
        self.memory[at + 1] = page
        self.memory[at] = SPEAKING

    def told(self, seat: int) -> bytes:
        """What was told last from the seat, by whoever; empty when nothing was."""
        for _ in range(_READINGS):
            start = self._page(seat, self.memory[self._at(seat) + 1])
            length, crc = _PAGE.unpack_from(self.memory, start)
            said = self.memory[start + _PAGE.size : start + _PAGE.size + min(length, PAGE_BYTES)]
            if zlib.crc32(said) == crc:
                return said
        return b""  # it is written faster than it is read, which nothing here does

    def speaking(self) -> list[int]:
        """The seats of workers that serve."""
        return [seat for seat in range(self.count) if self._state(seat) == SPEAKING]

    def _state(self, seat: int) -> int:
        return self.memory[self._at(seat)]

    def _at(self, seat: int) -> int:
        return _STARTS.size + seat * _SEAT_BYTES

    def _page(self, seat: int, page: int) -> int:
        return self._at(seat) + 64 + page * PAGE_BYTES


def new_seats(workers: int) -> Seats:
    """Seats for so many workers and some more: a new one may come before an old one is gone."""
    count = 2 * workers + 4
    return Seats(mmap.mmap(-1, _STARTS.size + count * _SEAT_BYTES), count)
