"""A connection to a caller: how long it may take for a request, for a reply and between two, and whether it waits."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import time
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.util import close_graceful

from service.observe import log
from service.web.edges import TooSlow


class Connection:
    """A socket of gevent as gunicorn reads and writes it; all that is not said here is the socket's own.

    A request must be in, head and body, `seconds` after its first byte, and each part of a reply be taken in the same
    time. Between two requests the caller may be silent for `idle_seconds`; before the first, for `seconds`.
    """

    def __init__(self, client: Any, *, seconds: float, idle_seconds: float) -> None:
        self._client = client
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._wait = seconds
        self._ends = 0.0
        self.idle_since = 0.0

    def __getattr__(self, name: str) -> Any:
        """All else: the socket's own."""
        return getattr(self._client, name)

    def recv(self, size: int) -> bytes:
        """What comes next; TooSlow within a request that takes too long, NoMoreData when none comes at all."""
        if self._ends:
            return self._receive(size, self._ends - time.monotonic(), TooSlow)
        self.idle_since = time.monotonic()
        came = self._receive(size, self._wait, NoMoreData)
        self.idle_since = 0.0
        self._ends = time.monotonic() + self._seconds
        return came

    def _receive(self, size: int, seconds: float, too_long: type[Exception]) -> bytes:
        if seconds <= 0:
            raise too_long(f"{self._seconds:g}")
        self._client.settimeout(seconds)
        try:
            came: bytes = self._client.recv(size)
        except TimeoutError:
            raise too_long(f"{self._seconds:g}") from None
        finally:
            self._client.settimeout(self._seconds)
        return came

    def sendall(self, data: bytes) -> None:
        """Send a part of a reply: what is received after it belongs to another request.

        Who does not take it in time is taken to have hung up.
        """
        self._ends, self._wait = 0.0, self._idle_seconds
        try:
            self._client.sendall(data)
        except TimeoutError:
            log("not taken", severity=logging.WARNING)
            raise BrokenPipeError(errno.EPIPE, "the caller does not take the reply") from None

    def close(self) -> None:
        """Close so that the caller still gets all that was sent, though it may be sending itself (RFC 9112, 9.6)."""
        close_graceful(self._client)

    def hang_up(self) -> None:
        """Let a connection that waits for a request find that none comes; one that is there already is still read."""
        with contextlib.suppress(OSError):  # it may have hung up meanwhile
            self._client.shutdown(socket.SHUT_RD)
