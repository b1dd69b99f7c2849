"""Full load for a long time: `python -m bench.soak [--minutes 30] [--out FILE]`; does memory stay where it is?"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench import bodies
from bench.cost import EXPLAINED, MANY, OURS, PEOPLE, listed, service
from bench.machine import commit
from bench.processes import memory
from bench.wrk import load

SLICE_SECONDS = 30.0
CONNECTIONS = 32
SETTLED_AFTER = 0.2
"""So much of the time is given to caches to fill up before growth is looked for."""


def main() -> int:
    """Load one worker with many people's responses, every second time explained; 1 when memory goes on growing."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found = soak(minutes=asked.minutes)
    print(json.dumps(found, indent=1))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(found["growth_mb"] > found["allowed_mb"])


def soak(*, minutes: float) -> dict[str, Any]:
    """The memory of the worker after each slice of load, the requests answered, and how much was grown once settled."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name, service() as server:
        sent = listed(Path(name), MANY, bodies.people(PEOPLE))
        slices: list[dict[str, float]] = []
        began = time.monotonic()
        while time.monotonic() - began < minutes * 60:
            path = EXPLAINED if len(slices) % 2 else OURS
            run = load(replace(server, path=path), sent, connections=CONNECTIONS, seconds=SLICE_SECONDS)
            held = asdict(memory(server.process.pid))
            slices.append({"minute": (time.monotonic() - began) / 60, "per_second": run.per_second, **held})
            print(f"{slices[-1]['minute']:5.1f} min  {held['worker_resident']:.1f} MB", file=sys.stderr)
    settled = [one["worker_resident"] for one in slices[int(len(slices) * SETTLED_AFTER) :]]
    third = max(1, len(settled) // 3)
    grown = sum(settled[-third:]) / third - sum(settled[:third]) / third
    return {
        "commit": commit(),
        "minutes": minutes,
        "requests": round(sum(one["per_second"] for one in slices) * SLICE_SECONDS),
        "growth_mb": grown,
        "allowed_mb": settled[0] * 0.05,
        "slices": slices,
    }


if __name__ == "__main__":
    sys.exit(main())
