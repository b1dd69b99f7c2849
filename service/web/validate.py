"""POST /fhir/QuestionnaireResponse/$validate: every problem of a response, triaging nothing."""

from __future__ import annotations

from flask import Blueprint, Response

from service.assess import validate as validate_body
from service.fhir_io.outcome import operation_outcome
from service.web.edges import body_of, fhir_reply, passing, the_service
from service.web.negotiation import body_version, wanted

DOOR = Blueprint("validate", __name__)


@DOOR.post("/QuestionnaireResponse/$validate")
def validate() -> Response:
    """200 with an OperationOutcome whose errors, if any, make the body invalid; 400 when it is not JSON."""
    this = passing()
    answer = wanted(this.sent)
    version = body_version(this.sent)
    problems = validate_body(the_service().triage, body_of(this), version=version)
    return fhir_reply(operation_outcome(problems), answer, answer.version or version)
