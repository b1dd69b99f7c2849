"""What a worker does beside answering: telling the others how it is, and trying the vignettes, each at its time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import gevent

from service import __version__
from service.observe import log
from service.settings import Settings
from service.tracing import start_tracing, stop_tracing
from service.web.seats import Seats
from service.web.watch import Watch, sit_down, tell, try_vignettes

TELL_EVERY_SECONDS = 1.0


def hooks(watch: Watch, settings: Settings, seats: Seats) -> dict[str, Callable[..., None]]:
    """What gunicorn is to call when a worker comes and goes (https://docs.gunicorn.org/en/stable/settings.html)."""

    def pre_fork(_: Any, worker: Any) -> None:
        worker.watch, worker.seat = watch, seats.take()

    def post_worker_init(worker: Any) -> None:
        gevent.get_hub().print_exception = _failed
        if settings.otel:
            start_tracing(__version__)
        _safely(lambda: sit_down(watch, worker.seat))
        gevent.spawn(_mind, watch, settings.canary_seconds, worker)

    def worker_exit(_: Any, _worker: Any) -> None:
        if watch.seat is not None:
            _safely(lambda: tell(watch))
            stop_tracing()

    def child_exit(_: Any, worker: Any) -> None:
        if worker.seat is not None:
            seats.leave(worker.seat)

    return {
        "pre_fork": pre_fork,
        "post_worker_init": post_worker_init,
        "worker_exit": worker_exit,
        "child_exit": child_exit,
    }


def _mind(watch: Watch, canary_seconds: float, worker: Any) -> None:
    """Go on for as long as the worker lives; whatever fails once is tried again."""
    due, rules_from = time.monotonic() + canary_seconds, watch.in_force.rules_from

    def look() -> None:
        nonlocal due, rules_from
        watch.connections = len(getattr(worker, "connections", ()))
        watch.in_force.now()  # rules that were reloaded are tried before the first caller comes
        if watch.in_force.rules_from != rules_from or time.monotonic() >= due:
            due, rules_from = time.monotonic() + canary_seconds, watch.in_force.rules_from
            try_vignettes(watch, pause=lambda: gevent.sleep(0))
        else:
            tell(watch)

    while True:
        gevent.sleep(TELL_EVERY_SECONDS)
        _safely(look)


def _safely(do: Callable[[], None]) -> None:
    """Do what must never be a reason not to answer callers."""
    try:
        do()
    except Exception as error:
        log("fault", severity=logging.ERROR, error_type=type(error).__name__, error_place="minding")


def _failed(_context: object, kind: type[BaseException] | None, *_: object) -> None:
    """What gevent would print of a greenlet that failed, in place of its words, which may quote anything."""
    log("fault", severity=logging.ERROR, error_type=kind.__name__ if kind else "", error_place="greenlet")
