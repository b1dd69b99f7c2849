"""Reads recorded responses, each as two versions of a rule set do, whichever version it was an answer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.fhir_io.admission.body import Limits, parse_body
from service.fhir_io.answers import ReadAnswers, read_answers
from service.fhir_io.parameters import RESPONSE
from service.fhir_io.read import read_request
from service.fhir_io.terminology import ANSWERS
from service.fhir_io.versions import FhirVersion
from service.problems import Kind, Refused
from service.ruleset.impact import Sample
from service.triage.model import RuleSet

OF_ANSWERS = (Kind.ANSWER_TYPE, Kind.ANSWER_CODE)
"""What a version refuses because it asks otherwise than the one that was answered."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The two versions that read each response, and how."""

    old: RuleSet
    new: RuleSet
    canonical_base: str
    version: FhirVersion
    limits: Limits


def read_recorded(readers: Readers, path: Path) -> tuple[list[Sample], list[str]]:
    """The responses at the path, and where and why others could not be read."""
    samples: list[Sample] = []
    unreadable: list[str] = []
    seen: set[str] = set()
    for place, raw in _bodies(path):
        try:
            name, sample = _read(readers, raw, place)
        except Refused as refused:
            unreadable.append(f"{place}: {'; '.join(problem.text for problem in refused.problems)}")
            continue
        samples.append(sample if name not in seen else _renamed(sample, f"{name} ({place})"))
        seen.add(name)
    return samples, unreadable


def _bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each body with its place: the *.json files of a folder, the lines of an .ndjson file, or one file."""
    if path.is_dir():
        yield from ((file.name, file.read_bytes()) for file in sorted(path.glob("*.json")) if file.is_file())
    elif path.suffix == ".ndjson":
        with path.open("rb") as lines:
            yield from ((f"{path.name}:{number}", line) for number, line in enumerate(lines, 1) if line.strip())
    else:
        yield path.name, path.read_bytes()


def _read(readers: Readers, raw: bytes, place: str) -> tuple[str, Sample]:
    """A response's name and what each version reads of it; Refused when neither could triage it."""
    response = _response(parse_body(raw, readers.limits))
    try:
        read_request(response, readers.version, readers.new, readers.canonical_base)
    except Refused as refused:
        if serious := [problem for problem in refused.problems if problem.kind not in OF_ANSWERS]:
            raise Refused(serious) from None
    system = f"{readers.canonical_base}/CodeSystem/{ANSWERS}"
    old, new = (
        read_answers(response, RESPONSE, rule_set, answer_system=system) for rule_set in (readers.old, readers.new)
    )
    wrong_for_old = {problem.where for problem in old.problems.listed()}
    if wrong := [problem for problem in new.problems.listed() if problem.where in wrong_for_old]:
        raise Refused(wrong)
    name = str(response.get("id", place))
    return name, Sample(name, old.answers, new.answers, _unread(old), _unread(new))


def _response(body: dict[str, Any]) -> dict[str, Any]:
    """The response in the body, as an answer to any version and, where it names nobody, about no one in particular."""
    inside = body.get("parameter") if body.get("resourceType") == "Parameters" else None
    parts = [part.get("resource") for part in inside if isinstance(part, dict)] if isinstance(inside, list) else []
    found = [part for part in parts if isinstance(part, dict) and part.get("resourceType") == RESPONSE]
    response = dict(found[0] if len(found) == 1 else body)
    if response.get("resourceType") == RESPONSE:
        response.setdefault("subject", {"reference": "Patient/of-no-matter"})
        if isinstance(named := response.get("questionnaire"), str):
            response["questionnaire"] = named.partition("|")[0]
    return response


def _unread(read: ReadAnswers) -> tuple[str, ...]:
    problems = [*read.problems.listed(), *read.warnings.listed()]
    return tuple(dict.fromkeys(problem.link_id or "(another linkId)" for problem in problems))


def _renamed(sample: Sample, name: str) -> Sample:
    return Sample(name, sample.before, sample.after, sample.unread_before, sample.unread_after)
