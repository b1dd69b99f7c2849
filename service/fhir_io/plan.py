"""The criteria of a rule set as a FHIR PlanDefinition, which every proposed ServiceRequest names."""

from __future__ import annotations

from service.fhir_io.canonical import PRIORITY, Edition, Resource, filled
from service.triage.model import Criterion, Document, RuleSet, Source
from service.triage.rule_words import criterion_words

ECA_RULE = {
    "system": "http://terminology.hl7.org/CodeSystem/plan-definition-type",
    "code": "eca-rule",
    "display": "ECA Rule",
}
"""Event, condition, action: each action stands by itself, unlike the steps of a protocol."""


def plan_definition(edition: Edition) -> Resource:
    """The PlanDefinition (https://hl7.org/fhir/R4/plandefinition.html): an action for each criterion, in words.

    The conditions are words and no expressions: what decides is the service, and nobody should run half of it.
    """
    rule_set = edition.rule_set
    elements = {
        **edition.header("PlanDefinition", rule_set.id, title=rule_set.title, description=rule_set.description),
        "type": {"coding": [ECA_RULE]},
        **edition.copyright(),
        "relatedArtifact": [_document(document) for document in rule_set.documents.values()],
        "action": [_action(criterion, rule_set) for criterion in rule_set.criteria],
    }
    return filled(elements)


def _action(criterion: Criterion, rule_set: RuleSet) -> Resource:
    elements = {
        "id": criterion.id,
        "title": criterion.title,
        "description": criterion_words(criterion, rule_set),
        "textEquivalent": criterion.tell,
        "priority": PRIORITY.get(criterion.level, ""),
        "documentation": [_cited(source, rule_set) for source in criterion.sources],
    }
    return filled(elements)


def _document(document: Document) -> Resource:
    return {"type": "citation", "label": document.id, "display": document.title, "citation": _reference(document)}


def _reference(document: Document) -> str:
    return ". ".join(part for part in (document.publisher, f"“{document.title}”", document.date) if part)


def _cited(source: Source, rule_set: RuleSet) -> Resource:
    """The statement by its id, what it says, and the document that it stands in; Dn-… belongs to document Dn."""
    statement = rule_set.statements.get(source.id)
    document = rule_set.documents.get(source.id.partition("-")[0])
    said = [statement.says] if statement else []
    said += [f"level in the document: {source.states}"] if source.states else []
    where = f", {statement.lines}" if statement and statement.lines else ""
    elements = {
        "type": "citation",
        "label": source.id,
        "display": "; ".join(said),
        "citation": f"{_reference(document)}{where}" if document else "",
    }
    return filled(elements)
