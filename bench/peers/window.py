"""How a program is measured that runs by itself: it works for as long as a line on its input says, and counts."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def obey(modes: dict[str, Callable[[bytes], object]], verdict: Callable[[bytes], tuple[str, list[str]]]) -> None:
    """Read commands until the input ends.

    `run MODE SECONDS FILE` answers with operations and seconds, `judge FILE` with level and fired criteria of each
    response in a file of one response a line.
    """
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "run":
            answer: object = _run(modes[rest[0]], float(rest[1]), Path(rest[2]).read_bytes())
        else:
            bodies = Path(rest[0]).read_bytes().splitlines()
            answer = [dict(zip(("level", "fired"), verdict(body), strict=True)) for body in bodies]
        print(json.dumps(answer), flush=True)


def _run(call: Callable[[bytes], object], seconds: float, raw: bytes) -> dict[str, float]:
    operations, began = 0, time.perf_counter()
    ends = began + seconds
    while time.perf_counter() < ends:
        call(raw)
        operations += 1
    return {"operations": operations, "seconds": time.perf_counter() - began}
