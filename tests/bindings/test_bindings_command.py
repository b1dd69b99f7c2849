"""What `numbness-triage bindings` prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bindings.conftest import PUBLISHED, example
from click.testing import CliRunner, Result

from service.cli import main

NHANES = PUBLISHED / "nhanes_diabetes"


def bindings(*arguments: str, **env: str) -> Result:
    return CliRunner(env=env).invoke(main, ["bindings", *arguments])


def test_what_a_binding_answers_and_what_stays_unknown() -> None:
    done = bindings(str(PUBLISHED / "nih_stroke_scale" / "binding.yaml"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "nih-stroke-scale 1.0.0 (active): https://stroke.example/fhir/Questionnaire/nihss, version 2.1\n"
        "  read by limb-numbness 1.0.0; answers 10 of 53 questions: numbness (only yes); severe numbness (only yes); "
        "confusion (only yes); lethargy (only yes); loss of consciousness (only yes); change of speech (only yes); "
        "change of sight (only yes); unable to move a body part (only yes); unable to control movement (only yes); "
        "weakness of a limb (only yes)\n"
        "  16 red flags stay unknown: numbness-site, numbness-onset, numbness-spread, double-vision, dizziness, "
        "sudden-severe-headache, difficulty-breathing, loss-of-bladder-control, loss-of-bowel-control, paralysis, "
        "general-weakness, muscle-control-reduced, trouble-walking, pain-shooting-both-legs, recent-injury, leg-signs\n"
    )


def test_a_folder_by_the_setting(folder: Path) -> None:
    done = bindings(TRIAGE_BINDINGS_PATH=str(folder))
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if not line.startswith(" ")] == [
        "example-hospital-intake",
        "nhanes-diabetes-2003",
        "nih-stroke-scale",
    ]
    assert "where it is numb (only the face, foot, hand)" in done.stdout


def test_nothing_named() -> None:
    done = bindings()
    assert done.exit_code == 2
    assert "Name a binding or a folder of them, or set TRIAGE_BINDINGS_PATH." in done.stderr


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = example().replace("means: {numbness: true}}", "means: {numbnes: true}}")
    path = tmp_path / "mine" / "form.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def test_problems_as_text_for_github_and_as_json(faulty: Path) -> None:
    said, remedy = (
        "There is no question “numbnes”.",
        "Did you mean “numbness”? Name one of items.yaml, or add it there.",
    )
    text = bindings("mine/form.yaml")
    assert text.exit_code == 1
    assert text.stderr == f"mine/form.yaml:15:32: [dangling-id] {said} {remedy}\n1 problem found\n"
    github = bindings("mine", "--format", "github")
    assert github.stdout == f"::error file=mine/form.yaml,line=15,col=32,title=dangling-id::{said} {remedy}\n"
    (told,) = json.loads(bindings("mine", "--format", "json").stdout)
    assert told == {
        "file": "mine/form.yaml",
        "line": 15,
        "column": 32,
        "check": "dangling-id",
        "severity": "error",
        "message": said,
        "remedy": remedy,
    }


def test_the_service_does_not_start_with_it(faulty: Path) -> None:
    done = CliRunner(env={"TRIAGE_BINDINGS_PATH": str(faulty.parent)}).invoke(main, ["triage", "-"], input="{}")
    assert done.exit_code == 1
    assert done.stderr.startswith("mine/form.yaml:15:32: There is no question “numbnes”.")


def against(tmp_path: Path, change: Any) -> list[str]:
    """What is said of the survey's binding when its Questionnaire is changed."""
    resource = json.loads((NHANES / "questionnaire.json").read_text("utf-8"))
    change(resource, {item["linkId"]: item for item in resource["item"]})
    path = tmp_path / "questionnaire.json"
    path.write_text(json.dumps(resource), "utf-8")
    done = bindings(str(NHANES / "binding.yaml"), "--questionnaire", str(path))
    assert done.exit_code == (1 if done.stderr else 0)
    return [line.partition(" ")[2] for line in done.stderr.splitlines()[:-1]]


def test_against_the_questionnaire(tmp_path: Path) -> None:
    assert against(tmp_path, lambda resource, items: None) == []
    assert against(tmp_path, lambda resource, items: resource.update(url="https://b.example/q")) == [
        "[unfit-questionnaire] The Questionnaire has the url “https://b.example/q”. "
        "Write this one, or give the Questionnaire meant."
    ]
    assert against(tmp_path, lambda resource, items: items["DIQ090"].update(linkId="DIQ091")) == [
        "[unfit-questionnaire] The Questionnaire asks “DIQ091”, which the binding does not know. "
        "Map it, or add it to “ignored”.",
        "[unfit-questionnaire] The Questionnaire has no item “DIQ090”. Correct the linkId, or remove it.",
    ]
    assert against(tmp_path, lambda resource, items: items["DIQ140"].update(type="text", answerOption=[])) == [
        "[unfit-questionnaire] “DIQ140” is of type text, which is not answered with a code. "
        "Correct the answers; text can only be ignored."
    ]
    more = {"valueCoding": {"system": "https://nhanes.example/CodeSystem/answers", "code": "4"}}
    assert against(tmp_path, lambda resource, items: items["DIQ110"]["answerOption"].append(more)) == [
        "[unfit-questionnaire] The option “4” (https://nhanes.example/CodeSystem/answers) of “DIQ110” is not mapped. "
        "Add it; means: nothing, if it says nothing."
    ]
    assert against(tmp_path, lambda resource, items: items["DIQ110"]["answerOption"].pop(0)) == [
        "[unfit-questionnaire] “DIQ110” has no option “1” (https://nhanes.example/CodeSystem/answers). "
        "Correct it, or remove it."
    ]
    text = {"valueString": "Elsewhere"}
    assert against(tmp_path, lambda resource, items: items["DIQ110"]["answerOption"].append(text)) == [
        "[unfit-questionnaire] “DIQ110” has options without a code, which cannot be mapped. "
        "Ignore the question, or have its options coded."
    ]


def test_a_closed_list_of_which_one_is_picked(tmp_path: Path) -> None:
    item = {"linkId": "5", "type": "choice"}
    resource = {"resourceType": "Questionnaire", "url": "x", "version": "3", "item": [item]}
    (tmp_path / "q.json").write_text(json.dumps(resource), "utf-8")
    (tmp_path / "form.yaml").write_text(example(), "utf-8")
    done = bindings(str(tmp_path / "form.yaml"), "--questionnaire", str(tmp_path / "q.json"))
    assert "“5” takes one answer: what was not picked was not denied. Remove “closed”." in done.stderr
    assert "The Questionnaire is of version “3”. Add it, or give the Questionnaire meant." in done.stderr


@pytest.mark.parametrize(
    ("content", "said"), [("{", "q.json is not JSON."), ("[]", "q.json is not a FHIR Questionnaire.")]
)
def test_no_questionnaire(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "q.json").write_text(content, "utf-8")
    done = bindings(str(NHANES / "binding.yaml"), "--questionnaire", str(tmp_path / "q.json"))
    assert done.exit_code == 2
    assert said in done.stderr


def test_several_bindings_and_one_questionnaire(folder: Path) -> None:
    done = bindings(str(folder), "--questionnaire", str(NHANES / "questionnaire.json"))
    assert done.exit_code == 2
    assert "A Questionnaire is compared with one binding: name its file." in done.stderr
