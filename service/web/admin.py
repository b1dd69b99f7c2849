"""The admin address: POST /rules/reload and GET /rules, for whoever is on the machine itself and nobody else."""

from __future__ import annotations

import os
import signal
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import gevent
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from service.observe import log
from service.settings import is_loopback
from service.web.board import Board
from service.web.edges import RETRY_AFTER_SECONDS
from service.web.headers import SECURITY_HEADERS
from service.web.in_force import InForce, named

DOOR = Blueprint("admin", __name__)

WAIT_SECONDS = 20
_LOOK_EVERY_SECONDS = 0.02

SAID = {
    403: "Requests come from programs on this machine, to a loopback address, and never from a page in a browser.",
    404: "There is nothing at this address. There are: GET /rules and POST /rules/reload.",
    405: "This address does not take this method. There are: GET /rules and POST /rules/reload.",
}
ANOTHER = "Another reload is under way. Ask again."
TOO_LONG = f"The reload has not ended within {WAIT_SECONDS} seconds. GET /rules tells how it ends."
ALONE = "The process that reloads is gone. Restart the service."


def create_admin(in_force: InForce, board: Board) -> Flask:
    """The application of the admin address; it knows no operation on patients."""
    app = Flask("service.web.admin", static_folder=None)
    app.logger.disabled = True
    app.extensions["in_force"], app.extensions["board"] = in_force, board
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(HTTPException, _http_error)
    app.register_blueprint(DOOR)
    return app


@DOOR.get("/rules")
def rules() -> Response:
    """What is served, and how the last reload ended, if there was one."""
    in_force: InForce = current_app.extensions["in_force"]
    last = in_force.last_reload()
    told: dict[str, Any] = {"lastReload": last} if last else {}
    return jsonify(ruleSets=named(in_force.now().triage.served), **told)


@DOOR.post("/rules/reload")
def reload() -> tuple[Response, int]:
    """Have the rules reloaded: 200 with what is served now, or 422 with every problem, the last good ones serving on.

    Any reload that begins after we looked reads the files as they are now or later, so its end answers this request,
    whoever asked for it.
    """
    board: Board = current_app.extensions["board"]
    begun = board.begun
    if os.getppid() != board.master:  # else the signal would go to a stranger
        return _unavailable(ALONE)
    if begun != board.read().number:
        return _unavailable(ANOTHER)
    os.kill(board.master, signal.SIGHUP)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        told = board.read()
        if told.number > begun:
            return _ended(told.outcome)
        gevent.sleep(_LOOK_EVERY_SECONDS)  # the others are served meanwhile
    return _unavailable(TOO_LONG)


def _ended(outcome: dict[str, Any]) -> tuple[Response, int]:
    told = {name: outcome[name] for name in ("problems", "ruleSets") if name in outcome}
    return jsonify(status=outcome["state"], **told), 200 if outcome["state"] == "reloaded" else 422


def _unavailable(said: str) -> tuple[Response, int]:
    reply = jsonify(status="unavailable", message=said)
    reply.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return reply, 503


def _begin() -> tuple[Response, int] | None:
    """Refuse what a page in a browser could send: it has an Origin, or a name of its own that was made to lead here."""
    g.began = time.perf_counter()
    if "Origin" in request.headers or not _is_loopback(request.headers.get("Host", "")):
        return jsonify(status="forbidden", message=SAID[403]), 403
    return None


def _is_loopback(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _http_error(error: HTTPException) -> tuple[Response, int]:
    code = error.code or 500
    return jsonify(status="error", message=SAID.get(code, "The service failed.")), code


def _end(reply: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else ""
    duration = round((time.perf_counter() - g.began) * 1000, 1)
    made = str(uuid.uuid4())
    log("admin request", request_id=made, route=route, status=reply.status_code, duration_ms=duration)
    for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store", "X-Request-Id": made}.items():
        reply.headers[name] = value
    return reply
