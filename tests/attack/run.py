"""A run: mutants one after another, what they showed, and how the process fared meanwhile."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import resource
import signal
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attack.door import Door, Reply
from attack.invariants import faults, slow_checks
from attack.mutants import FHIR_JSON, TRIAGE, Mutant, mutant
from attack.seeds import seeds

TIMES_PLAIN = 400
"""No body may cost more processor time than so many plain ones; twice measured before it counts."""

HANGS_AFTER_SECONDS = 30
SAMPLE = 40
LOOK_EVERY = 2_000
GROWTH_BYTES = 48 * 1024 * 1024


@dataclass
class Tally:
    """What a run has shown so far; kept in a file, so that it can be taken up again."""

    seed: int
    next: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    sampled: int = 0
    plain_seconds: float = 0.0
    slowest: list[list[float]] = field(default_factory=list)
    memory: list[list[int]] = field(default_factory=list)

    def written(self) -> str:
        return json.dumps(vars(self), indent=1)

    @staticmethod
    def read(path: Path, seed: int) -> Tally:
        """As the file says; AssertionError when it is of another seed. A new one when there is none."""
        if not path.exists():
            return Tally(seed)
        kept = json.loads(path.read_text("utf-8"))
        assert kept["seed"] == seed, f"{path} is of seed {kept['seed']}"
        return Tally(**{**kept, "statuses": Counter(kept["statuses"]), "findings": Counter(kept["findings"])})


class Hang(BaseException):
    """Raised in the middle of a request that does not end; no handler of the service catches it."""


@dataclass
class Run:
    """One process that sends mutants. Findings are written into `folder`, one of each kind."""

    tally: Tally
    folder: Path
    versions: tuple[str, ...] = ("4.0", "5.0")
    sample: int = SAMPLE
    door: Door = field(default_factory=Door)

    def __post_init__(self) -> None:
        self.tally.plain_seconds = self._plain()
        signal.signal(signal.SIGVTALRM, _hang)

    def _plain(self) -> float:
        """Processor time of a plain body."""
        raw = seeds("4.0")[1][30].encode()
        plain = Mutant("POST", TRIAGE, "explain=false", {"Content-Type": FHIR_JSON}, raw, "4.0")
        return statistics.median(self.door.send(plain).cpu_seconds for _ in range(60))

    def go(self, until: int) -> None:
        """Send the mutants up to `until`. The one that an earlier process died of is a finding, and left out."""
        died, path = self._died(), self._file("under-way")
        under_way = os.open(path, os.O_CREAT | os.O_WRONLY)
        while self.tally.next < until:
            number = self.tally.next
            if number != died:
                os.pwrite(under_way, b"%020d" % number, 0)
                self.judge(mutant(self.tally.seed, number, self.versions), number)
            self.tally.next = number + 1
            if self.tally.next % LOOK_EVERY == 0:
                self.look()
        self.look()
        os.close(under_way)
        path.unlink()

    def _died(self) -> int:
        path = self._file("under-way")
        died = int(path.read_text() or -1) if path.exists() else -1
        if died >= 0:
            self._keep(f"died: of mutant {died}", mutant(self.tally.seed, died, self.versions), died)
        return died

    def judge(self, made: Mutant, number: int) -> list[str]:
        """Send one and say what is wrong with the reply."""
        reply = self._timed(made)
        self.tally.statuses[str(reply.status)] += 1
        found = [*self._faults(made, reply, number), *self._too_slow(made, reply, number)]
        for one in found:
            self._keep(one, made, number)
        return found

    def _timed(self, made: Mutant) -> Reply:
        signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_AFTER_SECONDS)
        try:
            return self.door.send(made)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _faults(self, made: Mutant, reply: Reply, number: int) -> Iterator[str]:
        try:
            yield from faults(made, reply)
            if number % self.sample == 0 and not reply.raised:
                self.tally.sampled += 1
                yield from slow_checks(made, reply, self._timed)
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            yield f"shape: {type(error).__name__} while the reply was looked at"

    def _too_slow(self, made: Mutant, reply: Reply, number: int) -> Iterator[str]:
        spent = reply.cpu_seconds
        if spent > TIMES_PLAIN * self.tally.plain_seconds:
            spent = min(self.door.send(made).cpu_seconds, self.door.send(made).cpu_seconds, spent)
        self.tally.slowest = sorted([*self.tally.slowest, [round(spent, 4), number]], reverse=True)[:10]
        if spent > TIMES_PLAIN * self.tally.plain_seconds:
            yield f"slow: over {TIMES_PLAIN} times a plain body"

    def _keep(self, finding: str, made: Mutant, number: int) -> None:
        """Count it, and write the first of its kind down as it was sent."""
        self.tally.findings[finding] += 1
        if self.tally.findings[finding] > 1:
            return
        name = re.sub("[^a-z0-9]+", "-", finding.lower())[:60].strip("-")
        name += "-" + hashlib.sha256(finding.encode()).hexdigest()[:6]
        self.folder.mkdir(parents=True, exist_ok=True)
        told: dict[str, Any] = {"finding": finding, "seed": self.tally.seed, "number": number}
        told |= {one: getattr(made, one) for one in ("method", "path", "query", "headers", "says_length")}
        (self.folder / f"{name}.json").write_text(
            json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8", "replace"
        )
        (self.folder / f"{name}.body").write_bytes(made.raw)

    def look(self) -> None:
        """Note how much memory is held, and write the tally down."""
        gc.collect()
        self.tally.memory.append([self.tally.next, resident()])
        self._file("tally.json").write_text(self.tally.written(), "utf-8")

    def _file(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / name

    @property
    def growth(self) -> int:
        """How much more memory is held at the end than after the first quarter, when all that is kept is there."""
        kept = [held for _, held in self.tally.memory]
        quarter = max(1, len(kept) // 4)
        return min(kept[-quarter:]) - min(kept[quarter : 2 * quarter] or kept[:1])


def resident() -> int:
    """The memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _hang(*_: object) -> None:
    raise Hang
