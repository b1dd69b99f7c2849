"""`python -m conformance`: collect, have both judges judge, compare; it ends with 1 when something is unexplained."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from conformance.collect import CORPORA, READ_AS, collect, corpora
from conformance.compare import (
    Verdicts,
    errors_in_ours,
    load_differences,
    load_known,
    unexplained,
    unfound,
    unjudged,
)
from conformance.judges import Judged, hapi, medplum
from service.assess import Triage, validate
from service.fhir_io.admission.body import parse_body
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.outcome import is_error
from service.fhir_io.versions import FhirVersion
from service.problems import Refused
from service.settings import Settings
from service.wiring import build_service

T = TypeVar("T")
ANSWERS = 1000


def main() -> int:
    """Judge in a folder of its own, or in one that is named and kept."""
    options = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    options.add_argument("--answers", type=int, default=ANSWERS, help="How many generated answers are judged.")
    options.add_argument("--folder", type=Path, help="Where to put what is judged, and to keep it.")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        return conformance(given.folder or Path(scratch), given.answers)


def conformance(folder: Path, answers: int) -> int:
    """One whole run; each fault is a line."""
    _timed("collected", lambda: collect(folder, answers))
    files = {
        path.relative_to(folder).as_posix() for path in folder.glob("*/*/**/*.json") if path.parent.name != "known"
    }
    judges = {
        "hapi": _timed("hapi (HL7's validator) has judged", lambda: hapi(folder)),
        "medplum": _timed("medplum has judged", lambda: medplum(folder)),
    }
    verdicts = corpus_verdicts(judges)
    differences = load_differences()
    faults = [
        *unjudged(files, judges),
        *errors_in_ours(judges, load_known()),
        *unfound(files, judges),
        *unexplained(verdicts, differences),
    ]
    for fault in faults:
        print(fault)
    _summary(files, verdicts, judges)
    print(f"{len(faults)} faults" if faults else "Both judges agree with us, or the table says why not.")
    return 1 if faults else 0


def corpus_verdicts(judges: dict[str, Judged]) -> Verdicts:
    """What we, the corpus and each judge say of each file of the corpora."""
    wrong = {name: {error.file for error in judged.errors} for name, judged in judges.items()}
    triage = build_service(Settings()).triage
    verdicts = {}
    for row in corpora():
        version = READ_AS[row["fhir_version"]]
        file = f"{version.name}/others/{row['path']}"
        said = {name: _word(file not in files) for name, files in wrong.items()}
        verdicts[row["path"]] = {"us": _word(is_valid(row, version, triage)), "corpus": row["expected"], **said}
    return verdicts


def is_valid(row: dict[str, str], version: FhirVersion, triage: Triage) -> bool:
    """Whether `$validate` finds no error in a file of the corpora, given its Questionnaire where there is one.

    A primitive stands in a response that has nothing else, so that only its structure can be judged.
    """
    raw = (CORPORA / row["path"]).read_bytes()
    try:
        if row["path"].startswith("primitives/"):
            return not structural_problems(parse_body(raw), version, "QuestionnaireResponse")
        return not any(
            is_error(problem) for problem in validate(triage, _with_questionnaire(raw, row), version=version)
        )
    except Refused:
        return False


def _with_questionnaire(raw: bytes, row: dict[str, str]) -> bytes:
    """The file, or Parameters of it and its Questionnaire; put together as text, so that decimals stay as they are."""
    if not row["questionnaire"]:
        return raw
    asked = (CORPORA / "questionnaires" / row["questionnaire"]).read_bytes()
    first = b'{"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": ' + raw
    return first + b'}, {"name": "questionnaire", "resource": ' + asked + b"}]}"


def _word(valid: bool) -> str:
    return "valid" if valid else "invalid"


def _timed(what: str, work: Callable[[], T]) -> T:
    begun = time.monotonic()
    result = work()
    print(f"{what}: {time.monotonic() - begun:.0f} s", flush=True)
    return result


def _summary(files: set[str], verdicts: Verdicts, judges: dict[str, Judged]) -> None:
    """How many files of each kind were judged, and how often each judge is of our mind about the corpora."""
    kinds = Counter("/".join(file.split("/")[1 : 3 if "/ours/" in file else 2]) for file in files)
    print("judged: " + ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())))
    for who in ("corpus", *judges):
        same = sum(said[who] == said["us"] for said in verdicts.values())
        print(f"of {len(verdicts)} files of the corpora {who} says the same as we of {same}")


if __name__ == "__main__":
    sys.exit(main())
