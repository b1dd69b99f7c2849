"""The load generator: wrk, one run at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Server, processor_seconds

LONGEST_SECONDS = 30.0
IDLE_SECONDS = 0.1
SCRIPT = Path(__file__).parent / "post.lua"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found: requests a second, milliseconds waited, and processor time of the server for a request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def missing() -> str:
    """Why there can be no load; empty when there can."""
    return "" if shutil.which("wrk") else "wrk is not installed: apt-get install wrk"


def load(server: Server, bodies: Path, *, connections: int, seconds: float) -> Run:
    """Post the bodies that a file lists on that many connections for that long, or longer if it takes longer at all.

    RuntimeError when a reply is not a success.
    """
    before = processor_seconds(server.process.pid)
    found = _run(server, bodies, connections, seconds)
    used = processor_seconds(server.process.pid) - before
    _settle(server)
    if found["errors"]:
        raise RuntimeError(f"{server.name}: {found}")
    if not found["requests"]:
        if seconds > LONGEST_SECONDS:
            raise RuntimeError(f"{server.name} answers nothing in {seconds} seconds on {connections} connections")
        return load(server, bodies, connections=connections, seconds=2 * seconds)
    return Run(
        per_second=found["requests"] / found["seconds"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        cpu_us=used / found["requests"] * 1e6,
    )


def _run(server: Server, bodies: Path, connections: int, seconds: float) -> dict[str, float]:
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "30s", "-s", str(SCRIPT), server.url],
        env={**os.environ, "BENCH_BODIES": str(bodies)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _settle(server: Server) -> None:
    """Wait until the server has done with what was still on its way when the load ended."""
    ends, last = time.monotonic() + LONGEST_SECONDS, -1.0
    while time.monotonic() < ends:
        used = processor_seconds(server.process.pid)
        if used - last < IDLE_SECONDS / 5 and last >= 0:
            return
        last = used
        time.sleep(IDLE_SECONDS)
