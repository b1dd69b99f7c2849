"""The production server: gunicorn runs the Flask applications, loaded once and shared by its worker processes."""

from __future__ import annotations

import gc
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from service.observe import log, silence_others
from service.security.exposure import log_access
from service.settings import Settings
from service.web.admin import create_admin
from service.web.app import create_app
from service.web.board import new_board
from service.web.edges import Wsgi
from service.web.listening import turn_away_newcomers
from service.web.metrics import create_metrics
from service.web.minding import hooks
from service.web.reload import reload_rules
from service.web.room import usable
from service.web.seats import new_seats
from service.web.tls import Tls
from service.web.turns import Turns, in_turn
from service.web.watch import Watch, make_ready
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
    board, options = new_board(), _options(settings)
    seats = new_seats(options["workers"])
    app = create_app(settings, service, board=board, seats=seats)
    silence_others()
    watch: Watch = app.extensions["watch"]
    warm_up(service)
    scheme = "https" if settings.tls_certificate else "http"
    log("serving", address=f"{scheme}://{options['bind'][0]}", workers=options["workers"])
    log_access(settings)
    others: dict[str, Wsgi] = {}
    if settings.admin:
        log("serving admin", address=f"http://{_address(*settings.admin)}")
        others[str(settings.admin[1])] = create_admin(watch.in_force, board)
    if settings.metrics:
        log("serving metrics", address=f"http://{_address(*settings.metrics)}")
        others[str(settings.metrics[1])] = create_metrics(watch)
    if settings.metrics_address:
        make_ready(watch)
    turns = app.extensions["turns"] = Turns(settings.max_waiting)
    watch.waiting = lambda: turns.waiting
    serving = by_listener(in_turn(app, turns), others)
    gc.freeze()  # what is there now stays: no worker looks through it for garbage, and so copies the pages it is in
    options |= hooks(watch, settings, seats)
    _Server(serving, settings, options, lambda: reload_rules(watch.in_force, board)).run()


def by_listener(app: Wsgi, others: Mapping[str, Wsgi]) -> Wsgi:
    """What came in by the port of another application to that, all else to the service's own.

    Gunicorn takes SERVER_PORT from the socket that accepted the connection; no header can change it.
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        return others.get(environ["SERVER_PORT"], app)(environ, start_response)

    return serve if others else app


def _options(settings: Settings) -> dict[str, Any]:
    places = ((settings.host, settings.port), settings.admin, settings.metrics)
    return {
        "bind": [_address(*place) for place in places if place],
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
