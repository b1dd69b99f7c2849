"""What scopes allow, in both versions of SMART."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.security.scopes import grants

TRIAGE = ("system/QuestionnaireResponse.c", "system/RiskAssessment.r")


@pytest.mark.parametrize(
    "held",
    [
        "system/QuestionnaireResponse.c system/RiskAssessment.r",
        "system/QuestionnaireResponse.cruds system/RiskAssessment.rs",
        "system/QuestionnaireResponse.cu system/*.rs",
        "system/*.cruds",
        "system/*.cr",
        "system/*.*",
        "system/QuestionnaireResponse.write system/RiskAssessment.read",
        "system/*.write system/*.read",
        "openid system/Patient.rs system/*.c system/RiskAssessment.*",
    ],
)
def test_these_allow_a_triage(held):
    assert grants(held.split(), TRIAGE)


@pytest.mark.parametrize(
    "held",
    [
        "",
        "system/QuestionnaireResponse.c",
        "system/RiskAssessment.r",
        "system/*.rs",
        "system/*.read",
        "system/*.write",
        "system/QuestionnaireResponse.rs system/RiskAssessment.rs",
        "system/QuestionnaireResponse.r system/RiskAssessment.c",
        "patient/*.cruds",
        "user/*.*",
        "system/QuestionnaireResponse.c system/RiskAssessment.r?status=final",
        "system/QuestionnaireResponse.c?status=completed system/RiskAssessment.r",
        "system/QuestionnaireResponse.rc system/RiskAssessment.r",
        "system/QuestionnaireResponse.C system/RiskAssessment.R",
        "System/*.cruds",
        "system/*.crudsx",
        "system/*.",
        "system/*",
        "*/*.*",
        "system/**.cruds",
        "system/questionnaireresponse.c system/riskassessment.r",
        "system/QuestionnaireResponseX.c system/RiskAssessmentX.r",
        "xsystem/*.cruds",
        "system/*.cruds\n",
        "system/*.cruds,system/*.rs",
        ".cruds",
    ],
)
def test_these_do_not(held):
    assert not grants(held.split(" "), TRIAGE)


LETTERS = ["".join(some) for length in range(1, 6) for some in itertools.combinations("cruds", length)]


@given(st.sampled_from(LETTERS), st.sampled_from("cruds"), st.sampled_from(["*", "RiskAssessment", "Patient"]))
def test_a_scope_allows_its_letters_on_its_type_and_nothing_else(letters, letter, kind):
    allowed = letter in letters and kind in ("*", "RiskAssessment")
    assert grants([f"system/{kind}.{letters}"], [f"system/RiskAssessment.{letter}"]) == allowed


@given(st.lists(st.text(max_size=30), max_size=5))
def test_text_that_is_no_scope_allows_nothing(texts):
    assert not grants([text for text in texts if not text.startswith("system/")], TRIAGE)
