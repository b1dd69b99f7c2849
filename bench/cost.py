"""What a request costs over HTTP, ours and others' servers side by side, one run after the other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench import bodies
from bench.clock import ratio, spread, there_and_back
from bench.peers import built
from bench.peers.cqf import over_http
from bench.processes import Server, free_port, memory, post, processor_seconds, serving
from bench.wrk import Run, load, missing

OURS = "/fhir/QuestionnaireResponse/$triage?explain=false"
EXPLAINED = "/fhir/QuestionnaireResponse/$triage"
SLOW_TO_WARM, WARM = ("cqf $apply",), 40
USUAL_CONNECTIONS = 16
ITEMS, CONNECTIONS = (10, 40, 80), (1, 4, 16, 64)
FIGURES = ("per_second", "p50_ms", "p99_ms", "cpu_us")
PEOPLE = 64
MANY = "ours, many people"
RATIOS = (
    ("ours", "echo"),
    (MANY, "echo"),
    ("ours, explained", "echo of the explained"),
    ("ours", "plain"),
    ("ours", "cqf $apply"),
)
STARTS = 5

Variant = Callable[[int], Server]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how often each server is loaded, and whether every size meets every number of connections."""

    seconds: float
    rounds: int
    every_pair: bool = False
    usual_only: bool = False

    def cells(self) -> list[tuple[int, int]]:
        """Items and connections to be measured: every pair, or the two lines through the usual one."""
        pairs = [(items, connections) for items in ITEMS for connections in CONNECTIONS]
        usual = (bodies.USUAL, USUAL_CONNECTIONS)
        if self.usual_only:
            return [usual]
        return [pair for pair in pairs if self.every_pair or pair[0] == usual[0] or pair[1] == usual[1]]


def cost(folder: Path, effort: Effort) -> dict[str, Any]:
    """Every pair of items and connections, and the memory of each server after it; `folder` is for scratch files."""
    if said := missing():
        raise RuntimeError(said)
    for items in ITEMS:
        listed(folder, str(items), [bodies.body(items)])
    listed(folder, MANY, bodies.people(PEOPLE))
    with ExitStack() as running:
        variants, answers = _variants(running, folder)
        for name, make in variants.items():
            _warm(make(bodies.USUAL), folder, effort.seconds, WARM if name in SLOW_TO_WARM else 1)
        cells = [_cell(variants, folder, effort, *pair) for pair in effort.cells()]
        held = {name: asdict(memory(make(bodies.USUAL).process.pid)) for name, make in variants.items()}
    return {"seconds": effort.seconds, "answers": answers, "cells": cells, "memory_mb": held}


def listed(folder: Path, name: str, found: list[bytes]) -> Path:
    """Write the bodies, and the file that lists them, which is returned."""
    paths = [folder / f"body-{name}-{place}.json" for place in range(len(found))]
    for path, raw in zip(paths, found, strict=True):
        path.write_bytes(raw)
    made = folder / f"{name}.list"
    made.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    return made


def _warm(server: Server, folder: Path, seconds: float, times: int) -> None:
    """Load it until it has used enough processor time: what is compiled on first use is not what is measured."""
    enough = processor_seconds(server.process.pid) + seconds * times / 2
    while processor_seconds(server.process.pid) < enough:
        load(server, folder / f"{bodies.USUAL}.list", connections=2, seconds=seconds)


def _variants(running: ExitStack, folder: Path) -> tuple[dict[str, Variant], dict[str, int]]:
    ours = running.enter_context(service())
    answers: dict[str, int] = {}
    for items in ITEMS:
        for name, path in (("plain", OURS), ("explained", EXPLAINED)):
            status, answer, _ = post(replace(ours, path=path).url, bodies.body(items))
            assert status == 200, (status, answer)
            (folder / f"{items}-{name}.json").write_bytes(answer)
            answers[f"{items} items, {name}"] = len(answer)
    echo = running.enter_context(_under_ours("echo", "bench.peers.flask_echo", folder))
    plain = running.enter_context(_under_ours("plain", "bench.peers.plain", folder))
    variants: dict[str, Variant] = {
        "ours": lambda _: replace(ours, path=OURS),
        MANY: lambda _: replace(ours, path=OURS),
        "ours, explained": lambda _: replace(ours, path=EXPLAINED),
        "echo": lambda items: replace(echo, path=f"/echo/{items}-plain"),
        "echo of the explained": lambda items: replace(echo, path=f"/echo/{items}-explained"),
        "plain": lambda _: replace(plain, path="/plain"),
    }
    if not built.without_cqf():
        cqf = running.enter_context(over_http.server(folder))
        variants["cqf $apply"] = lambda _: cqf
    return variants, answers


@contextmanager
def service(*, workers: int = 1) -> Iterator[Server]:
    """The service, as it is served."""
    port = free_port()
    command = [sys.executable, "-m", "service", "serve", "--port", str(port), "--workers", str(workers)]
    with serving("ours", command, port=port, path=OURS) as server:
        yield server


@contextmanager
def _under_ours(name: str, module: str, folder: Path, *, workers: int = 1) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "bench.peers.under_our_server", module, str(port), str(workers)]
    with serving(name, command, port=port, path="/", environment={"BENCH_ECHOES": str(folder)}) as server:
        yield server


def echo(folder: Path, *, workers: int) -> Any:
    """The echo with that many workers; `folder` holds what it answers."""
    return _under_ours("echo", "bench.peers.flask_echo", folder, workers=workers)


def _cell(
    variants: Mapping[str, Variant], folder: Path, effort: Effort, items: int, connections: int
) -> dict[str, Any]:
    runs: dict[str, list[Run]] = {name: [] for name in variants}
    for _, name in there_and_back(variants, effort.rounds):
        sent = folder / f"{MANY if name == MANY else items}.list"
        runs[name].append(load(variants[name](items), sent, connections=connections, seconds=effort.seconds))
    print(f"  {items} items, {connections} connections measured", file=sys.stderr)
    found = {
        name: {figure: spread(getattr(run, figure) for run in measured).as_json() for figure in FIGURES}
        for name, measured in runs.items()
    }
    return {"items": items, "connections": connections, "variants": found, "ratios": _ratios(runs)}


def _ratios(runs: Mapping[str, list[Run]]) -> dict[str, Any]:
    return {
        f"{over} / {under}": {
            figure: ratio(*([getattr(run, figure) for run in runs[name]] for name in (over, under))).as_json()
            for figure in FIGURES
        }
        for over, under in RATIOS
        if over in runs and under in runs
    }


def start(folder: Path) -> dict[str, Any]:
    """Seconds from the start of a process to its first answer: the service, and beside it the echo."""
    body = bodies.body(bodies.USUAL)
    (folder / "start.json").write_bytes(b"{}")
    took: dict[str, list[float]] = {"ours": [], "echo": []}
    for _ in range(STARTS):
        for name, listed in took.items():
            began = time.perf_counter()
            with service() if name == "ours" else echo(folder, workers=1) as server:
                path = OURS if name == "ours" else "/echo/start"
                status, _, _ = post(replace(server, path=path).url, body)
                assert status == 200, name
                listed.append(time.perf_counter() - began)
    return {name: spread(listed).as_json() for name, listed in took.items()}
