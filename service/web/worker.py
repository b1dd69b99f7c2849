"""The worker process: gunicorn's parser on gevent's connections, so that whoever is slow holds up nobody else."""

from __future__ import annotations

import contextlib
import logging
import select
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gevent
import orjson
from gevent import socket
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.http.errors import (
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.ggevent import GeventWorker

from service.fhir_io.outcome import operation_outcome
from service.metrics import count_unread
from service.observe import log
from service.problems import Kind, Problem
from service.web.connection import Connection
from service.web.edges import TooSlow, too_slow
from service.web.headers import SECURITY_HEADERS
from service.web.negotiation import FHIR_JSON
from service.web.told import NO_OPERATION

SILENT_SECONDS = 2.0
"""A connection that was silent for so long has no request on its way, and may be hung up on."""

LET_IN_SECONDS, LET_IN_MOST_SECONDS = 0.1, 5.0
"""How long to listen on after being told to end: until who is connecting is connected, and the queue is empty."""

SPARE_CONNECTIONS = 64
SPARE_SECONDS = 2.0
"""Places beyond those that are allowed: for watchers, and to tell all others quickly that there is no room."""

LOOK_EVERY_SECONDS = 1.0
ENDING_LOOK_EVERY_SECONDS = 0.02

NOT_HTTP = Problem(
    Kind.MALFORMED, "", "The request is not HTTP that is understood here.", "Send it again, well-formed."
)
"""The answer to what never reaches the application: a broken request line, header or chunk."""

FAILED = Problem(Kind.FAULT, "", "The service failed. Nothing was triaged.", "Send it again, or report it.")


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's worker, except that it patches nothing, waits for nobody too long and answers all as FHIR."""

    def patch(self) -> None:
        """Have gevent wait on the listeners, and leave the standard library as it is."""
        self.sockets: list[Any] = [
            socket.socket(one.FAMILY, socket.SOCK_STREAM, fileno=one.sock.detach()) for one in self.sockets
        ]

    def init_signals(self) -> None:
        """Let SIGHUP be for the master alone: sent to all processes, as `pkill` does, it would end the workers."""
        self.told_to_end = Event()
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Take it from the master that it is time to end."""
        super().handle_exit(sig, frame)
        self.told_to_end.set()

    def run(self) -> None:
        """Serve until told to end; then let everyone in who is at the door, and finish what they ask."""
        self.connections: set[Connection] = set()
        servers = [self._listen(one) for one in self.sockets]
        while self.alive:
            self._look_after(servers)
            self.told_to_end.wait(LOOK_EVERY_SECONDS)
        ends = time.monotonic() + self.cfg.graceful_timeout - 1  # before the master puts an end to it
        gevent.sleep(LET_IN_SECONDS)
        self._go_on(servers, min(ends, time.monotonic() + LET_IN_MOST_SECONDS), lambda: any(map(_in_use, servers)))
        for server in servers:
            server.close()
        self._go_on(servers, ends, lambda: bool(self.connections))
        if self.connections:
            log("cut off", severity=logging.WARNING, connections=len(self.connections))

    def _go_on(self, servers: Sequence[StreamServer], ends: float, needed: Callable[[], bool]) -> None:
        while needed() and time.monotonic() < ends:
            self._look_after(servers)
            gevent.sleep(ENDING_LOOK_EVERY_SECONDS)

    def _listen(self, listener: Any) -> StreamServer:
        """Take connections of one address, of each no more than are allowed: the admin address has its own."""
        pool = Pool(self.worker_connections + SPARE_CONNECTIONS)
        server = StreamServer(listener, handle=partial(self.handle, (listener, pool)), spawn=pool)
        if self.cfg.workers > 1:
            server.max_accept = 1  # leave some to the others
        server.start()
        return server

    def _look_after(self, servers: Sequence[StreamServer]) -> None:
        """Show the master that we live; hang up on who is silent, if we are to end or others wait for the place."""
        self.notify()
        if self.app.tls:
            self.app.tls.look()
        if not self.alive or any(len(server.pool) >= self.worker_connections for server in servers):
            before = time.monotonic() - SILENT_SECONDS
            for connection in [one for one in self.connections if 0 < one.idle_since < before]:
                connection.hang_up()

    def timeout_ctx(self) -> Any:
        """Gunicorn's limit to silence, of which each connection has its own."""
        return contextlib.nullcontext()

    def handle(self, came_by: tuple[Any, Pool], client: Any, addr: Any) -> None:
        """Answer the requests of one connection, one after the other."""
        listener, pool = came_by
        is_spare = len(pool) > self.worker_connections
        seconds = min(self.app.request_timeout, SPARE_SECONDS) if is_spare else self.app.request_timeout
        connection = Connection(client, seconds=seconds, idle_seconds=self.cfg.keepalive, is_spare=is_spare)
        self.connections.add(connection)
        try:
            if not self.app.tls or listener.getsockname()[1] != self.app.tls_port or self._secured(connection):
                super().handle(connection, connection, addr)  # of a listener only its name is asked, which is the same
        finally:
            self.connections.discard(connection)

    def _secured(self, connection: Connection) -> bool:
        """Whether the caller and we agree on TLS; else the connection is closed."""
        try:
            connection.secure(self.app.tls.context)
        except OSError as error:
            log("no tls", severity=logging.DEBUG, error_type=getattr(error, "reason", None) or type(error).__name__)
            connection.close()
            return False
        return True

    def handle_request(self, listener_name: Any, req: Any, connection: Connection, addr: Any) -> None:
        """Answer a request that is there, of which only we know that it came by TLS."""
        req.must_close = connection.is_spare or req.must_close
        if connection.is_secure:
            req.scheme = "https"
        super().handle_request(listener_name, req, connection, addr)

    def handle_error(self, _req: object, client: Any, _addr: object, exc: BaseException) -> None:
        """Answer a request that could not be read; neither the answer nor the log repeats any of it."""
        status, problem = refusal(exc)
        event, severity = ("unreadable", logging.WARNING) if status[0] == "4" else ("fault", logging.ERROR)
        log(event, severity=severity, status=int(status[:3]), error_type=type(exc).__name__)
        count_unread(self.watch.tally, NO_OPERATION, status[:3])
        body = orjson.dumps(operation_outcome([problem]))
        headers = {**SECURITY_HEADERS, "Content-Type": FHIR_JSON, "Content-Length": len(body), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            client.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)
        except OSError:
            log("unanswered", severity=logging.DEBUG)


def _in_use(server: StreamServer) -> bool:
    """Whether someone is connected to the address who has not been let in."""
    return bool(server.full() or select.select([server.socket], [], [], 0)[0])


def refusal(exc: BaseException) -> tuple[str, Problem]:
    """Status line and words for what never reached the application, or broke outside of it."""
    if isinstance(exc, TooSlow):
        return "408 Request Timeout", too_slow(exc)
    if isinstance(exc, LimitRequestLine):
        return "414 URI Too Long", NOT_HTTP
    if isinstance(exc, LimitRequestHeaders):
        return "431 Request Header Fields Too Large", NOT_HTTP
    if isinstance(exc, ParseException) and not isinstance(exc, InvalidResponseHeader | InvalidResponseHeaderName):
        return "400 Bad Request", NOT_HTTP
    return "500 Internal Server Error", FAILED
