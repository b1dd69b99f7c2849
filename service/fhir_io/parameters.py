"""A request body → the QuestionnaireResponse in it and what Parameters say beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.fhir_io.admission.problem_list import ProblemList, is_plain_name
from service.problems import Kind, Problem

RESPONSE = "QuestionnaireResponse"
_RESPONSE_NAMES = ("questionnaireResponse", "resource")
_BUNDLE_TYPES = ("collection", "transaction")
_REFERENCES = ("subject", "encounter")
_KNOWN = (*_RESPONSE_NAMES, *_REFERENCES, "bundleType", "explain")
_QUESTIONNAIRE = "questionnaire"
_OF_VALIDATE = ("mode", "profile")
_SEND = "Send a QuestionnaireResponse, or Parameters with a parameter questionnaireResponse."

Placed = tuple[dict[str, Any], str]
"""A JSON object and its FHIRPath in the caller's body."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The response and its FHIRPath, the references given beside it, and the type of Bundle asked for.

    `questionnaire` is the Questionnaire that the response is to be checked against, if one came with it.
    """

    response: dict[str, Any]
    response_path: str
    subject: Placed | None = None
    encounter: Placed | None = None
    bundle_type: str = "collection"
    explain: bool = True
    questionnaire: Placed | None = None


def type_problem(body: dict[str, Any]) -> Problem | None:
    """Why a body is neither a QuestionnaireResponse nor Parameters, if it is not."""
    given = body.get("resourceType")
    if given in (RESPONSE, "Parameters"):
        return None
    if "resourceType" not in body:
        return Problem(Kind.STRUCTURE, "", "resourceType is missing: the body is not a FHIR resource.", _SEND)
    said = f"a {given}" if isinstance(given, str) and is_plain_name(given) else "something else"
    return Problem(Kind.STRUCTURE, "", f"A QuestionnaireResponse is expected, not {said}.", _SEND)


def open_envelope(body: dict[str, Any], found: ProblemList, warnings: ProblemList) -> Envelope | None:
    """What a structurally valid body asks for; None, with the reason in `found`, when no response is in it.

    A parameter that is not known changes nothing and is named in a warning.
    """
    if body["resourceType"] == RESPONSE:
        return Envelope(body, RESPONSE)
    given = _by_name(body, found, warnings)
    response = _response(given, found)
    subject, encounter = (_reference(given.get(name), name, found) for name in _REFERENCES)
    bundle_type = _bundle_type(given.get("bundleType"), found)
    explain = _explain(given.get("explain"), found)
    questionnaire = _questionnaire(given.get(_QUESTIONNAIRE), found)
    if response is None:
        return None
    return Envelope(
        *response,
        subject=subject,
        encounter=encounter,
        bundle_type=bundle_type,
        explain=explain,
        questionnaire=questionnaire,
    )


def _by_name(body: dict[str, Any], found: ProblemList, warnings: ProblemList) -> dict[str, Placed]:
    given: dict[str, Placed] = {}
    for index, parameter in enumerate(body.get("parameter", ())):
        where, name = f"Parameters.parameter[{index}]", parameter.get("name", "")
        known = name in _KNOWN or name == _QUESTIONNAIRE
        if known and name in given:
            found.structure(where, f"The parameter {name} is given more than once.", "Keep one of them.")
        elif known:
            given[name] = (parameter, where)
        elif name not in _OF_VALIDATE:
            said = f"The parameter {name}" if is_plain_name(name) else "A parameter"
            remedy = f"Known are {', '.join(_KNOWN)}."
            warnings.add(Problem(Kind.NOTE, where, f"{said} is not known and was not used.", remedy))
    return given


def _response(given: dict[str, Placed], found: ProblemList) -> Placed | None:
    named = [name for name in _RESPONSE_NAMES if name in given]
    if not named:
        found.structure("Parameters", "The parameter questionnaireResponse is missing.", _SEND)
        return None
    if len(named) > 1:
        found.structure(given[named[1]][1], "Two parameters hold a response.", "Keep questionnaireResponse.")
    parameter, where = given[named[0]]
    resource = parameter.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != RESPONSE:
        message = f"The parameter {named[0]} needs a resource of type QuestionnaireResponse."
        found.structure(where, message, "Put the response into its resource.")
        return None
    return resource, f"{where}.resource"


def _questionnaire(given: Placed | None, found: ProblemList) -> Placed | None:
    if given is None:
        return None
    parameter, where = given
    resource = parameter.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != "Questionnaire":
        message = "The parameter questionnaire needs a resource of type Questionnaire."
        found.structure(where, message, "Put the Questionnaire into its resource.")
        return None
    return resource, f"{where}.resource"


def _reference(given: Placed | None, name: str, found: ProblemList) -> Placed | None:
    if given is None:
        return None
    parameter, where = given
    if "valueReference" not in parameter:
        found.structure(where, f"The parameter {name} needs a valueReference.", "Send the reference as valueReference.")
        return None
    return parameter["valueReference"], f"{where}.valueReference"


def _bundle_type(given: Placed | None, found: ProblemList) -> str:
    if given is None:
        return _BUNDLE_TYPES[0]
    parameter, where = given
    asked = parameter.get("valueCode")
    if asked not in _BUNDLE_TYPES:
        found.structure(
            where, "The parameter bundleType needs a valueCode that is served.", "Use collection or transaction."
        )
        return _BUNDLE_TYPES[0]
    return str(asked)


def _explain(given: Placed | None, found: ProblemList) -> bool:
    if given is None:
        return True
    parameter, where = given
    asked = parameter.get("valueBoolean")
    if not isinstance(asked, bool):
        found.structure(where, "The parameter explain needs a valueBoolean.", "Use true or false.")
        return True
    return asked
