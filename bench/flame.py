"""A flame graph of the service while it is loaded, by py-spy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import bodies
from bench.cost import OURS, USUAL_CONNECTIONS, listed
from bench.processes import ROOT, Server, await_connection, free_port, stop
from bench.wrk import load

SAMPLES_A_SECOND = 250
SECONDS_TO_START = 5


def flame(folder: Path, target: Path, *, seconds: int) -> dict[str, Any]:
    """Writes the graph of the worker under load, without an explanation in the answers, to `target`."""
    sent = listed(folder, "flame", [bodies.body(bodies.USUAL)])
    port = free_port()
    served = [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", "1"]
    spy = shutil.which("py-spy") or str(Path(sys.executable).with_name("py-spy"))
    record = [spy, "record", "--format", "flamegraph", "--rate", str(SAMPLES_A_SECOND), "--subprocesses"]
    record += ["--duration", str(seconds + SECONDS_TO_START), "--output", str(target), "--", *served]
    process = subprocess.Popen(record, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server("ours", process, port, OURS)
        await_connection(server)
        load(server, sent, connections=USUAL_CONNECTIONS, seconds=seconds)
        process.wait(timeout=seconds + 60)
    finally:
        stop(process)
    _without_places(target)
    return {"file": target.name, "seconds": seconds, "samples_a_second": SAMPLES_A_SECOND}


def _without_places(target: Path) -> None:
    """The graph without the folders of this machine, which the command lines in it name."""
    text = target.read_text("utf-8")
    for folder in (target.parent, ROOT, Path(sys.executable).parent):
        text = text.replace(f"{folder}/", "")
    target.write_text(text, encoding="utf-8")
