"""What the service should reach, and what was measured of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.bodies import USUAL
from bench.cost import USUAL_CONNECTIONS

Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted, the bound, whether it is the least or the most allowed, and where it stands in the results."""

    what: str
    bound: float
    least: bool
    unit: str
    found: Callable[[Results], dict[str, float]]

    def met(self, median: float) -> bool:
        """Whether the median is within the bound."""
        return median >= self.bound if self.least else median <= self.bound


def _cell(results: Results) -> dict[str, Any]:
    usual = (USUAL, USUAL_CONNECTIONS)
    cell: dict[str, Any] = next(one for one in results["cost"]["cells"] if (one["items"], one["connections"]) == usual)
    return cell


def _requests(under: str, figure: str = "per_second") -> Callable[[Results], dict[str, float]]:
    return lambda results: _cell(results)["ratios"][f"ours / {under}"][figure]


def _part(name: str) -> Callable[[Results], dict[str, float]]:
    return lambda results: results["parts"]["microseconds"][name]


def _held(results: Results) -> dict[str, float]:
    held = results["cost"]["memory_mb"]["ours"]["all_share"]
    return {"median": held, "low": held, "high": held}


TARGETS = (
    Target("requests a second against bare Flask that echoes the same bytes", 0.75, True, "x", _requests("echo")),
    Target("requests a second against the plain pipeline", 25, True, "x", _requests("plain")),
    Target(
        "operations a second against cqf $apply, both in process",
        20,
        True,
        "x",
        lambda results: results["engines"]["ours_is_faster"]["cqf $apply"],
    ),
    Target(
        "admission against `orjson.loads` of the same body",
        3,
        False,
        "x",
        lambda results: results["parts"]["admission to orjson.loads"],
    ),
    Target("verdicts on 120 criteria, from facts", 10, False, "µs", _part("verdicts, 120 criteria")),
    Target("decide, 120 criteria, reasons and tests included", 10, False, "µs", _part("decide, 120 criteria")),
    Target("build and dump an answer of about 6 KB", 25, False, "µs", _part("build and dump, small answer")),
    Target("start to first answer", 0.8, False, "s", lambda results: results["start"]["ours"]),
    Target("memory with one worker, all processes", 90, False, "MB", _held),
    Target(f"p99 against the echo's at {USUAL_CONNECTIONS} connections", 1.5, False, "x", _requests("echo", "p99_ms")),
)
