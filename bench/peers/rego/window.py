"""The Rego policy on rego-cpp, which PyPI has as regopy; Open Policy Agent itself is in no registry but Go's."""

from __future__ import annotations

import json
from typing import Any

from regopy import Interpreter

from bench import doors
from bench.peers import window
from bench.peers.rego import policy


def main() -> None:
    """Obey the commands of the benchmark."""
    rules = doors.rule_set()
    levels = {one.id: one.level for one in rules.criteria}
    engine = Interpreter()
    engine.add_module("triage", policy.policy(rules))
    compiled = engine.build("f = data.triage.fired; o = {1 | data.triage.open}")

    def decided(raw: bytes) -> tuple[list[str], bool]:
        engine.set_input_term(raw.decode())
        found: dict[str, Any] = engine.query_bundle(compiled).results[0].bindings
        return sorted(found["f"]), bool(found["o"])

    def verdict(raw: bytes) -> tuple[str, list[str]]:
        fired, is_open = decided(raw)
        floor = rules.open_floor if is_open else doors.Level.SELF_CARE
        return max([floor, *(levels[one] for one in fired)]).code, fired

    window.obey({"bytes": lambda raw: json.dumps(decided(raw)), "objects": decided}, verdict)


if __name__ == "__main__":
    main()
