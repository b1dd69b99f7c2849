"""Answers as a QuestionnaireResponse that would be read as just these answers: for witnesses, fixtures and examples."""

from __future__ import annotations

from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.terminology import ANSWERS
from service.triage.questions import Answer, Answers, Item, Value


def questionnaire_response(answers: Answers, edition: Edition, *, subject: str, response_id: str = "") -> Resource:
    """A completed response about `subject`, a reference such as Patient/example, with the answers in their groups.

    Options that were not asked cannot be said in a response to a questionnaire that asks them: see `sayable`.
    """
    rule_set = edition.rule_set
    groups = []
    said = {name: values for name, given in answers.items() if (values := _values(given))}
    for group in rule_set.groups:
        asked = [item for item in rule_set.items.values() if item.group == group.link_id and item.link_id in said]
        if asked:
            items = [_item(item, said[item.link_id], edition) for item in asked]
            groups.append({"linkId": group.link_id, "text": group.text, "item": items})
    canonical = edition.canonical("Questionnaire", rule_set.id)
    resource: Resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{canonical}|{rule_set.version}",
        "status": "completed",
        "subject": {"reference": subject},
    }
    return resource | ({"id": response_id} if response_id else {}) | ({"item": groups} if groups else {})


def sayable(answers: Answers) -> bool:
    """Whether a response to our own questionnaire can say all of this."""
    return all(_values(given) == given for given in answers.values())


def _values(given: tuple[Answer, ...]) -> tuple[Value, ...]:
    return tuple(answer for answer in given if isinstance(answer, bool | str))


def _item(item: Item, values: tuple[Value, ...], edition: Edition) -> Resource:
    return {"linkId": item.link_id, "text": item.text, "answer": [_answer(item, value, edition) for value in values]}


def _answer(item: Item, value: Value, edition: Edition) -> Resource:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    system = edition.canonical("CodeSystem", ANSWERS)
    return {"valueCoding": {"system": system, "code": value, "display": item.option_text(value)}}
