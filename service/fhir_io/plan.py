"""The criteria of a rule set as a FHIR PlanDefinition, which every proposed ServiceRequest names."""

from __future__ import annotations

from collections.abc import Mapping

from service.fhir_io.canonical import PRIORITY, Edition, Resource, filled
from service.triage.model import Criterion, Document, RuleSet, Source
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Is, Item

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


def criterion_words(criterion: Criterion, rule_set: RuleSet) -> str:
    """When a criterion fires, and to which level, in one sentence."""
    title = rule_set.levels[criterion.level].title
    sentence = f"{title} when {condition_words(criterion.when, rule_set.items)}"
    if criterion.unless:
        sentence += f"; unless known: {'; or '.join(qualifier.title for qualifier in criterion.unless)}"
    return f"{sentence}."


def condition_words(condition: Condition, items: Mapping[str, Item]) -> str:
    """A condition in words, such as "weakness: yes and (confusion: yes or lethargy: yes)"."""
    if isinstance(condition, Is):
        return _leaf_words(condition, items[condition.item])
    if isinstance(condition, AtLeast):
        parts = "; ".join(condition_words(part, items) for part in condition.parts)
        return f"at least {condition.count} of ({parts})"
    joined = {AllOf: " and ", AnyOf: " or "}[type(condition)]
    return joined.join(_part_words(part, items) for part in condition.parts)


def _part_words(part: Condition, items: Mapping[str, Item]) -> str:
    inner = condition_words(part, items)
    return f"({inner})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else inner


def _leaf_words(leaf: Is, item: Item) -> str:
    if item.kind == "boolean":
        return f"{item.label}: {' or '.join(item.option_text(value) for value in leaf.values)}"
    return f"{item.label}: {' or '.join(f'“{item.option_text(value)}”' for value in leaf.values)}"


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
