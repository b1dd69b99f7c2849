"""The criteria as FHIRPath expressions over a QuestionnaireResponse."""

from __future__ import annotations

import json
from pathlib import Path

from bench import doors
from bench.peers.expressions import Language, written


def write(folder: Path) -> Path:
    """Every criterion as JSON: id, level and the expression; an empty result is unknown, as it is in the rules.

    `%items` stands for `repeat(item)` of the response, which is evaluated once, not once in each question.
    """
    rules = doors.rule_set()
    language = _language(rules)
    criteria = []
    for one in rules.criteria:
        unless = "".join(f" and iif({written(q.when, language)}, false, true)" for q in one.unless)
        fires = f"({written(one.when, language)}){unless}"
        criteria.append({"id": one.id, "level": one.level.code, "fires": fires})
    path = folder / "fhirpath.json"
    floor = rules.open_floor.code
    path.write_text(json.dumps({"items": "repeat(item)", "floor": floor, "criteria": criteria}), encoding="utf-8")
    return path


def _language(rules: doors.RuleSet) -> Language:
    return Language(
        leaf=lambda leaf: _leaf(leaf, rules),
        every=lambda parts: f"({' and '.join(parts)})",
        some=lambda parts: f"({' or '.join(parts)})",
        at_least=_at_least,
    )


def _leaf(leaf: doors.Is, rules: doors.RuleSet) -> str:
    item = rules.items[leaf.item]
    answers = f"%items.where(linkId='{leaf.item}').answer"
    if item.kind == "boolean":
        met = f"value = {str(leaf.values[0]).lower()}"
    else:
        met = f"value.code in ({' | '.join(repr(value) for value in leaf.values)})"
    return f"iif({answers}.exists(), {answers}.where({met}).exists(), {_not_answered(item, rules)})"


def _not_answered(item: doors.Item, rules: doors.RuleSet) -> str:
    """False when the question was not to be asked, else unknown."""
    if not item.asked_when:
        return "{}"
    gates = " or ".join(_leaf(gate, rules) for gate in item.asked_when)
    return f"iif(({gates}).not(), false, {{}})"


def _at_least(count: int, parts: list[str]) -> str:
    true = " + ".join(f"iif({part}, 1, 0)" for part in parts)
    possible = " + ".join(f"iif({part}.not(), 0, 1)" for part in parts)
    return f"iif({true} >= {count}, true, iif({possible} >= {count}, {{}}, false))"
