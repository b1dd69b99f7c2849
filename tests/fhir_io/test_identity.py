"""The same subject, response, answers and rules give the same id; anything else gives another."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.fhir_io.identity import NAMESPACE, assessment_id, part_id, uuid5
from service.fhir_io.read import Request
from service.triage.questions import Denied, Unasked

ASKED = Request(
    response={"resourceType": "QuestionnaireResponse", "id": "r1", "authored": "2026-01-15"},
    response_path="QuestionnaireResponse",
    subject={"reference": "Patient/1", "display": "Example"},
    encounter=None,
    bundle_type="collection",
    answers={"numbness": (True,), "site": ("foot", "face")},
    places={},
    warnings=(),
)
ID = assessment_id(ASKED, "digest")


def test_the_id_is_a_uuid_of_version_5() -> None:
    assert assessment_id(ASKED, "digest") == ID
    assert ID[14] == "5"


@pytest.mark.parametrize(
    "same",
    [
        replace(ASKED, answers={"site": ("face", "foot", "face"), "numbness": (True,)}),
        replace(ASKED, subject={"reference": "Patient/1", "display": "Another spelling"}),
        replace(ASKED, response={**ASKED.response, "authored": "2026-02-20"}),
        replace(ASKED, bundle_type="transaction"),
    ],
    ids=["order and repetition", "display", "authored", "bundle type"],
)
def test_what_does_not_matter_keeps_the_id(same: Request) -> None:
    assert assessment_id(same, "digest") == ID


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, answers={**ASKED.answers, "numbness": (False,)}),
        replace(ASKED, answers={**ASKED.answers, "site": ("foot", "face", Unasked("hand"))}),
        replace(ASKED, answers={**ASKED.answers, "site": ("foot", "face", Denied("hand"))}),
        replace(ASKED, subject={"reference": "Patient/2"}),
        replace(ASKED, subject={"identifier": {"system": "http://ehr.example", "value": "1"}}),
        replace(ASKED, response={**ASKED.response, "id": "r2"}),
        replace(ASKED, response={"identifier": {"system": "http://ehr.example", "value": "r1"}}),
        replace(ASKED, encounter={"reference": "Encounter/1"}),
    ],
    ids=[
        "answer",
        "unasked",
        "denied",
        "subject",
        "subject by identifier",
        "response",
        "response by identifier",
        "encounter",
    ],
)
def test_what_matters_changes_the_id(other: Request) -> None:
    assert assessment_id(other, "digest") != ID


def test_other_rules_change_the_id() -> None:
    assert assessment_id(ASKED, "another digest") != ID


def test_parts_have_ids_of_their_own() -> None:
    assert part_id(ID, "mri-spine") == part_id(ID, "mri-spine")
    assert len({ID, part_id(ID, "mri-spine"), part_id(ID, "ct-spine")}) == 3


@given(st.uuids(), st.text())
def test_the_ids_are_uuids_of_version_5(namespace: uuid.UUID, name: str) -> None:
    """As the standard library makes them (RFC 9562 §5.5)."""
    name = name.encode(errors="ignore").decode()
    assert uuid5(namespace.bytes, name.encode()) == str(uuid.uuid5(namespace, name))


@pytest.mark.parametrize("system", ["urn:a", "urn:\x7f", "urn:ä", "urn:\U0001f9b6", 'urn:"\\'])
def test_an_id_rests_on_the_same_text_however_it_is_written(system: str) -> None:
    subject = {"identifier": {"system": system, "value": "1"}}
    request = replace(ASKED, subject=subject, answers={"numbness": (True,), "leg-signs": ("b", "a", "b")})
    said = [["leg-signs", ['"a"', '"b"']], ["numbness", ["true"]]]
    own = request.response.get("identifier") or {}
    named = [request.response.get("id"), [own.get("system"), own.get("value")]]
    text = json.dumps(
        [[system, "1"], request.encounter and request.encounter["reference"], named, said, "digest"],
        separators=(",", ":"),
    )
    assert assessment_id(request, "digest") == str(uuid.uuid5(NAMESPACE, text))
