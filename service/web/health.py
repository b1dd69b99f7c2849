"""GET /health/live, /health/started and /health/ready: whether the process runs, has begun, and can triage."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from service.web.in_force import named
from service.web.watch import Watch, failed_vignettes

DOOR = Blueprint("health", __name__, url_prefix="/health")


@DOOR.get("/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@DOOR.get("/started")
def started() -> tuple[Response, int]:
    """Rules are loaded and every vignette was tried, however that ended."""
    is_so = _watch().canary.tried_at > 0
    return jsonify(status="started" if is_so else "starting"), 200 if is_so else 503


@DOOR.get("/ready")
def ready() -> tuple[Response, int]:
    """Rules are loaded, and every known vignette gets its level in every worker; else 503 and which does not.

    Says which rules, and how the last reload ended: after a refused one the last good rules serve, so it stays ready.
    """
    watch = _watch()
    last, failed = watch.in_force.last_reload(), failed_vignettes(watch)
    told: dict[str, Any] = {"lastReload": {"state": last["state"], "at": last["at"]}} if last else {}
    service = watch.in_force.now()
    if not watch.canary.tried_at:
        return jsonify(status="starting"), 503
    if failed:
        return jsonify(status="unsafe", failedVignettes=failed, ruleSets=named(service.triage.served), **told), 503
    return jsonify(status="ready", ruleSets=named(service.triage.served), vignettes=len(service.vignettes), **told), 200


def _watch() -> Watch:
    watch: Watch = current_app.extensions["watch"]
    return watch
