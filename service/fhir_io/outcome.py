"""Problems and open questions as a FHIR OperationOutcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.problems import Kind, Problem
from service.triage.binding import Binding
from service.triage.decision import Conflict, Decision, OpenQuestion
from service.triage.words import conflict_in_words

_CHOICE = re.compile(r"\.value[A-Z]\w*")
_TYPE = re.compile(r"(?:^|\.)resourceType$")

ISSUES: dict[Kind, tuple[str, str]] = {
    Kind.MALFORMED: ("fatal", "structure"),
    Kind.STRUCTURE: ("error", "structure"),
    Kind.NOT_FOUND: ("error", "not-found"),
    Kind.METHOD: ("error", "not-supported"),
    Kind.NOT_ACCEPTABLE: ("error", "not-supported"),
    Kind.MEDIA_TYPE: ("error", "not-supported"),
    Kind.TOO_LARGE: ("error", "too-long"),
    Kind.TOO_SLOW: ("error", "timeout"),
    Kind.STATUS: ("error", "business-rule"),
    Kind.QUESTIONNAIRE: ("error", "not-supported"),
    Kind.SUBJECT: ("error", "required"),
    Kind.ANSWER_TYPE: ("error", "value"),
    Kind.ANSWER_CODE: ("error", "code-invalid"),
    Kind.NOT_ASKED: ("error", "not-found"),
    Kind.ARRANGEMENT: ("error", "structure"),
    Kind.REQUIRED_ANSWER: ("error", "required"),
    Kind.OCCURRENCE: ("error", "business-rule"),
    Kind.NOT_ENABLED: ("error", "business-rule"),
    Kind.ANSWER_LIMIT: ("error", "value"),
    Kind.AUTHORIZATION: ("error", "security"),
    Kind.LOGIN: ("error", "login"),
    Kind.EXPIRED: ("error", "expired"),
    Kind.FORBIDDEN: ("error", "forbidden"),
    Kind.NOT_READY: ("error", "transient"),
    Kind.BUSY: ("error", "transient"),
    Kind.THROTTLED: ("error", "throttled"),
    Kind.CERTIFICATE: ("error", "login"),
    Kind.FAULT: ("fatal", "exception"),
    Kind.CONTRADICTION: ("warning", "conflict"),
    Kind.HIDDEN_ANSWER: ("warning", "business-rule"),
    Kind.UNKNOWN_ITEM: ("warning", "not-found"),
    Kind.REARRANGED: ("warning", "structure"),
    Kind.NO_QUESTIONNAIRE: ("warning", "incomplete"),
    Kind.INCOMPLETE: ("warning", "incomplete"),
    Kind.STALE: ("warning", "business-rule"),
    Kind.NOTE: ("information", "informational"),
}
"""Severity and issue code of each kind of problem (FHIR R4, OperationOutcome, IssueSeverity and IssueType)."""


def is_error(problem: Problem) -> bool:
    """Whether a problem makes a body invalid, rather than only worth a remark."""
    return ISSUES[problem.kind][0] in ("fatal", "error")


def operation_outcome(problems: list[Problem]) -> dict[str, Any]:
    """An OperationOutcome with an issue for each problem, or one that says that all is well."""
    if not problems:
        all_well = {"severity": "information", "code": "informational", "details": {"text": "No problem was found."}}
        return {"resourceType": "OperationOutcome", "issue": [all_well]}
    return {"resourceType": "OperationOutcome", "issue": [issue(problem) for problem in problems]}


def issue(problem: Problem, coding: dict[str, Any] | None = None, *, also: Sequence[str] = ()) -> dict[str, Any]:
    """One issue; `coding` says in a code what it is about, `also` names more places in the caller's body."""
    severity, code = ISSUES[problem.kind]
    details = ({"coding": [coding]} if coding else {}) | {"text": problem.text}
    made: dict[str, Any] = {"severity": severity, "code": code, "details": details}
    if places := [path for place in (problem.where, *also) if (path := fhir_path(place))]:
        made["expression"] = places
    return made


def fhir_path(where: str) -> str:
    """A place in the JSON as FHIRPath: value[x] is `value` there, and resourceType is no element.

    Empty for the whole of a body that does not say what type it is of.
    """
    return _CHOICE.sub(".value", _TYPE.sub("", where))


def answer_problems(decision: Decision, places: Mapping[str, str], binding: Binding | None = None) -> list[Problem]:
    """What a decision has to say of the answers: contradictions, and answers to hidden questions.

    `places` gives the FHIRPath of each answered linkId in the caller's own body. What our own questionnaire hides is
    nothing to say of answers that were read by a `binding`, unless it changed something.
    """
    disputed = [_disputed(conflict, places) for conflict in decision.conflicts if not conflict.harmless]
    harmless = [conflict.link_ids[0] for conflict in decision.conflicts if conflict.harmless]
    said = f"Answered “no” although the Questionnaire hides the question; nothing changed: {', '.join(harmless)}."
    hidden = [Problem(Kind.NOTE, "", said)] if harmless and not binding else []
    return [*disputed, *hidden]


def open_problems(decision: Decision) -> list[Problem]:
    """The questions that are open and could still raise the level."""
    return [_open(question) for question in decision.open_questions]


def _disputed(conflict: Conflict, places: Mapping[str, str]) -> Problem:
    kind = Kind.HIDDEN_ANSWER if conflict.hidden else Kind.CONTRADICTION
    remedy = "Ask the person again and send the corrected response."
    return Problem(kind, places.get(conflict.link_ids[0], ""), conflict_in_words(conflict), remedy)


def _open(question: OpenQuestion) -> Problem:
    item, level = question.item, question.could_reach.code
    said = f"Not answered: {question.words}. The answer could still raise the level to {level}."
    return Problem(Kind.INCOMPLETE, "", said, "Ask it and send the response again.", item.link_id, item.text)
