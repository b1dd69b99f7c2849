"""The Flask application: which door stands at which address."""

from __future__ import annotations

from flask import Flask

from service.observe import start_logging
from service.settings import BESIDE, Settings
from service.web import (
    access,
    definitions,
    doorstep,
    edges,
    health,
    metrics,
    openapi,
    page,
    proxies,
    reference,
    throttling,
    triage,
    validate,
)
from service.web.board import Board
from service.web.cross_origin import opened
from service.web.in_force import InForce
from service.web.seats import Seats
from service.web.watch import Watch, try_vignettes
from service.wiring import Service, build_service


def create_app(
    settings: Settings, service: Service | None = None, *, board: Board | None = None, seats: Seats | None = None
) -> Flask:
    """The application for these settings; RuleSetInvalid when rules have errors.

    `service` may be given ready made, a `board` by which another process puts other rules in force, and `seats` by
    which several processes tell each other how they are.
    """
    start_logging(settings.log_level)
    app = Flask("service.web", static_url_path="/static")
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # else // is sent elsewhere, by a page that repeats the address
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    in_force = InForce(service or build_service(settings), board)
    app.extensions["watch"] = watch = Watch(in_force, seats=seats)
    _open_doors(app, settings)
    access.keep(app, settings)
    throttling.keep(app, settings)
    inner = opened(doorstep.guarded(app.wsgi_app, settings), settings.cors_origins.split())
    app.wsgi_app = inner  # type: ignore[method-assign, assignment]  # Flask's own way to be wrapped
    edges.surround(app)
    app.wsgi_app = proxies.trusting(app.wsgi_app, settings)  # type: ignore[method-assign, assignment]  # the same
    try_vignettes(watch)
    return app


def _open_doors(app: Flask, settings: Settings) -> None:
    for door in (triage.DOOR, validate.DOOR, definitions.DOOR):
        app.register_blueprint(door, url_prefix="/fhir")
    for door in (health.DOOR, openapi.DOOR, page.DOOR, reference.DOOR, access.DOOR):
        app.register_blueprint(door)
    if settings.metrics_address == BESIDE:
        app.register_blueprint(metrics.DOOR)
