"""Write the expected answer of every example anew; run by hand: python -m tests.doors.regenerate."""

from __future__ import annotations

import json
from pathlib import Path

from service.assess import assess
from service.fhir_io.outcome import operation_outcome
from service.fhir_io.versions import VERSIONS
from service.problems import Refused
from service.settings import Settings, packaged
from service.wiring import Service, build_service

FIXED_TIME = "2026-01-15T09:30:00+01:00"


def golden_file(folder: Path, status: int) -> Path:
    """Where the expected answer of an example stands."""
    return folder / ("bundle.json" if status == 200 else "outcome.json")


def answer(service: Service, folder: Path) -> str:
    """What the service answers to an example, as the text of its golden file."""
    about = json.loads((folder / "about.json").read_text("utf-8"))
    raw = (folder / "response.json").read_bytes()
    try:
        resource = json.loads(assess(service.triage, raw, version=VERSIONS[about["fhirVersion"]]).bundle)
    except Refused as refused:
        resource = operation_outcome(refused.problems)
    return json.dumps(resource, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the golden file of every example and say which changed."""
    service = build_service(Settings(fixed_time=FIXED_TIME))
    for about in sorted(packaged("fhir_examples").glob("*/about.json")):
        golden = golden_file(about.parent, json.loads(about.read_text("utf-8"))["status"])
        made = answer(service, about.parent)
        changed = not golden.exists() or golden.read_text("utf-8") != made
        golden.write_text(made, encoding="utf-8")
        print(f"{'changed' if changed else 'as before'}  {about.parent.name}")


if __name__ == "__main__":
    main()
