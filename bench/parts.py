"""What a triage costs, part by part, against fhir.resources reading the same body once: run `python bench/parts.py`.

Parts and yardstick are interleaved, round by round, so that a busy machine slows all of them alike; medians are quoted.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from service.assess import assess
from service.fhir_io.body import parse_body
from service.fhir_io.build import build_bundle
from service.fhir_io.read import read_request
from service.fhir_io.versions import R4
from service.settings import Settings
from service.triage.decide import decide
from service.wiring import build_service

ROUNDS = 200
EXAMPLE = Path(__file__).parents[1] / "fhir_examples/cold-foot-pain-walking/response.json"


def parts() -> dict[str, Callable[[], object]]:
    """Each part as a call without arguments; the yardstick comes first."""
    triage = build_service(Settings()).triage
    rule_set = triage.served[0]
    raw = EXAMPLE.read_bytes()
    body = parse_body(raw, triage.limits)
    request = read_request(body, R4, rule_set, triage.canonical_base)
    decision = decide(triage.rule_sets[0], request.answers)
    bundle = assess(triage, raw, version=R4).bundle
    model = R4.model("QuestionnaireResponse")
    return {
        "yardstick: fhir.resources reads it": lambda: model.model_validate(json.loads(raw)),
        "parse": lambda: parse_body(raw, triage.limits),
        "admit and read answers": lambda: read_request(body, R4, rule_set, triage.canonical_base),
        "decide": lambda: decide(triage.rule_sets[0], request.answers),
        "build": lambda: build_bundle(
            decision,
            request,
            rule_set=rule_set,
            canonical_base=triage.canonical_base,
            version=R4,
            now=triage.clock(),
        ),
        "dump": lambda: json.dumps(bundle, ensure_ascii=False, separators=(",", ":")),
        "whole": lambda: assess(triage, raw, version=R4),
    }


def main() -> None:
    """Time every part and print a Markdown table."""
    calls = parts()
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            took[name].append(time.perf_counter() - began)
    yardstick = statistics.median(next(iter(took.values())))
    print("| part | median µs | ratio to yardstick |\n|---|---|---|")
    for name, times in took.items():
        median = statistics.median(times)
        print(f"| {name} | {median * 1e6:.0f} | {median / yardstick:.2f} |")


if __name__ == "__main__":
    main()
