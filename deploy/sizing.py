"""What a request costs in processor time, and a worker in memory: python -m deploy.sizing [--seconds 10]

Starts real servers of this checkout, sends them the examples on kept connections, and reads from Linux what their
processes used. Processor time, unlike time on the clock, does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.rolling_restart import TRIAGE, free_ports
from service.settings import packaged

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 8


@dataclass(frozen=True)
class Cost:
    """What was measured with one number of workers and one way to ask."""

    workers: int
    explained: bool
    requests: int
    cpu_milliseconds: float
    worker_megabytes: float
    all_megabytes: float


@contextmanager
def served(workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A running server: its port and its first process."""
    (port,) = free_ports(1)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    own = bare | {"TRIAGE_PORT": str(port), "TRIAGE_WORKERS": str(workers)}
    command = [sys.executable, "-m", "service", "serve"]
    process = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _ready(port):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}")
            time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=60)


def measure(workers: int, *, explained: bool, seconds: float) -> Cost:
    """Ask for that long, and tell what it cost."""
    bodies = [file.read_bytes() for file in sorted(packaged("fhir_examples").glob("*/response.json"))]
    path = TRIAGE if explained else f"{TRIAGE}?explain=false"
    with served(workers) as (port, process):
        _ask(port, path, bodies, seconds=1)
        pids = [process.pid, *_children(process.pid)]
        before = _ticks(pids)
        asked = _ask(port, path, bodies, seconds=seconds)
        used = (_ticks(pids) - before) / TICKS
        each = [_megabytes(pid) for pid in pids]
    return Cost(workers, explained, asked, 1000 * used / asked, max(each[1:]), sum(each))


def _ask(port: int, path: str, bodies: list[bytes], *, seconds: float) -> int:
    """How many requests were answered with a Bundle."""
    ends = time.monotonic() + seconds
    counts = [0] * CONNECTIONS
    threads = [threading.Thread(target=_client(port, path, bodies, ends, counts, at)) for at in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _client(port: int, path: str, bodies: list[bytes], ends: float, counts: list[int], at: int) -> Callable[[], None]:
    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < ends:
            body = bodies[(at + counts[at]) % len(bodies)]
            connection.request("POST", path, body, {"Content-Type": "application/fhir+json"})
            reply = connection.getresponse()
            reply.read()
            counts[at] += 1
        connection.close()

    return ask


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def _ticks(pids: list[int]) -> int:
    """Processor time of the processes so far, their own and the kernel's for them (proc(5): utime, stime)."""
    stats = [Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in stats)


def _megabytes(pid: int) -> float:
    """Memory of a process; what several share counts for each in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """Measure one and two workers, with and without explanations, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    print("| workers | explanation | requests | CPU a request | requests/s of one core | a worker | all processes |")
    print("|---|---|---|---|---|---|---|")
    for workers in (1, 2):
        for explained in (True, False):
            cost = measure(workers, explained=explained, seconds=seconds)
            print(
                f"| {workers} | {'yes' if explained else 'no'} | {cost.requests} | {cost.cpu_milliseconds:.2f} ms "
                f"| {1000 / cost.cpu_milliseconds:.0f} "
                f"| {cost.worker_megabytes:.0f} MB | {cost.all_megabytes:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
