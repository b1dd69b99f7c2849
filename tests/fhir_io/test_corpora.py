"""Published resources get the verdict that their authors gave them, but for the differences listed here."""

import csv
from pathlib import Path

import pytest
from sample_responses import CANON

from service.fhir_io.admission.body import parse_body
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.outcome import is_error
from service.fhir_io.read import validation_problems
from service.fhir_io.versions import R4, R4B, R5
from service.problems import Problem, Refused
from service.triage.model import RuleSet

CORPORA = Path(__file__).parents[1] / "corpora"
VERSIONS = {"4.0.1": R4, "4.3.0": R4B, "5.0.0": R5, "6.0.0": R5}
MANIFEST = list(csv.DictReader((CORPORA / "manifest.csv").open(encoding="utf-8")))

EXTENSION = (
    "the fault lies in an extension that only its makers know, and an extension that is no modifier may be passed over "
    "(https://hl7.org/fhir/R4/extensibility.html)"
)
TERMINOLOGY = (
    "the value set is not contained: what is in it, and how a code is to be displayed, a terminology server tells "
    "(https://hl7.org/fhir/R4/terminology-service.html)"
)
VALID_HERE = {
    "fhir-test-cases/questionnaireResponse-enableWhenEx-test-fail.from-xml.json": EXTENSION,
    "fhir-test-cases/nested-questionnaire-nested-valueset.json": EXTENSION,
    "fhir-test-cases/questionnaireresponse-hai-ltcf-questionnaireresponse-mdro-cdi-event.from-xml.json": TERMINOLOGY,
    "fhir-test-cases/choice-gender-coding-async-qr.json": TERMINOLOGY,
    "fhir-test-cases/open-choice-gender-coding-async-qr.json": TERMINOLOGY,
    "fhir-test-cases/qr-bad-ref2.json": (
        "a canonical names a resource that need not be at hand, so its type is not known here "
        "(https://hl7.org/fhir/R4/references.html#canonical)"
    ),
    "fhir-test-cases/reference-invalid-resource-type-qr.json": (
        "an absolute reference need not be the address of a RESTful server, where the path would name the type "
        "(https://hl7.org/fhir/R4/references.html#literal)"
    ),
}
"""Invalid by their authors' verdict, valid by ours, and why."""

READ_AS_R5_FOR_WANT_OF_R6 = {
    # refused for another reason than meant: R5 requires a questionnaire. It has no qrs-3, and its qrs-2 does not
    # compare items that stand directly in an item of the response
    "hl7-invariants/qrs-2.f1.fail.json",
    "hl7-invariants/qrs-3.f1.fail.json",
}
INVALID_BY_STRUCTURE_TOO = {
    # its conversion from XML left decimals as strings
    "fhir-test-cases/questionnaire-lifelines.from-xml.json",
}
QUESTIONNAIRE_INVALID_ITSELF = {
    # the Questionnaire has no status, which FHIR requires; the test below gives it one
    "fhir-test-cases/quantity-min-max-qr.json",
}


def with_questionnaire(response: bytes, questionnaire: bytes) -> bytes:
    """Parameters of both, as they are: parsing them would round their decimals."""
    first = b'{"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": ' + response
    return first + b'}, {"name": "questionnaire", "resource": ' + questionnaire + b"}]}"


def texts(row: dict[str, str]) -> tuple[bytes, bytes]:
    """A response and its Questionnaire."""
    return (CORPORA / row["path"]).read_bytes(), (CORPORA / "questionnaires" / row["questionnaire"]).read_bytes()


def body_of(row: dict[str, str]) -> bytes:
    return with_questionnaire(*texts(row)) if row["questionnaire"] else (CORPORA / row["path"]).read_bytes()


def errors(raw: bytes, fhir_version: str, rule_set: RuleSet) -> list[Problem]:
    try:
        body = parse_body(raw)
    except Refused as refused:
        return refused.problems
    return [one for one in validation_problems(body, VERSIONS[fhir_version], rule_set, CANON) if is_error(one)]


def of_structure(path: str, fhir_version: str = "4.0.1") -> list[Problem]:
    try:
        body = parse_body((CORPORA / path).read_bytes())
    except Refused as refused:
        return refused.problems
    return structural_problems(body, VERSIONS[fhir_version], str(body["resourceType"]))


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["path"])
def test_published_resources(row: dict[str, str], rule_set: RuleSet) -> None:
    found = errors(body_of(row), row["fhir_version"], rule_set)
    invalid = row["expected"] == "invalid" and row["path"] not in VALID_HERE
    assert bool(found) == invalid, [problem.text for problem in found]


@pytest.mark.parametrize(
    "row", [row for row in MANIFEST if row["error_class"] == "questionnaire"], ids=lambda row: row["path"]
)
def test_what_is_wrong_only_against_its_questionnaire_is_sound_fhir(row: dict[str, str]) -> None:
    found = of_structure(row["path"], row["fhir_version"])
    assert bool(found) == (row["path"] in INVALID_BY_STRUCTURE_TOO), [problem.text for problem in found]


def test_all_questionnaires_but_one_are_sound_fhir() -> None:
    rows = [row for row in MANIFEST if row["questionnaire"]]
    unsound = {
        row["path"]
        for row in rows
        if structural_problems(parse_body(texts(row)[1]), VERSIONS[row["fhir_version"]], "Questionnaire")
    }
    assert unsound == QUESTIONNAIRE_INVALID_ITSELF
    assert {row["questionnaire"] for row in rows} == {path.name for path in (CORPORA / "questionnaires").iterdir()}


def test_the_differences_are_files() -> None:
    listed = INVALID_BY_STRUCTURE_TOO | READ_AS_R5_FOR_WANT_OF_R6 | VALID_HERE.keys()
    assert listed <= {row["path"] for row in MANIFEST if row["expected"] == "invalid"}


def row_of(name: str) -> dict[str, str]:
    return next(row for row in MANIFEST if row["path"] == f"fhir-test-cases/{name}")


def test_a_questionnaire_with_its_status_is_read(rule_set: RuleSet) -> None:
    response, questionnaire = texts(row_of("quantity-min-max-qr.json"))
    mended = questionnaire.replace(b"{", b'{"status": "active",', 1)
    message = "The quantity cannot be compared with the question's limit, because a formal unit is missing."
    assert [one.message for one in errors(with_questionnaire(response, mended), "4.0.1", rule_set)] == [message] * 2


def test_hl7s_validator_finds_the_same_five_faults(rule_set: RuleSet) -> None:
    response, questionnaire = texts(row_of("questionnaire-lifelines.from-xml.json"))
    for number in (b"-10", b"87"):
        response = response.replace(b'"value": "' + number + b'"', b'"value": ' + number)
    found = errors(with_questionnaire(response, questionnaire), "5.0.0", rule_set)
    assert [(one.where.removeprefix("Parameters.parameter[0].resource."), one.message) for one in found] == [
        ("item[0].item[0]", "Items below a question stand in its answer."),
        ("item[1].item[5].answer[0]", "The question has a second answer."),
        (
            "item[1].item[5].answer[0].valueQuantity",
            "The answer is less than the least that the question takes, 0 kg.",
        ),
        ("item[2].item[0].answer[0].valueString", "valueBoolean is expected, not valueString."),
        ("item[2].item[1].answer[0].valueString", "valueBoolean is expected, not valueString."),
    ]


@pytest.mark.parametrize("path", sorted(READ_AS_R5_FOR_WANT_OF_R6))
def test_invariants_of_r6_are_not_those_of_r5(path: str) -> None:
    assert [problem.message for problem in of_structure(path, "6.0.0")] == [
        "QuestionnaireResponse.questionnaire is required."
    ]


def test_qrs_1_has_its_place() -> None:
    places = {
        name: [p.where for p in of_structure(f"hl7-invariants/qrs-1.{name}.fail.from-xml.json")]
        for name in ("f1", "f2")
    }
    assert places == {"f1": ["QuestionnaireResponse.item[0].item[0]"], "f2": ["QuestionnaireResponse.item[0]"]}


@pytest.mark.parametrize("path", sorted((CORPORA / "primitives").iterdir()), ids=lambda path: path.stem)
def test_primitives(path: Path) -> None:
    found = of_structure(f"primitives/{path.name}")
    assert bool(found) == (".invalid." in path.name), [problem.text for problem in found]
