"""The production server: gunicorn runs the Flask application, loaded once and shared by its worker processes."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.observe import log
from service.settings import Settings
from service.web.app import create_app
from service.wiring import Service

KEEP_ALIVE_SECONDS = 75
GRACEFUL_SECONDS = 30


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
    options = {
        "bind": f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": settings.threads,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    log("serving", address=f"http://{options['bind']}", workers=settings.workers)
    _Server(app, options).run()
