"""Two published questionnaires of different style, bound, and triaged over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bindings.conftest import PUBLISHED
from click.testing import CliRunner
from flask.testing import FlaskClient

from service.cli import main
from service.ruleset.bindings.against import compare
from service.ruleset.bindings.load import load_bindings, read_bindings
from service.triage.model import RuleSet

FHIR = {"Content-Type": "application/fhir+json"}
FORMS = sorted(path.name for path in PUBLISHED.iterdir() if path.is_dir())


@dataclass(frozen=True)
class Outcome:
    """What came of one response."""

    level: str
    status: str
    suspected: list[str]
    notes: str
    issues: list[dict[str, Any]]

    def issue(self, words: str) -> dict[str, Any]:
        (found,) = [issue for issue in self.issues if words in issue["details"]["text"]]
        return found


def response(form: str, name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((PUBLISHED / form / "responses" / f"{name}.json").read_text("utf-8"))
    return body


def triaged(client: FlaskClient, body: dict[str, Any]) -> Outcome:
    reply = client.post("/fhir/QuestionnaireResponse/$triage", json=body, headers=FHIR)
    assert reply.status_code == 200, reply.json
    resources = [entry["resource"] for entry in reply.json["entry"]]
    risk = resources[0]
    outcome = [resource["issue"] for resource in resources if resource["resourceType"] == "OperationOutcome"]
    return Outcome(
        level=risk["prediction"][0]["qualitativeRisk"]["coding"][0]["code"],
        status=risk["status"],
        suspected=[each["outcome"]["coding"][0]["code"] for each in risk["prediction"][1:]],
        notes=" ".join(note["text"] for note in risk["note"]),
        issues=outcome[0] if outcome else [],
    )


@pytest.fixture
def client(bound: Callable[[Path], FlaskClient], folder: Path) -> FlaskClient:
    return bound(folder)


@pytest.mark.parametrize("form", FORMS)
def test_the_binding_fits_its_questionnaire(form: str, rule_sets: tuple[RuleSet, ...]) -> None:
    (read,), problems = read_bindings(PUBLISHED / form / "binding.yaml", rule_sets)
    assert problems == []
    assert compare(read.draft, json.loads((PUBLISHED / form / "questionnaire.json").read_text("utf-8"))) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_fixtures_are_valid_fhir(form: str, client: FlaskClient) -> None:
    for path in sorted((PUBLISHED / form / "responses").glob("*.json")):
        reply = client.post("/fhir/QuestionnaireResponse/$validate", data=path.read_bytes(), headers=FHIR)
        assert [issue["severity"] for issue in reply.json["issue"]] == ["information"], path


def test_numb_feet_in_the_survey(client: FlaskClient) -> None:
    found = triaged(client, response("nhanes_diabetes", "numb_feet"))
    assert (found.level, found.status) == ("urgent", "preliminary")
    assert "diabetic-neuropathy" in found.suspected
    assert "could raise the level to emergency" in found.notes
    assert "signs on the legs (not asked about: a weak pulse, or none;" in found.notes
    assert "paralysis" in found.notes


def test_every_no_of_the_survey_leaves_the_rest_unknown(client: FlaskClient) -> None:
    found = triaged(client, response("nhanes_diabetes", "nothing_to_report"))
    assert (found.level, found.status, found.suspected) == ("routine", "preliminary", [])
    site = found.issue("Not answered: where it is numb (not asked about:")["details"]["text"]
    assert "; the face;" in site
    assert "foot" not in site
    assert found.issue("Not answered: numbness. ")["severity"] == "warning"


def test_what_was_refused_is_no_answer(client: FlaskClient) -> None:
    refused = triaged(client, response("nhanes_diabetes", "refused"))
    nothing = triaged(client, {**response("nhanes_diabetes", "refused"), "item": []} | {"item": [{"linkId": "DIQ010"}]})
    assert (refused.level, refused.status) == ("routine", "preliminary")
    assert [i["details"] for i in refused.issues] == [i["details"] for i in nothing.issues]


def test_a_weak_side_on_the_scale(client: FlaskClient) -> None:
    found = triaged(client, response("nih_stroke_scale", "weak_left_side"))
    assert (found.level, found.status) == ("emergency", "final")
    assert found.suspected[0] == "stroke"


@pytest.mark.parametrize("name", ["all_zero", "sensory_loss_only"])
def test_a_score_of_zero_denies_nothing(client: FlaskClient, name: str) -> None:
    found = triaged(client, response("nih_stroke_scale", name))
    assert (found.level, found.status) == ("routine", "preliminary")
    assert ("Numbness, whatever else (numbness: yes)" in found.notes) == (name == "sensory_loss_only")
    assert found.issue("Not answered: weakness of a limb. ")
    assert found.issue("Not answered: change of speech. ")


def test_the_note_names_the_binding(client: FlaskClient, folder: Path, rule_sets: tuple[RuleSet, ...]) -> None:
    binding = next(b for b in load_bindings(folder, rule_sets) if b.id == "nih-stroke-scale")
    assert (
        "Answers to https://stroke.example/fhir/Questionnaire/nihss, read by the binding nih-stroke-scale 1.0.0, "
        f"SHA-256 {binding.digest}. What that questionnaire does not ask is unknown."
    ) in triaged(client, response("nih_stroke_scale", "weak_left_side")).notes


def test_the_command_line_triages_it_too(folder: Path) -> None:
    path = PUBLISHED / "nih_stroke_scale/responses/weak_left_side.json"
    done = CliRunner(env={"TRIAGE_BINDINGS_PATH": str(folder)}).invoke(main, ["triage", str(path), "--explain"])
    assert done.exit_code == 0
    assert done.stdout.startswith("Level: Emergency")
    assert "read by the binding nih-stroke-scale 1.0.0" in done.stdout
    unbound = CliRunner().invoke(main, ["triage", str(path)])
    assert unbound.exit_code == 14
