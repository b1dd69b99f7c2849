"""Published resources get the verdict that their authors gave them, but for the differences listed here."""

import csv
from pathlib import Path

import pytest

from service.fhir_io.body import parse_body
from service.fhir_io.structure import structural_problems
from service.fhir_io.versions import R4, R4B, R5
from service.problems import Problem, Refused

CORPORA = Path(__file__).parents[1] / "corpora"
VERSIONS = {"4.0.1": R4, "4.3.0": R4B, "5.0.0": R5, "6.0.0": R5}
MANIFEST = list(csv.DictReader((CORPORA / "manifest.csv").open(encoding="utf-8")))

INVALID_BUT_NOT_BY_STRUCTURE = {
    # against a terminology, a profile or another server's contents, which no structural check has
    "fhir-test-cases/qr-bad-ref2.json",
    "fhir-test-cases/nested-questionnaire-nested-valueset.json",
    "fhir-test-cases/questionnaireresponse-hai-ltcf-questionnaireresponse-mdro-cdi-event.from-xml.json",
    "fhir-test-cases/choice-gender-coding-async-qr.json",
    "fhir-test-cases/open-choice-gender-coding-async-qr.json",
    "fhir-test-cases/reference-invalid-resource-type-qr.json",
    # Attachment.size is not compared with the data
    "fhir-test-cases/attachment-inconsistent-size-qr.json",
}
INVALID_BY_STRUCTURE_TOO = {
    # known as wrong against its Questionnaire; its conversion from XML also left decimals as strings
    "fhir-test-cases/questionnaire-lifelines.from-xml.json",
}
READ_AS_R5_FOR_WANT_OF_R6 = {
    # refused for another reason than meant: R5 requires a questionnaire; qrs-2 and qrs-3 are not checked
    "hl7-invariants/qrs-2.f1.fail.json",
    "hl7-invariants/qrs-3.f1.fail.json",
}


def problems(path: str, fhir_version: str = "4.0.1") -> list[Problem]:
    try:
        body = parse_body((CORPORA / path).read_bytes())
    except Refused as refused:
        return refused.problems
    return structural_problems(body, VERSIONS[fhir_version], str(body["resourceType"]))


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["path"])
def test_published_resources(row: dict[str, str]) -> None:
    by_structure = row["expected"] == "invalid" and row["error_class"] != "questionnaire"
    differs = row["path"] in INVALID_BUT_NOT_BY_STRUCTURE | INVALID_BY_STRUCTURE_TOO
    found = problems(row["path"], row["fhir_version"])
    assert bool(found) == (by_structure != differs), [problem.text for problem in found]


def test_the_differences_are_files() -> None:
    listed = INVALID_BUT_NOT_BY_STRUCTURE | INVALID_BY_STRUCTURE_TOO | READ_AS_R5_FOR_WANT_OF_R6
    assert listed <= {row["path"] for row in MANIFEST}


@pytest.mark.parametrize("path", sorted(READ_AS_R5_FOR_WANT_OF_R6))
def test_invariants_of_r6_are_not_checked(path: str) -> None:
    assert [problem.message for problem in problems(path, "6.0.0")] == [
        "QuestionnaireResponse.questionnaire is required."
    ]


def test_qrs_1_has_its_place() -> None:
    places = {
        name: [p.where for p in problems(f"hl7-invariants/qrs-1.{name}.fail.from-xml.json")] for name in ("f1", "f2")
    }
    assert places == {"f1": ["QuestionnaireResponse.item[0].item[0]"], "f2": ["QuestionnaireResponse.item[0]"]}


@pytest.mark.parametrize("path", sorted((CORPORA / "primitives").iterdir()), ids=lambda path: path.stem)
def test_primitives(path: Path) -> None:
    found = problems(f"primitives/{path.name}")
    assert bool(found) == (".invalid." in path.name), [problem.text for problem in found]
