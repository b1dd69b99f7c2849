"""A service against which the live checks are made, and how one of them says that a control does not hold."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.safety.asking import Asking, Form, Reply, form_of

_TOLD: dict[str, Any] = tomllib.loads((Path(__file__).parent / "answers.toml").read_text("utf-8"))

QUESTIONNAIRE: str = _TOLD["questionnaire"]
OPEN_SIGN: str = _TOLD["open-warning-sign"]
WRONG_OPTION: str = _TOLD["wrong-option"]
YES_NO: str = _TOLD["yes-no"]
ANSWERS: dict[str, dict[str, Any]] = _TOLD["answers"]
"""Sets of answers by name; the names of questions and options stand in data, as everywhere."""

RED_FLAG, OTHER_SIGN, MILD = (ANSWERS[name] for name in ("red-flag", "other-sign", "mild"))
CHILD, CONTRADICTION = (ANSWERS[name] for name in ("child", "contradiction"))

MARK = "Zyxwv-Nobody-7531"


class Failed(Exception):  # noqa: N818 - the name says what is the matter
    """Raised with what was seen in place of what the control promises."""


@dataclass(frozen=True, slots=True)
class Against:
    """The service that is asked, and the form of the questionnaire that it serves."""

    asking: Asking
    form: Form

    def level(self, answers: Mapping[str, Any], **elements: Any) -> Reply:
        """The reply to answers that must be triaged."""
        reply = self.asking.triage(self.form.response(answers, **elements))
        hold(reply.status == 200, f"the answers were refused with {reply.status}: {reply.said}")
        return reply

    def refused(self, status: int, body: Any, **headers: str) -> Reply:
        """The reply to what must be refused, with that status and an OperationOutcome."""
        reply = self.asking.triage(body, **headers)
        hold(reply.status == status, f"it was answered with {reply.status} in place of {status}")
        hold(bool(reply.said), "the refusal is no OperationOutcome with a text")
        return reply


Check = Callable[[Against], Iterator[str]]


def against(asking: Asking) -> Against:
    """What the checks need to know of a service; Failed when it does not serve the questionnaire that they answer."""
    reply = asking.get(f"/fhir/Questionnaire/{QUESTIONNAIRE}")
    hold(reply.status == 200, f"/fhir/Questionnaire/{QUESTIONNAIRE} was answered with {reply.status}")
    return Against(asking, form_of(reply.body))


def hold(holds: bool, otherwise: str) -> None:
    """Failed with `otherwise` when it does not."""
    if not holds:
        raise Failed(otherwise)


def first_line(text: str) -> str:
    """The first of the texts of an outcome."""
    return text.splitlines()[0] if text else ""
