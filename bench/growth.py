"""How cost grows: with the items of a response, with the criteria of a rule set, with the worker processes."""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from bench import bodies, doors
from bench.clock import interleaved, ratio, spread, there_and_back
from bench.cost import OURS, USUAL_CONNECTIONS, Effort, echo, listed, service
from bench.processes import post
from bench.wrk import load

ITEMS = (10, 20, 40, 80, 160, 320, 640, 1000)
CRITERIA = (50, 100, 250, 500, 1000, 2500, 5000)
WORKERS = (1, 2)
SECONDS = 0.02


def by_items(*, rounds: int) -> list[dict[str, Any]]:
    """Microseconds of a triage without an explanation, and of reading the same JSON, by items."""
    made = doors.triage()
    raws = {items: bodies.body(items) for items in ITEMS}
    triages = {f"triage {items}": _triage(made, raw) for items, raw in raws.items()}
    reads = {f"orjson {items}": _orjson(raw) for items, raw in raws.items()}
    took = interleaved(triages | reads, rounds=rounds, seconds=SECONDS)
    return [
        {
            "items": items,
            "bytes": len(raw),
            "triage_us": _us(took[f"triage {items}"]),
            "orjson_us": _us(took[f"orjson {items}"]),
        }
        for items, raw in raws.items()
    ]


def by_criteria(*, rounds: int) -> list[dict[str, Any]]:
    """Microseconds of a decision and of a triage, and seconds to compile the rules, by criteria."""
    raw, usual = bodies.body(bodies.USUAL), doors.triage()
    silent = frozenset(one.id for one in doors.rule_set().criteria) - set(doors.fired(usual, raw))
    made, compiled = {}, {}
    for count in CRITERIA:
        gc.collect()
        began = time.perf_counter()
        made[count] = doors.grown(usual, count, silent)
        compiled[count] = time.perf_counter() - began
    calls = {f"triage {count}": _triage(made[count], raw) for count in CRITERIA}
    calls |= {f"decide {count}": doors.deciding(made[count], raw) for count in CRITERIA}
    took = interleaved(calls, rounds=rounds, seconds=SECONDS)
    return [
        {
            "criteria": count,
            "decide_us": _us(took[f"decide {count}"]),
            "triage_us": _us(took[f"triage {count}"]),
            "compile_s": compiled[count],
        }
        for count in CRITERIA
    ]


def by_workers(folder: Path, effort: Effort) -> list[dict[str, Any]]:
    """Requests a second with one worker and with two, ours and the echo of the same bytes."""
    body = bodies.body(bodies.USUAL)
    sent = listed(folder, "workers-body", [body])
    with ExitStack() as running:
        ours = {f"ours {workers}": running.enter_context(service(workers=workers)) for workers in WORKERS}
        _, answer, _ = post(ours["ours 1"].url, body)
        (folder / "workers.json").write_bytes(answer)
        servers = {name: replace(server, path=OURS) for name, server in ours.items()}
        for workers in WORKERS:
            found = running.enter_context(echo(folder, workers=workers))
            servers[f"echo {workers}"] = replace(found, path="/echo/workers")
        rates: dict[str, list[float]] = {name: [] for name in servers}
        for _, name in there_and_back(servers, effort.rounds):
            run = load(servers[name], sent, connections=USUAL_CONNECTIONS, seconds=effort.seconds)
            rates[name].append(run.per_second)
    return [
        {
            "workers": workers,
            **{f"{name}_per_second": spread(rates[f"{name} {workers}"]).as_json() for name in ("ours", "echo")},
            **{
                f"{name}_against_one": ratio(rates[f"{name} {workers}"], rates[f"{name} 1"]).as_json()
                for name in ("ours", "echo")
            },
        }
        for workers in WORKERS
    ]


def _triage(made: doors.Triage, raw: bytes) -> doors.Call:
    return lambda: doors.assess(made, raw, explain=False)


def _orjson(raw: bytes) -> doors.Call:
    return lambda: orjson.loads(raw)


def _us(took: list[float]) -> dict[str, float]:
    return spread(second * 1e6 for second in took).as_json()
