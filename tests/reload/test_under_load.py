"""Reloads while many ask: none is refused, every answer names rules that there were, and nobody goes back."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from reload.conftest import Rules, Served

LOST = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass
class Client:
    """Asks again and again until told to stop, and keeps when it asked, what it was told, and what went wrong."""

    served: Served
    keep_alive: bool
    pause: float
    stop: threading.Event
    told: list[tuple[float, tuple[str, str]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    reopened: int = 0

    def run(self) -> None:
        connection, used = self.served.connect(), 0
        while not self.stop.wait(self.pause):
            began = time.monotonic()
            try:
                self.told.append((began, self.served.triage(connection)))
                used += 1
            except LOST as lost:  # the server may close between two requests: then any client opens another
                if used == 0:
                    self.failed.append(repr(lost))
                self.reopened += 1
                connection, used = self.served.connect(), 0
            except Exception as error:
                self.failed.append(repr(error))
                connection, used = self.served.connect(), 0
            if not self.keep_alive:
                connection.close()
                connection, used = self.served.connect(), 0
        connection.close()


@dataclass
class Crowd:
    """Clients that ask all the while, until they are told to end."""

    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, served: Served) -> list[Client]:
        kinds = [(True, 0.0), (False, 0.0), (True, 0.02), (False, 0.02), *[(True, 1.5)] * 6]
        clients = [Client(served, keep_alive, pause, self.stop) for keep_alive, pause in kinds]
        self.threads.extend(threading.Thread(target=client.run) for client in clients)
        for thread in self.threads:
            thread.start()
        return clients

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def asking() -> Iterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.end()


@pytest.mark.parametrize("workers", [1, 2])
def test_no_request_fails_while_rules_are_reloaded(
    serve: Callable[..., Served], rules: Rules, asking: Crowd, workers: int
) -> None:
    served = serve(workers=workers)
    known = [served.triage()]
    swapped: list[float] = []
    clients = asking.begin(served)
    for number in range(1, 4):
        time.sleep(0.5)
        known.append(rules.write(f"1.{number}.0"))
        assert served.reload()["state"] == "reloaded"
        swapped.append(time.monotonic())
    time.sleep(2)
    asking.end()
    assert [client.failed for client in clients] == [[]] * len(clients)
    assert sum(client.reopened for client in clients) == 0
    answers = [answer for client in clients for answer in client.told]
    assert {told for _, told in answers} == set(known)
    for number, swap in enumerate(swapped, 1):
        assert {told for began, told in answers if began > swap} <= set(known[number:])
