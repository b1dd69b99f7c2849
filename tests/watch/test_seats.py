"""Seats in shared memory: given out by the master, written by workers that may die at any moment, read by all."""

from __future__ import annotations

import os

import pytest

from service.web.seats import PAGE_BYTES, PageTooSmall, new_seats


def test_each_seat_is_given_to_one_worker_at_a_time() -> None:
    seats = new_seats(2)
    taken = [seats.take() for _ in range(9)]
    assert taken == [0, 1, 2, 3, 4, 5, 6, 7, None]
    assert seats.starts == 8
    seats.leave(3)
    assert (seats.take(), seats.starts) == (3, 9)


def test_who_has_said_nothing_does_not_serve_yet_and_who_is_gone_no_longer() -> None:
    seats = new_seats(1)
    seat = seats.take()
    assert seat is not None
    assert (seats.speaking(), seats.told(seat)) == ([], b"")
    seats.tell(seat, b"well")
    assert (seats.speaking(), seats.told(seat)) == ([seat], b"well")
    seats.leave(seat)
    assert (seats.speaking(), seats.told(seat)) == ([], b"well"), "what it counted stays"


def test_what_a_worker_says_is_heard_in_another_process() -> None:
    seats = new_seats(2)
    mine, its = seats.take(), seats.take()
    assert (mine, its) == (0, 1)
    child = os.fork()
    if not child:
        for number in range(1000):
            seats.tell(1, b"%d " % number * 5000)
        os._exit(0)
    heard = set()
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        said = seats.told(1)
        parts = set(said.split())
        assert len(parts) <= 1, "never half of one and half of another"
        heard |= parts
    assert seats.told(1) == b"999 " * 5000


def test_a_page_that_was_being_written_when_its_worker_died_is_not_read() -> None:
    seats = new_seats(1)
    seats.take()
    seats.tell(0, b"before")
    start = seats._page(0, 1 - seats.memory[seats._at(0) + 1])
    seats.memory[start : start + 4] = b"\xff\xff\xff\xff"
    assert seats.told(0) == b"before"
    seats.tell(0, b"after")
    assert seats.told(0) == b"after"


def test_a_page_that_is_broken_is_not_believed() -> None:
    seats = new_seats(1)
    seats.tell(0, b"before")
    start = seats._page(0, seats.memory[seats._at(0) + 1])
    seats.memory[start + 9] ^= 1
    assert seats.told(0) == b""


def test_more_than_there_is_room_for_is_refused_and_changes_nothing() -> None:
    seats = new_seats(1)
    seats.tell(0, b"before")
    with pytest.raises(PageTooSmall):
        seats.tell(0, b"x" * PAGE_BYTES)
    assert seats.told(0) == b"before"
    assert seats.told(1) == b"", "and nobody's neighbour either"
