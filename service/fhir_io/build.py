"""A decision as FHIR: one RiskAssessment, a ServiceRequest for each proposed test, and the Bundle around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from service.fhir_io.canonical import PRIORITY, Edition, Resource, coding_element
from service.fhir_io.explanation import explanation_extension, explanation_issues
from service.fhir_io.identity import assessment_id, identifier, part_id, urn
from service.fhir_io.outcome import answer_problems, issue, open_problems
from service.fhir_io.read import Request
from service.fhir_io.versions import FhirVersion
from service.triage.decision import Decision, Proposal, Suspicion
from service.triage.explanation import Explanation
from service.triage.explanation_words import explanation_notes
from service.triage.model import RuleSet
from service.triage.words import binding_in_words, notes, rationale, what_to_do


@dataclass(frozen=True, slots=True)
class Frame:
    """What every resource of one answer has in common; `now` is a FHIR instant.

    `whom` are subject and encounter, `response` is the reference to what was answered.
    """

    edition: Edition
    request: Request
    id: str
    now: str
    whom: Resource
    response: Resource

    def own(self, system: str, code: str, display: str) -> Resource:
        """A coding of one of our own code systems."""
        return {"system": self.edition.canonical("CodeSystem", system), "code": code, "display": display}


def build_bundle(
    decision: Decision,
    request: Request,
    *,
    rule_set: RuleSet,
    canonical_base: str,
    version: FhirVersion,
    now: str,
    explanation: Explanation | None = None,
) -> Resource:
    """The answer to one response: RiskAssessment, ServiceRequests most urgent first, OperationOutcome if need be.

    A transaction holds only what an EHR stores, each entry as a conditional create on its identifier, so that posting
    it twice makes no second copy; what the OperationOutcome would say stands in RiskAssessment.note as well.
    """
    made = assessment_id(request, rule_set.digest)
    edition = Edition(rule_set, canonical_base, version)
    frame = Frame(edition, request, made, now, _whom(request), _response_reference(request.response, made))
    resources = [_risk_assessment(frame, decision, explanation)]
    resources += [_service_request(frame, proposal) for proposal in decision.proposals]
    if request.bundle_type == "transaction":
        entries = [_entry(resource) | {"request": _conditional_create(resource)} for resource in resources]
    else:
        if issues := _issues(frame, decision, explanation):
            resources.append({"resourceType": "OperationOutcome", "id": part_id(made, "outcome"), "issue": issues})
        entries = [_entry(resource) for resource in resources]
    return {"resourceType": "Bundle", "type": request.bundle_type, "timestamp": now, "entry": entries}


def _issues(frame: Frame, decision: Decision, explanation: Explanation | None) -> list[Resource]:
    """Warnings about the body and its answers, what is open, and why the level is what it is."""
    request = frame.request
    said = [
        issue(problem) for problem in (*request.warnings, *answer_problems(decision, request.places, request.binding))
    ]
    if explanation is None:
        return said + [issue(problem) for problem in open_problems(decision)]
    return said + list(explanation_issues(explanation, frame.edition, request.places))


def _entry(resource: Resource) -> Resource:
    return {"fullUrl": urn(resource["id"]), "resource": resource}


def _conditional_create(resource: Resource) -> Resource:
    found_by = resource["identifier"][0]
    query = f"identifier={found_by['system']}|{found_by['value']}"
    return {"method": "POST", "url": resource["resourceType"], "ifNoneExist": query}


def _risk_assessment(frame: Frame, decision: Decision, explanation: Explanation | None) -> Resource:
    rule_set = frame.edition.rule_set
    method = frame.own("rule-set", rule_set.id, rule_set.title) | {"version": rule_set.version}
    said = notes(decision, rule_set)
    said += [binding_in_words(frame.request.binding)] if frame.request.binding else []
    said += [problem.text for problem in frame.request.warnings]
    explained: Resource = {}
    if explanation is not None:
        said += explanation_notes(explanation, decision, rule_set)
        explained = {"extension": [explanation_extension(explanation, frame.edition)]}
    return {
        "resourceType": "RiskAssessment",
        "id": frame.id,
        **explained,
        "identifier": [identifier(frame.id)],
        "status": "final" if decision.complete else "preliminary",
        "method": {"coding": [method]},
        "code": {"text": rule_set.title},
        **frame.whom,
        "occurrenceDateTime": frame.now,
        "basis": [frame.response],
        "prediction": [_level_prediction(frame, decision), *(_suspected(frame, s) for s in decision.suspicions)],
        "mitigation": what_to_do(decision, rule_set),
        "note": [{"text": text} for text in said],
    }


def _whom(request: Request) -> Resource:
    whom: Resource = {"subject": _reference(request.subject)}
    if request.encounter:
        whom["encounter"] = _reference(request.encounter)
    return whom


def _reference(given: Resource) -> Resource:
    """A Reference as the caller gave it, without extensions, which may not be passed on unread."""
    kept: Resource = {key: given[key] for key in ("reference", "type", "display") if key in given}
    if "identifier" in given:
        kept["identifier"] = _identifier(given["identifier"])
    return kept


def _identifier(given: Resource) -> Resource:
    return {key: given[key] for key in ("use", "system", "value") if key in given}


def _response_reference(response: Resource, made: str) -> Resource:
    """The response as a literal reference when it has an id, else by its identifier or by one made of its content."""
    if response.get("id"):
        return {"reference": f"QuestionnaireResponse/{response['id']}", "type": "QuestionnaireResponse"}
    own = response.get("identifier")
    first = own[0] if isinstance(own, list) else own
    return {
        "type": "QuestionnaireResponse",
        "identifier": _identifier(first or identifier(part_id(made, "response"))),
    }


def _level_prediction(frame: Frame, decision: Decision) -> Resource:
    rule_set = frame.edition.rule_set
    level = rule_set.levels[decision.level]
    return {
        "outcome": {"text": "How soon the person should be seen"},
        "qualitativeRisk": {
            "coding": [frame.own("triage-level", decision.level.code, level.title)],
            "text": level.title,
        },
        "rationale": rationale(decision, rule_set),
    }


def _suspected(frame: Frame, suspicion: Suspicion) -> Resource:
    concept = _conditions(frame.edition.rule_set, frame.edition.canonical_base)[suspicion.condition.code]
    return {"outcome": concept, "rationale": "\n".join(suspicion.reasons)}


@lru_cache(maxsize=16)
def _conditions(rule_set: RuleSet, canonical_base: str) -> dict[str, Resource]:
    """Each suspected condition as a CodeableConcept; made once, so nobody may change one."""
    system = f"{canonical_base}/CodeSystem/suspected-condition"
    return {
        code: {
            "coding": [
                {"system": system, "code": code, "display": condition.title},
                *map(coding_element, condition.codings),
            ],
            "text": condition.title,
        }
        for code, condition in rule_set.conditions.items()
    }


def _service_request(frame: Frame, proposal: Proposal) -> Resource:
    rule_set, test = frame.edition.rule_set, proposal.test
    made = part_id(frame.id, test.code)
    own = frame.own("recommended-test", test.code, test.title)
    code = {"coding": [own, *map(coding_element, proposal.codings)], "text": test.title}
    concepts = _conditions(rule_set, frame.edition.canonical_base)
    reasons = [concepts[s.condition.code] | {"text": _why(s)} for s in proposal.suspicions]
    reasons += [{"text": finding.words} for finding in proposal.findings]
    support = [{"reference": urn(frame.id), "type": "RiskAssessment"}, frame.response]
    wrapped = frame.edition.version.codeable_references
    return {
        "resourceType": "ServiceRequest",
        "id": made,
        "identifier": [identifier(made)],
        "instantiatesCanonical": [f"{frame.edition.canonical('PlanDefinition', rule_set.id)}|{rule_set.version}"],
        "requisition": identifier(part_id(frame.id, "requisition")),
        "status": "draft",
        "intent": "proposal",
        "category": [{"coding": [coding_element(rule_set.categories[test.category])], "text": test.category}],
        "priority": PRIORITY[proposal.level],
        "code": {"concept": code} if wrapped else code,
        **frame.whom,
        "authoredOn": frame.now,
        "reason" if wrapped else "reasonCode": [{"concept": reason} for reason in reasons] if wrapped else reasons,
        "supportingInfo": [{"reference": reference} for reference in support] if wrapped else support,
    }


def _why(suspicion: Suspicion) -> str:
    return f"{suspicion.condition.title} suspected: {'; '.join(suspicion.reasons)}"
