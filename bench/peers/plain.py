"""The plain pipeline: Flask, fhir.resources in, fhir.resources out, as one would write it at first.

Only FHIR in and out differ from the service: the decision, its words and its codes are the service's own. It neither
checks what the library lets pass, nor makes ids that repeat, nor explains.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from fhir.resources.R4B.bundle import Bundle, BundleEntry
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.riskassessment import RiskAssessment
from fhir.resources.R4B.servicerequest import ServiceRequest
from flask import Flask, Response, request

from bench import doors

FHIR_JSON = "application/fhir+json; fhirVersion=4.0"
BASE = "https://numbness-triage.example/fhir"
URN = "urn:ietf:rfc:3986"


def app() -> Flask:
    """The pipeline behind one address."""
    made, triage = Flask("bench.plain"), doors.triage()

    @made.post("/plain")
    def plain() -> Response:
        return Response(assess(triage, request.get_data()), content_type=FHIR_JSON)

    return made


def assess(triage: doors.Triage, raw: bytes) -> bytes:
    """One triage, from the bytes of the body to the bytes of the answer."""
    response = QuestionnaireResponse.model_validate_json(raw)
    answers: dict[str, tuple[bool | str, ...]] = {}
    _read(response.item or [], answers)
    decision = doors.decided(triage, answers)
    return _bundle(triage.rule_sets[0].rule_set, response, decision).model_dump_json().encode()


def _read(items: list[Any], answers: dict[str, tuple[bool | str, ...]]) -> None:
    for item in items:
        for answer in item.answer or []:
            value = answer.valueCoding.code if answer.valueCoding else answer.valueBoolean
            answers[item.linkId] = (*answers.get(item.linkId, ()), value)
            _read(answer.item or [], answers)
        _read(item.item or [], answers)


def _bundle(rules: doors.RuleSet, response: Any, decision: doors.Decision) -> Bundle:
    now, made = datetime.now(UTC).isoformat(timespec="seconds"), str(uuid.uuid4())
    answered = {"reference": f"QuestionnaireResponse/{response.id}", "type": "QuestionnaireResponse"}
    frame = {"subject": {"reference": response.subject.reference}}
    resources: list[Any] = [
        RiskAssessment(
            id=made,
            identifier=[_identifier(made)],
            status="final" if decision.complete else "preliminary",
            method={"coding": [_own("rule-set", rules.id, rules.title) | {"version": rules.version}]},
            code={"text": rules.title},
            occurrenceDateTime=now,
            basis=[answered],
            prediction=[_level(rules, decision), *(_suspected(one) for one in decision.suspicions)],
            mitigation=doors.what_to_do(decision, rules),
            note=[{"text": text} for text in doors.notes(decision, rules)],
            **frame,
        )
    ]
    support = [{"reference": f"urn:uuid:{made}", "type": "RiskAssessment"}, answered]
    resources += [_request(rules, proposal, frame, support, now) for proposal in decision.proposals]
    entries = [BundleEntry(fullUrl=f"urn:uuid:{one.id}", resource=one) for one in resources]
    return Bundle(type="collection", timestamp=now, entry=entries)


def _request(rules: doors.RuleSet, proposal: Any, frame: dict[str, Any], support: list[Any], now: str) -> Any:
    test, made = proposal.test, str(uuid.uuid4())
    own = _own("recommended-test", test.code, test.title)
    whys = [(s, f"{s.condition.title} suspected: {'; '.join(s.reasons)}") for s in proposal.suspicions]
    reasons = [{"coding": _codes(one), "text": said} for one, said in whys]
    return ServiceRequest(
        id=made,
        identifier=[_identifier(made)],
        instantiatesCanonical=[f"{BASE}/PlanDefinition/{rules.id}|{rules.version}"],
        requisition=_identifier(str(uuid.uuid4())),
        status="draft",
        intent="proposal",
        category=[{"coding": [_coding(rules.categories[test.category])], "text": test.category}],
        priority=doors.PRIORITY[proposal.level],
        code={"coding": [own, *map(_coding, proposal.codings)], "text": test.title},
        authoredOn=now,
        reasonCode=[*reasons, *({"text": finding.words} for finding in proposal.findings)],
        supportingInfo=support,
        **frame,
    )


def _level(rules: doors.RuleSet, decision: doors.Decision) -> dict[str, Any]:
    level = rules.levels[decision.level]
    risk = {"coding": [_own("triage-level", decision.level.code, level.title)], "text": level.title}
    told = doors.rationale(decision, rules)
    return {"outcome": {"text": "How soon the person should be seen"}, "qualitativeRisk": risk, "rationale": told}


def _suspected(suspicion: Any) -> dict[str, Any]:
    outcome = {"coding": _codes(suspicion), "text": suspicion.condition.title}
    return {"outcome": outcome, "rationale": "\n".join(suspicion.reasons)}


def _codes(suspicion: Any) -> list[dict[str, Any]]:
    condition = suspicion.condition
    return [_own("suspected-condition", condition.code, condition.title), *map(_coding, condition.codings)]


def _own(system: str, code: str, display: str) -> dict[str, Any]:
    return {"system": f"{BASE}/CodeSystem/{system}", "code": code, "display": display}


def _coding(coding: Any) -> dict[str, Any]:
    found = {"system": coding.system, "code": coding.code, "display": coding.display}
    return {name: value for name, value in found.items() if value}


def _identifier(made: str) -> dict[str, str]:
    return {"system": URN, "value": f"urn:uuid:{made}"}
