"""Requests wait for their turn in a line of limited length; who finds it full is told so at once."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import gevent
from gevent.event import Event

from service.web.edges import CAME, Wsgi
from service.web.negotiation import Sent

BUSY = "triage.busy"
"""The mark of a request that is to be answered with 503 and not triaged."""

PROBES = ("/health/", "/metrics")
"""What is asked for by whoever watches the service, above all when there is too much to do."""


def is_probe(sent: Sent) -> bool:
    """Whether a request comes from a watcher's address, which is never refused for want of room."""
    path: str = sent["PATH_INFO"]
    return path.startswith(PROBES[0]) or path == PROBES[1]


class Turns:
    """The line of one worker: greenlets that have a request and wait until it is theirs to work on it.

    Work takes the processor and gives it back when it is done, so several at once would only make all of them late.
    Between two of them the loop looks at the connections, and who finds the line full is told so. Should that take
    longer than a turn, the line gets as much time as it took: who does nothing but ask again cannot have all of it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._line: deque[Event] = deque()
        self._turned_away: list[Event] = []
        self._calling = False
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many are in the line."""
        return len(self._line)

    def take(self, *, has_place: bool = True) -> bool:
        """Wait for a turn; False at the next occasion when the line is full, or for who has no place in it."""
        called = Event()
        gets_turn = has_place and len(self._line) < self._most
        (self._line if gets_turn else self._turned_away).append(called)
        if not self._calling:
            self._calling = True
            gevent.spawn(self._call)
        called.wait()
        self.refused += not gets_turn
        return gets_turn

    def _call(self) -> None:
        while self._line or self._turned_away:
            began = time.monotonic()
            _look_at_connections()
            while self._turned_away:
                self._turned_away.pop().set()
            gevent.sleep(0)  # who was called runs now, until the reply is sent
            told = time.monotonic()
            while self._line:
                self._line.popleft().set()
                gevent.sleep(0)
                if time.monotonic() - told >= told - began:
                    break
        self._calling = False


def _look_at_connections() -> None:
    """One round of the event loop; a sleep of 0 would let up to fifty of those run first who are ready to."""
    hub = gevent.get_hub()
    with hub.loop.timer(0.0) as at_once:
        hub.wait(at_once)


def in_turn(inner: Wsgi, turns: Turns) -> Wsgi:
    """Have each request wait for its turn, and mark those that get none, or that have no place of their own."""

    def around(sent: dict[str, Any], start_response: Any) -> Any:
        sent[CAME] = time.perf_counter()
        if is_probe(sent):
            gevent.sleep(0)
        elif not turns.take(has_place=not sent["gunicorn.socket"].is_spare):
            sent[BUSY] = True
        return inner(sent, start_response)

    return around
