"""The hazard log names tests and checks that exist, its page is the log, and a running service shows its controls."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main
from service.safety.against import Failed, against
from service.safety.asking import Asking, Reply
from service.safety.checks import CHECKS
from service.safety.hazards import LIKELIHOODS, SEVERITIES, Control, Hazard, document, hazards

ROOT = Path(__file__).parents[2]
LOG = hazards()
CONTROLS = [control for hazard in LOG for control in hazard.controls]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.test)
def test_every_control_is_shown_by_a_test_that_exists(control: Control) -> None:
    path, _, name = control.test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_live_check_belongs_to_a_control_and_the_other_way_round() -> None:
    assert {control.check for control in CONTROLS if control.check} == set(CHECKS)


@pytest.mark.parametrize("hazard", LOG, ids=lambda hazard: hazard.id)
def test_a_hazard_says_all_there_is_to_say(hazard: Hazard) -> None:
    assert hazard.severity in SEVERITIES
    assert LIKELIHOODS.index(hazard.after) < LIKELIHOODS.index(hazard.before)
    assert all([hazard.harm, hazard.causes, hazard.left, hazard.controls])


def test_two_hazards_are_not_acceptable_without_what_the_hospital_does() -> None:
    """What a person was asked, and what another's form meant by it, cannot be seen from here."""
    assert [hazard.id for hazard in LOG if not hazard.acceptable] == ["H07", "H18"]


def test_the_page_is_the_log() -> None:
    assert (ROOT / "docs" / "safety.md").read_text("utf-8") == document(LOG), "make it anew: hazards --document"


def test_a_running_service_shows_every_live_control(served: str) -> None:
    done = CliRunner().invoke(main, ["hazards", "--base", served])
    assert done.exit_code == 0, done.output
    live = sum(1 for control in CONTROLS if control.check)
    assert done.output.splitlines()[-1] == f"{live} of {live} live controls hold, 0 do not"
    assert "  holds  A red flag decides, whatever else is answered." in done.output
    assert "DOES NOT HOLD" not in done.output


def test_nobody_there() -> None:
    done = CliRunner().invoke(main, ["hazards", "--base", "http://127.0.0.1:9"])
    assert done.exit_code == 1
    assert done.output == "Error: http://127.0.0.1:9 does not answer (URLError).\n"


def test_an_address_that_is_none() -> None:
    done = CliRunner().invoke(main, ["hazards", "--base", "file:///etc/passwd"])
    assert done.exit_code == 2
    assert "--base: must be an http or https address" in done.output


@pytest.fixture(scope="module")
def served(server: Any) -> str:
    return f"http://127.0.0.1:{server.port}"


class Lying:
    """A service that answers as the real one does, but for what `spoil` makes of it."""

    def __init__(self, real: Asking, spoil: Any) -> None:
        self.base, self.token, self._real, self._spoil = real.base, real.token, real, spoil

    def get(self, path: str) -> Reply:
        return self._spoil(self._real.get(path))

    def without_token(self) -> Lying:
        return self

    def triage(self, body: Any, **headers: str) -> Reply:
        return self._spoil(self._real.triage(body, **headers))


def _as_text(reply: Reply, old: str, new: str) -> Reply:
    return replace(reply, body=json.loads(json.dumps(reply.body).replace(old, new)))


SPOILT = {
    "emergency-stays": lambda reply: _as_text(reply, '"emergency"', '"urgent"'),
    "unanswered-is-open": lambda reply: _as_text(reply, '"preliminary"', '"final"'),
    "mild-is-mild": lambda reply: _as_text(reply, '"self-care"', '"routine"'),
    "same-patient": lambda reply: _as_text(reply, "Patient/nobody-2", "Patient/nobody-3"),
    "questionnaire-version": lambda reply: replace(reply, status=200),
    "stale": lambda reply: _as_text(reply, "authored more than", "made"),
    "free-text": lambda reply: _as_text(reply, "not used", "used"),
    "active-rules": lambda reply: _as_text(reply, '"status": "active"', '"status": "draft"'),
    "sent-twice": lambda reply: _as_text(reply, "ifNoneExist", "ifMatch"),
    "not-to-be-used": lambda reply: replace(reply, status=200),
    "unsound-body": lambda reply: replace(reply, status=200),
    "contradictions": lambda reply: _as_text(reply, "does not go with", "and"),
    "children": lambda reply: _as_text(reply, '"routine"', '"self-care"'),
    "limits-said": lambda reply: _as_text(reply, "not a diagnosis", "a diagnosis"),
    "kept-nowhere": lambda reply: replace(reply, headers={}),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_control_that_does_not_hold_is_seen(name: str, served: str) -> None:
    on = against(Asking(served))
    list(CHECKS[name](on))
    lying: Any = Lying(on.asking, SPOILT[name])
    with pytest.raises(Failed):
        list(CHECKS[name](replace(on, asking=lying)))


def test_a_questionnaire_that_answers_itself_is_seen(served: str) -> None:
    on = against(Asking(served))
    filled = {name: item | {"initial": [{"valueBoolean": False}]} for name, item in on.form.items.items()}
    with pytest.raises(Failed, match="answered beforehand: numbness, "):
        list(CHECKS["no-defaults"](replace(on, form=replace(on.form, items=filled))))


def test_answers_without_a_token_are_seen_unless_only_this_machine_gets_them(served: str) -> None:
    on = against(Asking(served))
    assert list(CHECKS["access"](on)) == ["no token is asked for, and the address is of this machine only"]
    lying: Any = Lying(on.asking, lambda reply: reply)
    lying.base = "https://triage.example.org"
    with pytest.raises(Failed, match="answers are given without a token, and not only to this machine"):
        list(CHECKS["access"](replace(on, asking=lying)))
