"""Bodies to begin with, by FHIR version: our examples, the corpora, made-up people, forms with their responses."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from fhir_io.near_misses import EVERYTHING

from service.fhir_io.canonical import Edition
from service.fhir_io.questionnaire import questionnaire
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import VERSIONS
from service.ruleset.generate import draw
from service.ruleset.load import load_rule_set
from service.ruleset.weights import load_weights
from service.settings import Settings, packaged

CORPORA = Path(__file__).parents[1] / "corpora"
PUBLISHED = Path(__file__).parents[1] / "bindings" / "published"
PEOPLE = 40


@cache
def seeds(version: str) -> tuple[tuple[str, ...], ...]:
    """The seeds of `4.0`, `4.3` or `5.0` as JSON, in groups that are to be drawn from alike; always the same."""
    kinds = (_examples(version), _people(version), _bound(), _pairs(version), [*_corpora(version), EVERYTHING])
    groups = (*kinds[:2], *kinds[:2], *kinds[:2], *kinds[2:])
    return tuple(tuple(json.dumps(one, ensure_ascii=False) for one in group) for group in groups)


def _examples(version: str) -> list[Any]:
    found = []
    for path in sorted(packaged("fhir_examples").glob("*/about.json")):
        if json.loads(path.read_text("utf-8"))["fhirVersion"] == version or version == "4.3":
            found += _read(path.parent / "response.json")
    return found


def _corpora(version: str) -> list[Any]:
    """Those that the manifest gives for this version, and the bodies of a single primitive, which fit any."""
    named = [CORPORA / row["path"] for row in _manifest() if row["fhir_version"].startswith(version)]
    return [one for path in (*named, *sorted((CORPORA / "primitives").glob("*.json"))) for one in _read(path)]


def _pairs(version: str) -> list[Any]:
    """Responses of the corpora beside the Questionnaires that they answer."""
    found = []
    for row in _manifest():
        if row["questionnaire"] and row["fhir_version"].startswith(version[0]):
            form = _read(CORPORA / "questionnaires" / row["questionnaire"])
            found += [_together(one, form[0]) for one in _read(CORPORA / row["path"]) if form]
    return found


def _together(response: Any, form: Any) -> dict[str, Any]:
    given = [{"name": "resource", "resource": response}, {"name": "questionnaire", "resource": form}]
    return {"resourceType": "Parameters", "parameter": given}


def _people(version: str) -> list[Any]:
    """Made-up people, some with fewer answers, some as Parameters, one beside our own Questionnaire."""
    settings = Settings()
    rules = load_rule_set(settings.rules_path)
    weights = load_weights(settings.rules_path, rules)
    edition = Edition(rules, settings.canonical_base, VERSIONS[version])
    found: list[Any] = []
    for number in range(PEOPLE):
        answers = dict(list(draw(rules.items, weights, seed=1, number=number).answers.items())[: 3 + number])
        made = questionnaire_response(answers, edition, subject=f"Patient/{number}", response_id=f"made-up-{number}")
        found.append(made if number % 4 else _asked(made, number))
    return [*found, _together(found[1], questionnaire(edition))]


def _asked(response: Any, number: int) -> dict[str, Any]:
    kinds = ("collection", "transaction")
    given = [
        {"name": "questionnaireResponse", "resource": response},
        {"name": "subject", "valueReference": {"reference": f"Patient/{number}"}},
        {"name": "encounter", "valueReference": {"reference": f"Encounter/{number}"}},
        {"name": "bundleType", "valueCode": kinds[number // 4 % 2]},
    ]
    return {"resourceType": "Parameters", "parameter": given}


def _bound() -> list[Any]:
    """Responses to the questionnaires of others that a binding reads."""
    return [one for path in sorted(PUBLISHED.glob("*/responses/*.json")) for one in _read(path)]


def _manifest() -> list[dict[str, str]]:
    with (CORPORA / "manifest.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _read(path: Path) -> list[Any]:
    """The JSON object of a file in a list, which is empty when it holds none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    return [found] if isinstance(found, dict) else []
