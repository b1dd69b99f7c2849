"""Servers under measurement: started, awaited, their processor time and memory read from /proc, stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.004


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name in the tables, its first process, and the address that a body is posted to."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    path: str

    @property
    def url(self) -> str:
        """Where the body is posted."""
        return f"http://127.0.0.1:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes: of the worker alone, resident and its share of what is shared, and the share of all processes."""

    worker_resident: float
    worker_share: float
    all_share: float


@contextmanager
def serving(
    name: str, command: Sequence[str], *, port: int, path: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The server while it runs; it takes connections when this is entered."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(name, process, port, path)
        await_connection(server)
        yield server
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and wait for it."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def await_connection(server: Server) -> None:
    """Wait until the server takes connections; RuntimeError when it does not."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and server.process.poll() is None:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(LOOK_AGAIN_SECONDS)
    raise RuntimeError(f"{server.name} does not listen on port {server.port}; its exit code is {server.process.poll()}")


def post(url: str, body: bytes) -> tuple[int, bytes, str]:
    """Status, body and Content-Type of the reply to one post."""
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    asked = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as reply:
            return reply.status, reply.read(), reply.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers["Content-Type"]


def family(pid: int) -> list[int]:
    """The process and all below it, parents first."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in listed for one in family(int(child)))]


def processor_seconds(pid: int) -> float:
    """Processor time that the process and all below it have used so far."""
    used = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def memory(pid: int) -> Memory:
    """Memory of the last process of the family, which is the worker, and of all."""
    shares = [_rolled_up(one) for one in family(pid)]
    resident, share = shares[-1]
    return Memory(resident, share, sum(share for _, share in shares))


def _rolled_up(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024
