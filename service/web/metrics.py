"""GET /metrics, for Prometheus: on an address of its own with the probes, or beside the operations."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from service.metrics import exposition
from service.observe import start_logging
from service.web import health
from service.web.headers import SECURITY_HEADERS
from service.web.watch import Watch, counted, gauges

DOOR = Blueprint("metrics", __name__)

SAID = "There are: GET /metrics, /health/live, /health/ready and /health/started."


@DOOR.get("/metrics")
def metrics() -> Response:
    """What all workers counted, and how they are."""
    watch: Watch = current_app.extensions["watch"]
    raw, content_type = exposition(counted(watch), gauges(watch), request.headers.get("Accept", ""))
    return Response(raw, content_type=content_type)


def create_metrics(watch: Watch) -> Flask:
    """The application of the metrics address; it knows no operation on patients."""
    start_logging(watch.in_force.service.settings.log_level)
    app = Flask("service.web.metrics", static_folder=None)
    app.logger.disabled = True
    app.extensions["watch"] = watch
    app.after_request(_end)
    app.register_error_handler(HTTPException, _http_error)
    app.register_blueprint(DOOR)
    app.register_blueprint(health.DOOR)
    return app


def _http_error(error: HTTPException) -> tuple[Response, int]:
    code = error.code or 500
    return jsonify(status="error", message=SAID if code < 500 else "The service failed."), code


def _end(reply: Response) -> Response:
    for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store"}.items():
        reply.headers[name] = value
    return reply
