"""A question that, through `asked_when`, is asked only after itself."""

from __future__ import annotations

from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import Known
from service.ruleset.places import Sheets, find


def check(sheets: Sheets, _known: Known) -> Iterator[Problem]:
    """Every question of such a circle."""
    items = [(sheet, path, item) for sheet, path, item in find(sheets, "items.yaml", "groups/*/items/*")]
    gates = {item["id"]: [gate["item"] for gate in item["asked_when"]] for _, _, item in items}
    for sheet, path, item in items:
        seen: set[str] = set()
        ahead = list(gates[item["id"]])
        while ahead:
            gate = ahead.pop()
            if gate not in seen:
                seen.add(gate)
                ahead.extend(gates.get(gate, ()))
        if item["id"] in seen:
            said = f"“{item['id']}” is asked only after itself."
            yield sheet.problem((*path, "asked_when"), said, "Break the circle of “asked_when”.", at_key=True)
