"""What a triage is made of: each part by itself, interleaved, and as a share of the whole."""

from __future__ import annotations

import json
from statistics import median
from typing import Any

import orjson

from bench import bodies, doors, garbage
from bench.clock import interleaved, ratio, spread

SECONDS = 0.004
GARBAGE_ROUNDS = 5


def parts(*, rounds: int) -> dict[str, Any]:
    """The parts of the usual triage, those that write a small answer, and what they are compared with."""
    raw, small = bodies.body(bodies.USUAL), bodies.small_answer()
    usual, writing = doors.steps(raw), doors.steps(small)
    calls = {
        "orjson.loads of the same body": lambda: orjson.loads(raw),
        "json.loads of the same body": lambda: json.loads(raw),
        **usual.parts,
        **usual.whole,
        "build, small answer": writing.parts["build"],
        "dump, small answer": writing.parts["dump"],
    }
    took = interleaved(calls, rounds=rounds, seconds=SECONDS)
    took["build and dump, small answer"] = _added(took["build, small answer"], took["dump, small answer"])
    took |= _slowest_garbage(rounds=min(rounds, GARBAGE_ROUNDS))
    whole = took["whole, no explanation"]
    made_of = ("admission", "answers", "decide", "build", "dump")
    return {
        "criteria": len(doors.rule_set().criteria),
        "body_bytes": len(raw),
        "answer_bytes": len(doors.assess(doors.triage(), raw, explain=False)),
        "small_answer_bytes": len(doors.assess(doors.triage(), small, explain=False)),
        "microseconds": {name: spread(second * 1e6 for second in listed).as_json() for name, listed in took.items()},
        "shares": {name: ratio(took[name], whole).as_json() for name in made_of},
        "rest": spread(1 - share for share in _together(took, made_of, whole)).as_json(),
        "admission to orjson.loads": ratio(took["admission"], took["orjson.loads of the same body"]).as_json(),
    }


def _slowest_garbage(*, rounds: int) -> dict[str, list[float]]:
    """How long the slowest kind of 1 MiB of garbage takes to be refused, by what it is."""
    made, kinds = doors.triage(), garbage.kinds()
    calls = {name: doors.refusing(made, raw) for name, raw in kinds.items()}
    took = interleaved(calls, rounds=rounds, seconds=SECONDS)
    slowest = max(took, key=lambda name: median(took[name]))
    return {f"1 MiB of garbage refused, the slowest of {len(kinds)} kinds: {slowest}": took[slowest]}


def _added(one: list[float], other: list[float]) -> list[float]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _together(took: dict[str, list[float]], names: tuple[str, ...], whole: list[float]) -> list[float]:
    """What share of the whole the parts are together, round by round."""
    return [sum(took[name][number] for name in names) / one for number, one in enumerate(whole)]
