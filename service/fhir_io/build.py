"""A decision as FHIR: one RiskAssessment, a ServiceRequest for each proposed test, and the Bundle around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from service.fhir_io.canonical import PRIORITY, Edition, Resource
from service.fhir_io.explanation import explanation_extension, explanation_issues
from service.fhir_io.identity import assessment_id, identifier, part_id, urn
from service.fhir_io.outcome import answer_problems, issue, open_problems
from service.fhir_io.read import Request
from service.fhir_io.stock import Stock, stock_of
from service.fhir_io.versions import FhirVersion
from service.triage.decision import Decision, Proposal, Suspicion
from service.triage.explanation import Explanation
from service.triage.explanation_words import explanation_notes
from service.triage.model import RuleSet
from service.triage.words import binding_in_words, notes, rationale, what_to_do


@dataclass(frozen=True, slots=True)
class Frame:
    """What every resource of one answer has in common; `now` is a FHIR instant.

    `whom` are subject and encounter, `response` is the reference to what was answered, `requisition` groups the tests.
    """

    stock: Stock
    request: Request
    id: str
    now: str
    whom: Resource
    response: Resource
    requisition: Resource

    @property
    def edition(self) -> Edition:
        """The rule set, as it is published."""
        return self.stock.edition


def build_bundle(
    decision: Decision,
    request: Request,
    *,
    rule_set: RuleSet,
    canonical_base: str,
    version: FhirVersion,
    now: str,
    explanation: Explanation | None = None,
) -> bytes:
    """The answer to one response: RiskAssessment, ServiceRequests most urgent first, OperationOutcome if need be.

    A Bundle as JSON in UTF-8. What is the same in every answer was dumped before.

    A transaction holds only what an EHR stores, each entry as a conditional create on its identifier, so that posting
    it twice makes no second copy; what the OperationOutcome would say stands in RiskAssessment.note as well.
    """
    frame = _frame(request, stock_of(rule_set, canonical_base, version), now)
    resources = [_risk_assessment(frame, decision, explanation)]
    resources += [_service_request(frame, proposal) for proposal in decision.proposals]
    if request.bundle_type == "transaction":
        entries = [_entry(resource) | {"request": _conditional_create(resource)} for resource in resources]
    else:
        if issues := _issues(frame, decision, explanation):
            resources.append({"resourceType": "OperationOutcome", "id": part_id(frame.id, "outcome"), "issue": issues})
        entries = [_entry(resource) for resource in resources]
    return orjson.dumps({"resourceType": "Bundle", "type": request.bundle_type, "timestamp": now, "entry": entries})


def _frame(request: Request, stock: Stock, now: str) -> Frame:
    made = assessment_id(request, stock.edition.rule_set.digest)
    return Frame(
        stock=stock,
        request=request,
        id=made,
        now=now,
        whom=_whom(request),
        response=_response_reference(request.response, made),
        requisition=identifier(part_id(made, "requisition")),
    )


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
        "method": frame.stock.method,
        "code": frame.stock.title,
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
    return {
        "outcome": {"text": "How soon the person should be seen"},
        "qualitativeRisk": frame.stock.levels[decision.level],
        "rationale": rationale(decision, frame.edition.rule_set),
    }


def _suspected(frame: Frame, suspicion: Suspicion) -> Resource:
    concept = frame.stock.conditions[suspicion.condition.code]
    return {"outcome": concept, "rationale": "\n".join(suspicion.reasons)}


def _service_request(frame: Frame, proposal: Proposal) -> Resource:
    stock, test = frame.stock, proposal.test
    made = part_id(frame.id, test.code)
    reasons: list[Any] = [
        {"coding": stock.codings[s.condition.code], "text": f"{s.condition.title} suspected: {'; '.join(s.reasons)}"}
        for s in proposal.suspicions
    ]
    reasons += [{"text": finding.words} for finding in proposal.findings]
    support: list[Any] = [{"reference": urn(frame.id), "type": "RiskAssessment"}, frame.response]
    wrapped = stock.edition.version.codeable_references
    if wrapped:
        reasons = [{"concept": reason} for reason in reasons]
        support = [{"reference": reference} for reference in support]
    return {
        "resourceType": "ServiceRequest",
        "id": made,
        "identifier": [identifier(made)],
        "instantiatesCanonical": stock.plan,
        "requisition": frame.requisition,
        "status": "draft",
        "intent": "proposal",
        "category": stock.categories[test.category],
        "priority": PRIORITY[proposal.level],
        "code": stock.code(test, proposal.codings),
        **frame.whom,
        "authoredOn": frame.now,
        "reason" if wrapped else "reasonCode": reasons,
        "supportingInfo": support,
    }
