"""The PlanDefinition and the Library that $apply is given: an action for each criterion."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from bench import doors
from bench.peers.cqf import cql

BASE = "http://bench.example"


def write(folder: Path) -> Path:
    """Both as one Bundle in the folder, and the CQL beside it for people to read."""
    rules = doors.rule_set()
    text = cql.library(rules)
    (folder / f"{cql.NAME}.cql").write_text(text, encoding="utf-8")
    entries = [{"resource": _plan(rules)}, {"resource": _library(text)}]
    path = folder / "definitions.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), encoding="utf-8")
    return path


def _library(text: str) -> dict[str, Any]:
    return {
        "resourceType": "Library",
        "id": cql.NAME,
        "url": f"{BASE}/Library/{cql.NAME}",
        "name": cql.NAME,
        "version": "1.0.0",
        "status": "active",
        "type": {"coding": [{"code": "logic-library"}]},
        "content": [{"contentType": "text/cql", "data": base64.b64encode(text.encode()).decode()}],
    }


def _plan(rules: doors.RuleSet) -> dict[str, Any]:
    actions = [_action(one.id, one.title, one.tell, one.level.code) for one in rules.criteria]
    open_floor = _action("open-floor", "A criterion is open", "", rules.open_floor.code)
    return {
        "resourceType": "PlanDefinition",
        "id": rules.id,
        "url": f"{BASE}/PlanDefinition/{rules.id}",
        "name": cql.NAME,
        "version": rules.version,
        "status": "active",
        "library": [f"{BASE}/Library/{cql.NAME}|1.0.0"],
        "action": [*actions, open_floor],
    }


def _action(name: str, title: str, tell: str, level: str) -> dict[str, Any]:
    expression = {"language": "text/cql-identifier", "expression": name}
    return {
        "id": name,
        "title": title,
        **({"textEquivalent": tell} if tell else {}),
        "code": [{"coding": [{"code": level}]}],
        "condition": [{"kind": "applicability", "expression": expression}],
    }
