"""Problems as an OperationOutcome whose expressions are FHIRPath."""

from __future__ import annotations

import pytest

from service.fhir_io.outcome import ISSUES, fhir_path, is_error, operation_outcome
from service.fhir_io.versions import VERSIONS
from service.problems import Kind, Problem


@pytest.mark.parametrize(
    ("where", "expression"),
    [
        ("QuestionnaireResponse.item[0].answer[1].valueCoding", "QuestionnaireResponse.item[0].answer[1].value"),
        ("Parameters.parameter[0].valueReference.reference", "Parameters.parameter[0].value.reference"),
        ("QuestionnaireResponse.contained[0].resourceType", "QuestionnaireResponse.contained[0]"),
        ("QuestionnaireResponse.status", "QuestionnaireResponse.status"),
        ("QuestionnaireResponse.extension[0].value", "QuestionnaireResponse.extension[0].value"),
    ],
)
def test_a_place_in_the_json_becomes_fhirpath(where: str, expression: str) -> None:
    assert fhir_path(where) == expression


def test_every_kind_of_problem_has_an_issue() -> None:
    assert set(ISSUES) == set(Kind)
    assert not is_error(Problem(Kind.INCOMPLETE, "", "x"))
    assert is_error(Problem(Kind.SUBJECT, "", "x"))


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_an_outcome_is_valid_and_says_where_what_and_what_to_do(version: object) -> None:
    problem = Problem(Kind.ANSWER_TYPE, "A.item[0].answer[0].valueString", "Wrong.", "Mend it.", "weak", "Weak?")
    made = operation_outcome([problem])
    assert made["issue"] == [
        {
            "severity": "error",
            "code": "value",
            "details": {"text": "A.item[0].answer[0].valueString: Wrong. Question: weak “Weak?”. Mend it."},
            "expression": ["A.item[0].answer[0].value"],
        }
    ]
    version.model("OperationOutcome").model_validate(made)


def test_nothing_wrong_is_said_too() -> None:
    assert operation_outcome([])["issue"][0]["details"]["text"] == "No problem was found."
