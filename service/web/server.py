"""The production server: gunicorn runs the Flask application, loaded once and shared by its worker processes."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.fhir_io.outcome import operation_outcome
from service.observe import log
from service.problems import Kind, Problem
from service.settings import Settings
from service.web.app import create_app
from service.web.edges import SECURITY_HEADERS
from service.web.negotiation import FHIR_JSON
from service.wiring import Service, warm_up

KEEP_ALIVE_SECONDS = 75
GRACEFUL_SECONDS = 30


NOT_HTTP = operation_outcome(
    [Problem(Kind.MALFORMED, "", "The request is not HTTP that is understood here.", "Send it again, well-formed.")]
)
"""The answer to what never reaches the application: a broken request line, header or chunk."""


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own log, which would quote addresses and messages: of an exception it learns the type only."""

    def exception(self, *_: object, **__: object) -> None:
        """Log the type of the exception that is being handled."""
        kind = sys.exc_info()[0]
        log("fault", severity=logging.ERROR, error_type=kind.__name__ if kind else "", error_place="gunicorn")


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's worker, except that what it cannot read is answered as FHIR and never quoted."""

    def handle_error(self, _req: object, client: Any, _addr: object, exc: Exception) -> None:
        """Answer a request that gunicorn could not read; neither the answer nor the log repeats any of it."""
        status = "400 Bad Request"
        if isinstance(exc, LimitRequestLine):
            status = "414 URI Too Long"
        elif isinstance(exc, LimitRequestHeaders):
            status = "431 Request Header Fields Too Large"
        log("unreadable", severity=logging.WARNING, status=int(status[:3]), error_type=type(exc).__name__)
        body = json.dumps(NOT_HTTP, separators=(",", ":")).encode()
        headers = {**SECURITY_HEADERS, "Content-Type": FHIR_JSON, "Content-Length": len(body), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            write_nonblock(client, f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)
        except OSError:
            log("unanswered", severity=logging.DEBUG)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's way to be started from Python: it asks for the settings and for the application."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over; gunicorn refuses one that it does not know."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application."""
        return self._app


def run(settings: Settings, service: Service) -> None:
    """Serve until a signal ends it; SIGTERM lets running requests finish."""
    app = create_app(settings, service)
    warm_up(service)
    options = {
        "bind": f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": _Worker,
        "logger_class": _Log,
        "threads": settings.threads,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    log("serving", address=f"http://{options['bind']}", workers=settings.workers)
    _Server(app, options).run()
