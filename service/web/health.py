"""GET /health/live and /health/ready: whether the process runs, and whether it can triage."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.web.edges import the_service

DOOR = Blueprint("health", __name__, url_prefix="/health")


@DOOR.get("/live")
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@DOOR.get("/ready")
def ready() -> Response:
    """Rules are loaded; says which."""
    loaded = [
        {"id": rule_set.id, "version": rule_set.version, "sha256": rule_set.digest}
        for rule_set in the_service().triage.served
    ]
    return jsonify(status="ready", ruleSets=loaded)
