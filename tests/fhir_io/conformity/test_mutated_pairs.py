"""Published responses and Questionnaires, changed at random: no exception, no end without an answer, no name said."""

import csv
import json
import os
import random
from pathlib import Path
from typing import Any

from sample_responses import CANON

from service.fhir_io.admission.body import parse_body
from service.fhir_io.conformity import check
from service.fhir_io.read import read_request, validation_problems
from service.fhir_io.versions import R4, R5, FhirVersion
from service.problems import Refused
from service.triage.model import RuleSet

CORPORA = Path(__file__).parents[2] / "corpora"
ROUNDS = 20_000 if os.environ.get("CI") == "1" else 1_000
SECRET = "Jäne Roe 1970"
ODD = ["2026-13-01", "0001-01-01", "9999-12-31T23:59:60+14:00", "a" * 300, "(", "(a*)*$", "#", "http://a.b/c|1", SECRET]
NUMBERS = [0, -1, 1, 2**31 - 1, 1.5, 1e-30, 1e30]


def pairs() -> list[tuple[FhirVersion, dict[str, Any]]]:
    rows = csv.DictReader((CORPORA / "manifest.csv").open(encoding="utf-8"))
    return [
        (R5 if row["fhir_version"] == "5.0.0" else R4, _parameters(row))
        for row in rows
        if row["questionnaire"] and "hai-ltcf" not in row["path"]
    ]


def _parameters(row: dict[str, str]) -> dict[str, Any]:
    response = json.loads((CORPORA / row["path"]).read_bytes())
    questionnaire = json.loads((CORPORA / "questionnaires" / row["questionnaire"]).read_bytes())
    given = {"resource": response, "questionnaire": questionnaire}
    return {"resourceType": "Parameters", "parameter": [{"name": name, "resource": one} for name, one in given.items()]}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every list and object with each of its keys."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in inside for place in [(value, key), *places(one)]]


def changed(body: dict[str, Any], draw: random.Random) -> None:
    """One change that often leaves sound FHIR: two values of the same name swapped, or one repeated, left out, new."""
    resources = [one["resource"] for one in body["parameter"]]
    found = places(resources[draw.randrange(2)])
    holder, key = draw.choice(found)
    alike = [(other, name) for other, name in places(resources) if name == key]
    other, name = draw.choice(alike)
    kind = draw.choice(["swap", "copy", "drop", "repeat", "value"])
    if kind in ("swap", "copy"):  # by copies, since one may hold the other
        one, two = json.dumps(holder[key]), json.dumps(other[name])
        holder[key] = json.loads(two)
        if kind == "swap":
            other[name] = json.loads(one)
    elif kind == "drop":
        del holder[key]
    elif kind == "repeat" and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), json.loads(json.dumps(holder[key])))
    elif isinstance(holder[key], str):
        holder[key] = draw.choice(ODD)
    elif isinstance(holder[key], (int, float)):
        holder[key] = draw.choice([True, False]) if isinstance(holder[key], bool) else draw.choice(NUMBERS)


def test_changed_pairs(rule_set: RuleSet, monkeypatch: Any) -> None:
    reached = []
    whole = check.check_tree
    monkeypatch.setattr(check, "check_tree", lambda *given: reached.append(1) or whole(*given))
    known = [(version, json.dumps(body)) for version, body in pairs()]
    for seed in range(ROUNDS):
        draw = random.Random(seed)
        version, text = draw.choice(known)
        body = json.loads(text)
        for _ in range(draw.randint(1, 4)):
            changed(body, draw)
        _hold(body, version, rule_set)
    assert len(reached) > ROUNDS / 3  # most changes must get past the check of structure


def _hold(body: dict[str, Any], version: FhirVersion, rule_set: RuleSet) -> None:
    try:
        parsed = parse_body(json.dumps(body).encode())
        said = validation_problems(parsed, version, rule_set, CANON)
        said += read_request(parsed, version, rule_set, CANON).warnings
    except Refused as refused:
        said = refused.problems
    assert "Roe" not in " ".join(problem.text for problem in said)
