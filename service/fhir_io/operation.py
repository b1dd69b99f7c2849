"""The definition of $triage, the one operation that is ours."""

from __future__ import annotations

from service.fhir_io.canonical import Edition, Resource

TRIAGE = "QuestionnaireResponse-triage"
"""The id of the OperationDefinition, named as FHIR names its own."""

_PROFILE = "http://hl7.org/fhir/StructureDefinition/"


def triage_operation(edition: Edition) -> Resource:
    """The OperationDefinition (https://hl7.org/fhir/R4/operationdefinition.html); it has no copyright element in R4."""
    title = "Triage of a QuestionnaireResponse"
    description = (
        "Judges the answers of a QuestionnaireResponse and gives a RiskAssessment with the triage level, "
        "ServiceRequests of intent proposal for the recommended tests, and an OperationOutcome where there is "
        "something to say."
    )
    return {
        **edition.header("OperationDefinition", TRIAGE, name="Triage", title=title, description=description),
        "kind": "operation",
        "affectsState": False,
        "code": "triage",
        "comment": (
            "The body is the QuestionnaireResponse itself or Parameters. The same answers under the same version of "
            "the rules give the same resources with the same ids. What cannot be triaged is refused with an "
            "OperationOutcome."
        ),
        "resource": ["QuestionnaireResponse"],
        "system": False,
        "type": True,
        "instance": False,
        "parameter": _parameters(edition),
    }


def _parameters(edition: Edition) -> list[Resource]:
    given = [_response(), _subject(), _encounter(), _bundle_type(edition), _explain(), _questionnaire()]
    return [*given, _return()]


def _response() -> Resource:
    return {
        "name": "questionnaireResponse",
        "use": "in",
        "min": 1,
        "max": "1",
        "documentation": "The answers. A parameter named “resource” is understood too.",
        "type": "QuestionnaireResponse",
    }


def _subject() -> Resource:
    return {
        "name": "subject",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "Whom the answers are about; needed when the response names no subject.",
        "type": "Reference",
        "targetProfile": [f"{_PROFILE}Patient"],
    }


def _encounter() -> Resource:
    return {
        "name": "encounter",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "The encounter in which it was asked, when the response names none.",
        "type": "Reference",
        "targetProfile": [f"{_PROFILE}Encounter"],
    }


def _bundle_type(edition: Edition) -> Resource:
    return {
        "name": "bundleType",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "collection (when left out), or transaction: a Bundle to post to a FHIR server "
        "as it is. That holds no OperationOutcome; what it would say stands in RiskAssessment.note.",
        "type": "code",
        "binding": {
            "strength": "required",
            "valueSet": f"http://hl7.org/fhir/ValueSet/bundle-type|{edition.version.release}",
        },
    }


def _explain() -> Resource:
    return {
        "name": "explain",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "Whether to say which answers would make the level higher or lower and what to ask next; "
        "true when left out. In the address it may stand as well: $triage?explain=false.",
        "type": "boolean",
    }


def _questionnaire() -> Resource:
    return {
        "name": "questionnaire",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "The Questionnaire that is answered, when it is not ours: the response is then checked "
        "against it, and refused where it does not fit.",
        "type": "Questionnaire",
    }


def _return() -> Resource:
    return {
        "name": "return",
        "use": "out",
        "min": 1,
        "max": "1",
        "documentation": "A RiskAssessment, ServiceRequests (most urgent first), an OperationOutcome if need be.",
        "type": "Bundle",
    }
