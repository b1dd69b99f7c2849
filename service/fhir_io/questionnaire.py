"""The questions of a rule set as a FHIR Questionnaire."""

from __future__ import annotations

from service.fhir_io.canonical import Edition, Resource, coding_element, filled
from service.fhir_io.terminology import ANSWERS
from service.triage.questions import NONE, Group, Item, Option, Value

EXCLUSIVE = {
    "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
    "valueBoolean": True,
}
"""The option that goes with no other (https://hl7.org/fhir/R4/extension-questionnaire-optionexclusive.html)."""


def questionnaire(edition: Edition) -> Resource:
    """The Questionnaire (https://hl7.org/fhir/R4/questionnaire.html); none of its questions is required."""
    rule_set = edition.rule_set
    codings = (coding for item in rule_set.items.values() for coding in item.codings)
    groups = [_group(edition, group) for group in rule_set.groups]
    return {
        **edition.header("Questionnaire", rule_set.id, title=rule_set.title, description=rule_set.description),
        **edition.copyright(codings),
        "subjectType": ["Patient"],
        # A group without questions would break FHIR's que-1.
        "item": [group for group in groups if group["item"]],
    }


def _group(edition: Edition, group: Group) -> Resource:
    questions = [item for item in edition.rule_set.items.values() if item.group == group.link_id]
    return {
        "linkId": group.link_id,
        "text": group.text,
        "type": "group",
        "item": [_question(edition, item) for item in questions],
    }


def _question(edition: Edition, item: Item) -> Resource:
    elements: Resource = {
        "linkId": item.link_id,
        "code": [coding_element(coding) for coding in item.codings],
        "text": item.text,
        **_type(edition, item),
        **_enable_when(edition, item),
    }
    if item.repeats:
        elements["repeats"] = True
    elements["answerOption"] = [_option(edition, option) for option in item.options]
    return filled(elements)


def _type(edition: Edition, item: Item) -> Resource:
    """R5 calls a choice a coding and says apart that only its options will do (item-type, answerConstraint)."""
    if item.kind == "choice" and edition.version.r5_models:
        return {"type": "coding", "answerConstraint": "optionsOnly"}
    return {"type": item.kind}


def _enable_when(edition: Edition, item: Item) -> Resource:
    """`asked_when` are alternatives, and so are the values of each; FHIR's que-12 wants enableBehavior with several."""
    wanted = dict.fromkeys((leaf.item, value) for leaf in item.asked_when for value in leaf.values)
    conditions = [
        {"question": link_id, "operator": "=", **_wanted_answer(edition, link_id, value)} for link_id, value in wanted
    ]
    several = len(conditions) > 1
    return filled({"enableWhen": conditions, "enableBehavior": "any" if several else ""})


def _wanted_answer(edition: Edition, link_id: str, value: Value) -> Resource:
    if isinstance(value, bool):
        return {"answerBoolean": value}
    option = Option(value, edition.rule_set.items[link_id].option_text(value))
    return {"answerCoding": _answer_coding(edition, option)}


def _option(edition: Edition, option: Option) -> Resource:
    """The option's codes of SNOMED CT stand in CodeSystem/numbness-answers, since an answerOption holds one Coding."""
    element: Resource = {"extension": [EXCLUSIVE]} if option.code == NONE else {}
    return {**element, "valueCoding": _answer_coding(edition, option)}


def _answer_coding(edition: Edition, option: Option) -> Resource:
    system = edition.canonical("CodeSystem", ANSWERS)
    return {"system": system, "code": option.code, "display": option.text}
