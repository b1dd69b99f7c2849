"""POST /fhir/QuestionnaireResponse/$triage: a response in, a Bundle out."""

from __future__ import annotations

from flask import Blueprint, Response

from service.assess import assess
from service.problems import Kind, Problem, Refused
from service.web import told
from service.web.edges import body_of, fhir_reply, passing, the_service
from service.web.negotiation import Sent, body_version, parameter, wanted

DOOR = Blueprint("triage", __name__)


@DOOR.post("/QuestionnaireResponse/$triage")
def triage() -> Response:
    """Triage the body; 200 with a Bundle, or a refusal."""
    this = passing()
    answer = wanted(this.sent)
    version = body_version(this.sent)
    answer_version = answer.version or version
    done = assess(
        the_service().triage,
        body_of(this),
        version=version,
        answer_version=answer_version,
        explain=_explain(this.sent),
    )
    told.of_triage(this, done, version)
    return fhir_reply(done.bundle, answer, answer_version)


def _explain(sent: Sent) -> bool:
    """Whether the address asks for an explanation; the body may say no, too."""
    asked = parameter(sent, "explain")
    if asked not in (None, "true", "false"):
        message = "The parameter explain of the address is neither true nor false."
        raise Refused([Problem(Kind.STRUCTURE, "", message, "Use ?explain=true or ?explain=false.")])
    return asked != "false"
