"""A connection to a caller: how long it may take for a request, for a reply and between two, and whether it waits."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import ssl
import time
from typing import Any

import gevent
from gevent import socket as gevent_socket
from gevent.ssl import SSLContext
from gunicorn.http.errors import NoMoreData
from gunicorn.util import close_graceful

from service.observe import log
from service.web.edges import TooSlow


class Connection:
    """A socket of gevent as gunicorn reads and writes it; all that is not said here is the socket's own.

    A request must be in, head and body, `seconds` after its first byte, and each part of a reply be taken in the same
    time. Between two requests the caller may be silent for `idle_seconds`; before the first, for `seconds`.
    """

    def __init__(self, client: Any, *, seconds: float, idle_seconds: float, is_spare: bool = False) -> None:
        self._client = client
        self.is_spare = is_spare
        self.is_secure = False
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._wait = seconds
        self._ends = 0.0
        self.idle_since = 0.0

    def __getattr__(self, name: str) -> Any:
        """All else: the socket's own."""
        return getattr(self._client, name)

    def secure(self, context: SSLContext) -> None:
        """Agree on TLS; OSError when that is not done within the time of a request."""
        with gevent.Timeout(self._seconds, TimeoutError()):
            self._client = context.wrap_socket(self._client, server_side=True)
        self.is_secure = True

    @property
    def certificate(self) -> bytes | None:
        """The certificate that the caller has shown, as DER; its issuer is one that was set."""
        shown: bytes | None = self._client.getpeercert(binary_form=True) if self.is_secure else None
        return shown

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
        except ssl.SSLError:
            raise ConnectionResetError(errno.ECONNRESET, "TLS was broken") from None
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
        except ssl.SSLError:
            raise BrokenPipeError(errno.EPIPE, "TLS was broken") from None

    def close(self) -> None:
        """Close so that the caller still gets all that was sent, though it may be sending itself (RFC 9112, 9.6)."""
        if self.is_secure:
            self._client.settimeout(0)
            with contextlib.suppress(OSError, ValueError):  # told that no more comes, the caller need not answer it
                self._client.unwrap()
        close_graceful(self._client)

    def hang_up(self) -> None:
        """Let a connection that waits for a request find that none comes; one that is there already is still read."""
        with contextlib.suppress(OSError):  # it may have hung up meanwhile
            gevent_socket.socket.shutdown(self._client, socket.SHUT_RD)  # that of TLS would go on in the clear
