"""Several rule sets at once: a hospital's own beside ours, and two versions of one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.ruleset.load import RuleSetInvalid
from service.ruleset.several import load_rule_sets, rule_folders
from service.settings import Settings, packaged
from service.web.app import create_app
from service.wiring import build_service

OURS = packaged("rules") / "limb_numbness"
THEIRS = Path(__file__).parent / "hand_after_cast"
BASE = "https://numbness-triage.example/fhir"
TRIAGE = "/fhir/QuestionnaireResponse/$triage"
FHIR = {"Content-Type": "application/fhir+json"}


def body(questionnaire: str | None, *answers: tuple[str, bool]) -> dict[str, Any]:
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/example"},
        "item": [{"linkId": link_id, "answer": [{"valueBoolean": value}]} for link_id, value in answers],
    }
    return response | ({"questionnaire": f"{BASE}/Questionnaire/{questionnaire}"} if questionnaire else {})


def copied(tmp_path: Path, name: str, **changes: str) -> Path:
    """A copy of our rules with other words in ruleset.yaml."""
    folder = tmp_path / name
    shutil.copytree(OURS, folder)
    text = (folder / "ruleset.yaml").read_text("utf-8")
    for old, new in changes.items():
        assert f"{old}: " in text
        text = "\n".join(f"{old}: {new}" if line.startswith(f"{old}: ") else line for line in text.split("\n"))
    (folder / "ruleset.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    settings = Settings(rules_path=THEIRS)
    return create_app(settings, build_service(settings)).test_client()


def triaged(client: FlaskClient, response: dict[str, Any]) -> tuple[str, str]:
    """By which rule set a response was triaged, and as what."""
    reply = client.post(TRIAGE, json=response, headers=FHIR)
    assert reply.status_code == 200, reply.json
    risk = reply.json["entry"][0]["resource"]
    method = risk["method"]["coding"][0]
    return f"{method['code']} {method['version']}", risk["prediction"][0]["qualitativeRisk"]["coding"][0]["code"]


@pytest.mark.parametrize(
    ("questionnaire", "answer", "by", "level"),
    [
        ("hand-after-cast", ("fingers-blue", True), "hand-after-cast 1.0.0", "emergency"),
        ("hand-after-cast|1.0.0", ("cast-tight", True), "hand-after-cast 1.0.0", "urgent"),
        ("limb-numbness", ("confusion", True), "limb-numbness 1.0.0", "emergency"),
        (None, ("confusion", True), "limb-numbness 1.0.0", "emergency"),
    ],
)
def test_a_response_is_triaged_by_the_rules_of_its_questionnaire(
    client: FlaskClient, questionnaire: str | None, answer: tuple[str, bool], by: str, level: str
) -> None:
    assert triaged(client, body(questionnaire, answer)) == (by, level)


def test_a_response_in_parameters_is_chosen_for_as_well(client: FlaskClient) -> None:
    inside = body("hand-after-cast", ("fingers-blue", True))
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "questionnaireResponse", "resource": inside}],
    }
    assert triaged(client, parameters) == ("hand-after-cast 1.0.0", "emergency")


@pytest.mark.parametrize("questionnaire", ["another", "hand-after-cast|9.9.9"])
def test_what_is_not_served_is_refused_and_all_that_is_served_is_named(client: FlaskClient, questionnaire: str) -> None:
    reply = client.post(TRIAGE, json=body(questionnaire, ("confusion", True)), headers=FHIR)
    assert reply.status_code == 422
    (issue,) = reply.json["issue"]
    assert f"Served is {BASE}/Questionnaire/limb-numbness|1.0.0, " in issue["details"]["text"]
    assert f"{BASE}/Questionnaire/hand-after-cast|1.0.0." in issue["details"]["text"]


def test_both_sets_are_defined_and_share_their_code_systems(client: FlaskClient) -> None:
    assert client.get("/fhir/Questionnaire/hand-after-cast").json["version"] == "1.0.0"
    assert client.get("/fhir/Questionnaire/limb-numbness").json["version"] == "1.0.0"
    assert client.get("/fhir/PlanDefinition").json["total"] == 2
    conditions = client.get("/fhir/CodeSystem/suspected-condition").json
    codes = [concept["code"] for concept in conditions["concept"]]
    assert {"compartment-syndrome", "stroke"} <= set(codes)
    assert len(codes) == len(set(codes)) == conditions["count"]
    ready = client.get("/health/ready").json
    assert [one["id"] for one in ready["ruleSets"]] == ["limb-numbness", "hand-after-cast"]
    page = client.get("/").text
    assert "hand-after-cast 1.0.0" in page
    assert "limb-numbness 1.0.0" in page


def test_two_versions_of_one_are_served_side_by_side(tmp_path: Path) -> None:
    newer = copied(tmp_path, "newer", version='"1.1.0"')
    settings = Settings(rules_path=newer)
    client = create_app(settings, build_service(settings)).test_client()
    sign = ("confusion", True)
    assert triaged(client, body("limb-numbness|1.0.0", sign))[0] == "limb-numbness 1.0.0"
    assert triaged(client, body("limb-numbness|1.1.0", sign))[0] == "limb-numbness 1.1.0"
    assert triaged(client, body("limb-numbness", sign))[0] == "limb-numbness 1.1.0"
    assert client.get("/fhir/Questionnaire/limb-numbness").json["version"] == "1.1.0"
    assert client.get("/fhir/Questionnaire/limb-numbness-1.0.0").json["version"] == "1.0.0"
    found = client.get(f"/fhir/Questionnaire?url={BASE}/Questionnaire/limb-numbness|1.0.0").json
    assert [entry["resource"]["version"] for entry in found["entry"]] == ["1.0.0"]


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_only_active_rule_sets_are_served(tmp_path: Path, status: str) -> None:
    waiting = copied(tmp_path, "waiting", version='"2.0.0"', status=status)
    assert [one.version for one in load_rule_sets([OURS, waiting])] == ["1.0.0"]
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_sets([waiting])
    assert str(caught.value) == (
        "ruleset.yaml:1:1: There is no active rule set. "
        "Give one the status active, or name another folder by TRIAGE_RULES_PATH."
    )


def test_two_different_sets_with_one_name_are_refused(tmp_path: Path) -> None:
    other = copied(tmp_path, "other", title="Something else")
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_sets([OURS, other])
    assert str(caught.value) == (
        "other/ruleset.yaml:1:1: Another rule set is limb-numbness 1.0.0, too. "
        "Raise the version of one, retire one, or set TRIAGE_SHIPPED_RULES=false if it is ours."
    )
    same = copied(tmp_path, "same")
    assert len(load_rule_sets([OURS, same])) == 1


def test_ours_can_be_left_out() -> None:
    settings = Settings(rules_path=THEIRS, shipped_rules=False)
    assert [one.id for one in build_service(settings).triage.served] == ["hand-after-cast"]


def test_a_path_is_a_rule_set_or_a_folder_of_them(tmp_path: Path) -> None:
    assert rule_folders(OURS) == [OURS]
    assert rule_folders(OURS.parent) == [OURS]
    assert rule_folders(tmp_path) == [tmp_path]


def test_the_problems_of_all_sets_come_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (copied(tmp_path, name) / "tests.yaml").unlink()
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_sets([tmp_path])
    wheres = {problem.where for problem in caught.value.problems}
    assert {"one/tests.yaml:1:1", "two/tests.yaml:1:1"} <= wheres
