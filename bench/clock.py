"""Timing that a busy machine disturbs least: interleaved, round by round, in processor time, medians and spread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of what was measured, the least, the most, and how often it was measured."""

    median: float
    low: float
    high: float
    rounds: int

    def as_json(self) -> dict[str, float]:
        """The same as an object of JSON."""
        return asdict(self)


def spread(values: Iterable[float]) -> Spread:
    """Median, least and most."""
    listed = list(values)
    return Spread(statistics.median(listed), min(listed), max(listed), len(listed))


def ratio(over: Iterable[float], under: Iterable[float]) -> Spread:
    """The ratio round by round: what stands in one round was measured side by side."""
    return spread(a / b for a, b in zip(over, under, strict=True))


def there_and_back(names: Iterable[str], rounds: int) -> list[tuple[int, str]]:
    """Round and name: A B C, then C B A, so that none always comes after the same other one."""
    listed = list(names)
    return [(number, name) for number in range(rounds) for name in (listed if number % 2 == 0 else listed[::-1])]


def interleaved(calls: Mapping[str, Call], *, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Processor seconds that each call takes, once a round: the mean of as many as fill about `seconds`.

    Processor time, not the clock on the wall: what another process takes of a shared core is not the call's cost.
    """
    repeats = {name: _repeats(call, seconds) for name, call in calls.items()}
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _, name in there_and_back(calls, rounds):
        took[name].append(_mean(calls[name], repeats[name]))
    return took


def _repeats(call: Call, seconds: float) -> int:
    call()
    return max(1, round(seconds / max(_mean(call, 3), 1e-9)))


def _mean(call: Call, repeats: int) -> float:
    began = time.thread_time()
    for _ in range(repeats):
        call()
    return (time.thread_time() - began) / repeats
