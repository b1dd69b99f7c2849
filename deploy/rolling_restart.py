"""Replace two instances in turn behind a balancer, while many ask, and count the lost: python -m deploy.rolling_restart

HAProxy (Debian's package) passes TCP on to two real `numbness-triage serve`. An instance is replaced as by Kubernetes:
it is taken out of the balancer, gets SIGTERM a little later, and the next begins when the new one is ready. With
`--abrupt` it is not taken out first: the balancer has to find out. Exits with 1 when a request was lost.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.settings import packaged

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
TOO_LONG_SECONDS = 30
KINDS = ((True, 0.0), (False, 0.0), (True, 0.02), (False, 0.02), (True, 0.5), (False, 0.5), (True, 2.1), (True, 3.0))
"""Each client: whether it keeps its connection, and how long it pauses between requests."""

HAPROXY = """
global
  stats socket {folder}/admin level admin
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 3s
  option redispatch
  retries 5
listen triage
  bind 127.0.0.1:{port}
  balance roundrobin
  option httpchk GET /health/ready
  default-server check inter 250ms fall 2 rise 1
  server one 127.0.0.1:{one}
  server two 127.0.0.1:{two}
"""
"""TCP only: no request is ever sent a second time by the balancer; a connection that nobody takes is tried again."""


@dataclass(frozen=True)
class Report:
    """What the clients saw: how many were answered, and what went wrong with each of the others."""

    restarts: int
    answered: int
    lost: list[str]
    seconds: float
    slowest_seconds: float


@dataclass
class Client:
    """Asks until told to stop. A request that was sent and got anything but 200 is lost; none is ever sent again."""

    port: int
    keep: bool
    pause: float
    body: bytes
    stop: threading.Event
    answered: int = 0
    slowest: float = 0.0
    lost: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Ask, and ask again."""
        connection = self._new()
        while not self.stop.wait(self.pause):
            if not self.keep or _hung_up(connection):
                connection.close()
                connection = self._new()
            began = time.monotonic()
            try:
                connection.request("POST", TRIAGE, self.body, {"Content-Type": "application/fhir+json"})
                reply = connection.getresponse()
                bundle = json.loads(reply.read())
                if reply.status != 200 or bundle["resourceType"] != "Bundle":
                    raise ValueError(reply.status)
                self.answered += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.lost.append(f"{error!r} after {time.monotonic() - began:.3f} s, {self._told()}")
                connection.close()
            self.slowest = max(self.slowest, time.monotonic() - began)
        connection.close()

    def _new(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TOO_LONG_SECONDS)

    def _told(self) -> str:
        return f"{'kept' if self.keep else 'new'} connection, pause {self.pause} s, {self.answered} answered before"


def _hung_up(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side has closed meanwhile, as any pool of connections looks before it uses one again."""
    return connection.sock is not None and bool(select.select([connection.sock], [], [], 0)[0])


@dataclass
class Instance:
    """One place behind the balancer, and the process that has it now."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start a process here."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        own = bare | {"TRIAGE_PORT": str(self.port), "TRIAGE_WORKERS": "1", "TRIAGE_LOG_LEVEL": "WARNING"}
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "service", "serve"]
            self.process = subprocess.Popen(command, env=own, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        """Until it says so itself."""
        deadline = time.monotonic() + TOO_LONG_SECONDS
        while not self._says_ready():
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                raise RuntimeError(f"{self.name} is not ready: {self.log.read_text('utf-8')[-2000:]}")
            time.sleep(0.05)

    def _says_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self) -> None:
        """SIGTERM must end it well."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            if code := self.process.wait(timeout=60):
                raise RuntimeError(f"{self.name} ended with {code}: {self.log.read_text('utf-8')[-2000:]}")


@dataclass(frozen=True)
class Balancer:
    """A running HAProxy, told what to do by its admin socket."""

    port: int
    admin: Path

    def ask(self, command: str) -> str:
        """The reply to one command."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.admin))
            line.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: line.recv(65_536), b"")).decode()

    def wait_until_up(self, instance: Instance) -> None:
        """Until new connections are given to it."""
        deadline = time.monotonic() + TOO_LONG_SECONDS
        while f"triage,{instance.name}," not in (told := self.ask("show stat")) or not any(
            line.startswith(f"triage,{instance.name},") and ",UP," in line for line in told.splitlines()
        ):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{instance.name} is not up: {instance.log.read_text('utf-8')[-2000:]}")
            time.sleep(0.05)


@contextmanager
def balanced(folder: Path) -> Iterator[tuple[Balancer, list[Instance]]]:
    """Two instances and the balancer before them, all ended afterwards; FileNotFoundError without haproxy."""
    haproxy = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if haproxy is None:
        raise FileNotFoundError("haproxy is needed: apt-get install haproxy")
    port, one, two = free_ports(3)
    instances = [Instance("one", one, folder / "one.log"), Instance("two", two, folder / "two.log")]
    config = folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(folder=folder, port=port, one=one, two=two), "utf-8")
    for instance in instances:
        instance.start()
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen([haproxy, "-db", "-f", str(config)], stdout=log, stderr=log)
    balancer = Balancer(port, folder / "admin")
    try:
        _wait_for(balancer.admin)
        for instance in instances:
            balancer.wait_until_up(instance)
        yield balancer, instances
    finally:
        process.kill()
        process.wait()
        for instance in instances:
            instance.end()


def replace(balancer: Balancer, instance: Instance, *, abrupt: bool, pause: float) -> None:
    """Put a new process in the place of an old one."""
    if not abrupt:
        balancer.ask(f"set server triage/{instance.name} state drain")
        time.sleep(pause)
    instance.end()
    instance.start()
    instance.wait_until_ready()
    balancer.ask(f"set server triage/{instance.name} state ready")
    balancer.wait_until_up(instance)
    time.sleep(pause)


def rolling_restart(restarts: int, *, abrupt: bool = False, pause: float = 0.5) -> Report:
    """Restart that many times, each instance in its turn, under load all the while; what came of it."""
    example = next(iter(sorted(packaged("fhir_examples").glob("emergency-*/response.json")))).read_bytes()
    with tempfile.TemporaryDirectory(prefix="rolling-") as folder, balanced(Path(folder)) as (balancer, instances):
        stop, began = threading.Event(), time.monotonic()
        clients = [Client(balancer.port, keep, wait, example, stop) for keep, wait in KINDS]
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        try:
            time.sleep(1)
            for number in range(restarts):
                replace(balancer, instances[number % 2], abrupt=abrupt, pause=pause)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        return Report(
            restarts,
            sum(client.answered for client in clients),
            [one for client in clients for one in client.lost],
            time.monotonic() - began,
            max(client.slowest for client in clients),
        )


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + TOO_LONG_SECONDS
    while not file.exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"haproxy did not start: {file.with_name('haproxy.log').read_text('utf-8')}")
        time.sleep(0.05)


def main() -> None:
    """Restart as often as asked, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--abrupt", action="store_true", help="do not take an instance out of the balancer first")
    given = parser.parse_args()
    report = rolling_restart(given.restarts, abrupt=given.abrupt)
    print(
        f"{report.restarts} restarts in {report.seconds:.0f} s: {report.answered} requests answered, "
        f"{len(report.lost)} lost; the slowest took {report.slowest_seconds:.2f} s"
    )
    print(*report.lost, sep="\n")
    sys.exit(bool(report.lost))


if __name__ == "__main__":
    main()
