"""Run a Flask application of the peers by the very server, worker and options of the service, whatever they are."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from typing import Any

from service.settings import load_settings
from service.web import server
from service.web.in_force import InForce
from service.web.watch import Watch

SELDOM = 3_600
REPLACED = ("create_app", "warm_up")


def main() -> None:
    """`python -m bench.peers.under_our_server MODULE PORT WORKERS`: MODULE has a function `app()`."""
    module, port, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app = import_module(module).app()
    nobody: Any = None  # a peer has no rules that could be reloaded, and no vignettes
    app.extensions["watch"] = Watch(InForce(nobody))
    lacking = [name for name in REPLACED if not hasattr(server, name)]
    if lacking:
        raise SystemExit(f"service/web/server.py no longer has {', '.join(lacking)}: adapt this file")
    stand_in: Any = server
    stand_in.create_app = lambda *_, **__: app
    stand_in.warm_up = lambda *_, **__: None
    server.run(replace(load_settings(), port=port, workers=workers, canary_seconds=SELDOM), None)  # type: ignore[arg-type]  # the stand-ins above ask for no service


if __name__ == "__main__":
    main()
