"""The production server: gunicorn runs the Flask applications, loaded once and shared by its worker processes."""

from __future__ import annotations

import gc
import logging
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from service.observe import log
from service.security.exposure import log_access
from service.settings import Settings
from service.web.admin import create_admin
from service.web.app import create_app
from service.web.board import new_board
from service.web.edges import Wsgi
from service.web.listening import turn_away_newcomers
from service.web.reload import reload_rules
from service.web.room import usable
from service.web.tls import Tls
from service.web.turns import Turns, in_turn
from service.web.worker import Worker
from service.wiring import Service, warm_up

KEEP_ALIVE_SECONDS = 75
GRACEFUL_SECONDS = 30


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own log, which would quote addresses and messages: of an exception it learns the type only."""

    def exception(self, *_: object, **__: object) -> None:
        """Log the type of the exception that is being handled."""
        kind = sys.exc_info()[0]
        log("fault", severity=logging.ERROR, error_type=kind.__name__ if kind else "", error_place="gunicorn")


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's master, except that SIGHUP reloads the rules; gunicorn itself would replace every worker."""

    def reload(self) -> None:
        """Have the rules reloaded; the workers stay, and take over what is told."""
        self.app.reload_rules()

    def stop(self, graceful: bool = True) -> None:
        """End: whoever is connected by now is still answered. Sockets that other servers hold, too, are left alone."""
        if graceful and not (self.reexec_pid or self.master_pid or self.systemd):
            turn_away_newcomers(one.sock for one in self.LISTENERS)
        super().stop(graceful)

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Several SIGHUP that came meanwhile are one: it reads what they are all about, and SIGTERM waits for one."""
        came: list[int] = super().wait_for_signals(timeout)
        return [one for place, one in enumerate(came) if one != signal.SIGHUP or came.index(one) == place]


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's way to be started from Python: it asks for the settings and for the application."""

    def __init__(
        self, app: Wsgi, settings: Settings, options: dict[str, Any], reload_rules: Callable[[], None]
    ) -> None:
        self._app = app
        self._options = options
        self.request_timeout = settings.request_timeout
        self.tls = Tls(settings) if settings.tls_certificate else None
        self.tls_port = settings.port
        self.reload_rules = reload_rules
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over; gunicorn refuses one that it does not know."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        """The WSGI application."""
        return self._app

    def run(self) -> None:
        """Serve under our own master; what gunicorn would catch here is nothing that we do."""
        _Arbiter(self).run()


def run(settings: Settings, service: Service) -> None:
    """Serve until a signal ends it; SIGTERM lets running requests finish."""
    gc.freeze()
    board = new_board()
    app = create_app(settings, service, board=board)
    in_force = app.extensions["in_force"]
    warm_up(service)
    options = _options(settings)
    scheme = "https" if settings.tls_certificate else "http"
    log("serving", address=f"{scheme}://{options['bind'][0]}", workers=options["workers"])
    log_access(settings)
    turns = app.extensions["turns"] = Turns(settings.max_waiting)
    wsgi: Wsgi = in_turn(app, turns)
    if settings.admin:
        log("serving admin", address=f"http://{options['bind'][1]}")
        wsgi = by_listener(wsgi, create_admin(in_force, board), admin_port=settings.admin[1])
    gc.freeze()  # what is there now stays: no worker looks through it for garbage, and so copies the pages it is in
    _Server(wsgi, settings, options, lambda: reload_rules(in_force, board)).run()


def by_listener(app: Wsgi, admin: Flask, *, admin_port: int) -> Wsgi:
    """What came in by the admin address to its own application, all else to the other.

    Gunicorn takes SERVER_PORT from the socket that accepted the connection; no header can change it.
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        return (admin if environ["SERVER_PORT"] == str(admin_port) else app)(environ, start_response)

    return serve


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "bind": [_address(*place) for place in ((settings.host, settings.port), settings.admin) if place],
        "workers": settings.workers or usable(),
        "worker_class": Worker,
        "worker_connections": settings.connections,
        "logger_class": _Log,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "loglevel": "warning",
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # what proxies say is for web/proxies.py to believe, and for nobody before it
        "secure_scheme_headers": {},
        "forwarder_headers": "",
    }


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
