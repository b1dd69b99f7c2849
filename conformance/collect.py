"""Puts everything that is to be judged into one folder: our definitions, examples and answers, and the corpora.

Each release of FHIR has a folder in it, with `definitions`, `known`, `ours` and `others`.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.planted import plant
from service.assess import assess
from service.fhir_io.canonical import Edition
from service.fhir_io.definitions import capability_statement, definitions
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import R4, R4B, R5, VERSIONS, FhirVersion
from service.ruleset.generate import draw
from service.ruleset.weights import load_weights
from service.settings import Settings
from service.wiring import Service, build_service

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "fhir_examples"
CORPORA = ROOT / "tests/corpora"
TO_BREAK = EXAMPLES / "emergency-bladder-control-lost/bundle.json"
READ_AS = {"4.0.1": R4, "4.3.0": R4B, "5.0.0": R5, "6.0.0": R5}
"""The release that a file of the corpora is read as; the few of R6 as R5, for want of better."""
GENERATED_AS = (R4, R4, R4, R4B, R5)
TIME = "2026-01-15T09:30:00+01:00"
SEED = 1


def collect(folder: Path, count: int) -> None:
    """Write the definitions, the examples, `count` generated answers, the planted faults and the corpora."""
    service = build_service(Settings(fixed_time=TIME))
    for version in VERSIONS.values():
        for name, resource in _definitions(service, version):
            _write(folder / version.name / "definitions" / name, resource)
    for path, version in examples():
        _copy(path, folder / version.name / "ours/examples" / f"{path.parent.name}-{path.name}")
    for number, (version, bundle) in enumerate(_generated(service, count), 1):
        _write(folder / version.name / "ours/generated" / f"{number:04}.json", bundle)
    for name, bundle in plant(json.loads(TO_BREAK.read_text("utf-8"))).items():
        _write(folder / "R4/ours/planted" / f"{name}.json", bundle)
    for row in corpora():
        release = folder / READ_AS[row["fhir_version"]].name
        _copy(CORPORA / row["path"], release / "others" / row["path"])
        if row["questionnaire"]:
            _copy(CORPORA / "questionnaires" / row["questionnaire"], release / "known" / row["questionnaire"])


def examples() -> Iterator[tuple[Path, FhirVersion]]:
    """What the service answers to each of the examples: a Bundle or an OperationOutcome."""
    for about in sorted(EXAMPLES.glob("*/about.json")):
        version = VERSIONS[json.loads(about.read_text("utf-8"))["fhirVersion"]]
        for name in ("bundle.json", "outcome.json"):
            path = about.with_name(name)
            if path.is_file():
                yield path, version


def corpora() -> list[dict[str, str]]:
    """Path, FHIR version, verdict and Questionnaire of each file; the name of a primitive says whether it is valid."""
    with (CORPORA / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest))
    for path in sorted((CORPORA / "primitives").iterdir()):
        expected = "invalid" if ".invalid." in path.name else "valid"
        path_and_version = {"path": f"primitives/{path.name}", "fhir_version": "4.0.1"}
        rows.append({**path_and_version, "expected": expected, "questionnaire": ""})
    return rows


def _definitions(service: Service, version: FhirVersion) -> Iterator[tuple[str, dict[str, Any]]]:
    base = service.triage.canonical_base
    made = definitions(service.triage.served, base, version)
    for (resource_type, resource_id), resource in made.items():
        yield f"{resource_type}-{resource_id}.json", resource
    yield (
        "CapabilityStatement.json",
        capability_statement(
            canonical_base=base,
            version=version,
            base_url="http://127.0.0.1:8080/fhir",
            software_version="1",
            date=service.triage.served[0].date,
        ),
    )


def _generated(service: Service, count: int) -> Iterator[tuple[FhirVersion, dict[str, Any]]]:
    """Answers to made-up people: three in five in R4, one each in R4B and R5, half explained, a third transactions."""
    rule_set, base = service.triage.served[0], service.triage.canonical_base
    weights = load_weights(service.settings.rules_path, rule_set)
    for number in range(1, count + 1):
        version = GENERATED_AS[number % len(GENERATED_AS)]
        drawn = draw(rule_set.items, weights, seed=SEED, number=number)
        edition = Edition(rule_set, base, version)
        response = questionnaire_response(drawn.answers, edition, subject=f"Patient/{number}", response_id=drawn.id)
        kind = "transaction" if number % 3 == 0 else "collection"
        asked = {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "questionnaireResponse", "resource": response},
                {"name": "bundleType", "valueCode": kind},
            ],
        }
        raw = json.dumps(asked).encode()
        done = assess(service.triage, raw, version=version, explain=number % 2 == 0)
        yield version, json.loads(done.bundle)


def _write(path: Path, resource: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(resource, ensure_ascii=False, default=str), encoding="utf-8")


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
