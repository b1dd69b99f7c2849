"""GET /health/live and /health/ready: whether the process runs, and whether it can triage."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from service.web.edges import the_service
from service.web.in_force import named

DOOR = Blueprint("health", __name__, url_prefix="/health")


@DOOR.get("/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@DOOR.get("/ready")
def ready() -> Response:
    """Rules are loaded; says which, and how the last reload ended: after a refused one the last good rules serve."""
    last = current_app.extensions["in_force"].last_reload()
    told = {"lastReload": {"state": last["state"], "at": last["at"]}} if last else {}
    return jsonify(status="ready", ruleSets=named(the_service().triage.served), **told)
