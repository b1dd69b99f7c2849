"""The same criteria on other engines, without HTTP: each in a process of its own, in short windows by turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import bodies, doors
from bench.clock import ratio, spread, there_and_back
from bench.peers import built
from bench.peers.cqf import generate
from bench.peers.node import definitions
from bench.processes import ROOT, processor_seconds, stop

JAVA = ["java", "-XX:+UseSerialGC", "-cp", built.CLASSES]
WHOLE, TRIMMED, KEPT = range(1, 151), range(151, 201), 20


@dataclass(frozen=True, slots=True)
class Window:
    """One thing that is timed: which process does it, in which of its modes, and windows to warm up in."""

    process: str
    mode: str
    warm: int = 1


WINDOWS = {
    "ours": Window("ours", "objects"),
    "ours, JSON to JSON": Window("ours", "bytes"),
    "ours, explained, JSON to JSON": Window("ours", "explained"),
    "plain, JSON to JSON": Window("ours", "plain"),
    "cqf $apply": Window("cqf", "objects", warm=15),
    "cqf $apply, JSON to JSON": Window("cqf", "bytes", warm=3),
    "fhirpath.js": Window("fhirpath.js", "objects", warm=2),
    "cql-execution": Window("cql-execution", "objects", warm=2),
    "rego-cpp": Window("rego-cpp", "bytes"),
}
"""Objects: the body is parsed beforehand and nothing is written, which favours whoever is not ours: ours parses."""

AGAINST = {name: "ours, JSON to JSON" if name.endswith("JSON") else "ours" for name in WINDOWS}


def engines(folder: Path, *, rounds: int, seconds: float) -> dict[str, Any]:
    """Operations a second of each, ours against each, and whether each comes to our verdict."""
    commands, lacking = _commands(folder)
    body = folder / "engines-body.json"
    body.write_bytes(bodies.body(bodies.USUAL))
    with ExitStack() as running:
        processes = {name: running.enter_context(_started(command)) for name, command in commands.items()}
        windows = {name: window for name, window in WINDOWS.items() if window.process in processes}
        for window in windows.values():
            _warm(processes[window.process], window, seconds, body)
        fidelity = _fidelity(processes, folder)
        rates: dict[str, list[float]] = {name: [] for name in windows}
        used: dict[str, list[float]] = {name: [] for name in windows}
        for _, name in there_and_back(windows, rounds):
            per_second, cpu_ms = _timed(processes[windows[name].process], windows[name].mode, seconds, body)
            rates[name].append(per_second)
            used[name].append(cpu_ms)
    return {
        "seconds": seconds,
        "per_second": {name: spread(listed).as_json() for name, listed in rates.items()},
        "cpu_ms": {name: spread(listed).as_json() for name, listed in used.items()},
        "ours_is_faster": {name: ratio(rates[AGAINST[name]], rates[name]).as_json() for name in windows},
        "ours_is_cheaper": {name: ratio(used[name], used[AGAINST[name]]).as_json() for name in windows},
        "fidelity": fidelity,
        "lacking": lacking,
    }


def _commands(folder: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """How each process is started, and why some are not."""
    lacking = {
        "cqf": built.without_cqf(),
        "fhirpath.js": built.without_node(),
        "cql-execution": built.without_cqf() or built.without_node(),
        "rego-cpp": built.without_rego(),
    }
    commands = {"ours": [sys.executable, "-m", "bench.peers.ours"]}
    if not lacking["cqf"]:
        commands["cqf"] = [*JAVA, "bench.Window", str(generate.write(folder))]
    if not lacking["fhirpath.js"]:
        commands["fhirpath.js"] = definitions.fhirpath_command(folder)
    if not lacking["cql-execution"]:
        commands["cql-execution"] = definitions.cql_command(folder, JAVA)
    if not lacking["rego-cpp"]:
        commands["rego-cpp"] = [sys.executable, "-m", "bench.peers.rego.window"]
    return commands, {name: why for name, why in lacking.items() if why}


@contextmanager
def _started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        stop(process)


def _ask(process: subprocess.Popen[str], line: str) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"{process.args} ended at: {line}")
    return json.loads(answer)


def _warm(process: subprocess.Popen[str], window: Window, seconds: float, body: Path) -> None:
    """Let it work until it has used enough processor time, however little of it a busy machine gives."""
    enough = processor_seconds(process.pid) + seconds * window.warm
    while processor_seconds(process.pid) < enough:
        _timed(process, window.mode, seconds, body)


def _timed(process: subprocess.Popen[str], mode: str, seconds: float, body: Path) -> tuple[float, float]:
    before = processor_seconds(process.pid)
    found = _ask(process, f"run {mode} {seconds} {body}")
    used = processor_seconds(process.pid) - before
    return found["operations"] / found["seconds"], used / found["operations"] * 1e3


def _fidelity(processes: Mapping[str, subprocess.Popen[str]], folder: Path) -> dict[str, Any]:
    """How many verdicts of each are ours: on made-up people, whole or with most questions open, and on examples."""
    samples = {
        "whole": doors.made_up(WHOLE),
        "most questions open": doors.made_up(TRIMMED, keep=KEPT),
        "odd examples": doors.examples(),
    }
    found: dict[str, Any] = {}
    for kind, responses in samples.items():
        path = folder / f"judged-{kind.replace(' ', '-')}.ndjson"
        path.write_text("".join(json.dumps(response) + "\n" for response in responses), encoding="utf-8")
        ours = _ask(processes["ours"], f"judge {path}")
        for name, process in processes.items():
            if name != "ours":
                theirs = _ask(process, f"judge {path}")
                found.setdefault(name, {})[kind] = _same(ours, theirs)
    return found


def _same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, int]:
    pairs = list(zip(ours, theirs, strict=True))
    return {
        "responses": len(pairs),
        "same_level": sum(one["level"] == other["level"] for one, other in pairs),
        "same_criteria": sum(one["fired"] == other["fired"] for one, other in pairs),
    }
