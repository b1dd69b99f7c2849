"""A response to our own Questionnaire with each answer in the form that the Questionnaire asks for."""

from __future__ import annotations

from typing import Any

from service.fhir_io.answers import read_answers
from service.triage.model import RuleSet

Element = dict[str, Any]


def as_read(response: Element, rule_set: RuleSet, *, answer_system: str) -> Element:
    """The response as triage reads it, every element in its place, so that what stands in it can be compared.

    Yes as a coding becomes true, an option by a public code becomes our own; what says nothing has no value.
    """
    return response | _items(response, rule_set, answer_system)


def _items(element: Element, rule_set: RuleSet, system: str) -> Element:
    if "item" not in element:
        return {}
    return {"item": [_item(item, rule_set, system) for item in element["item"]]}


def _item(item: Element, rule_set: RuleSet, system: str) -> Element:
    made = item | _items(item, rule_set, system)
    if "answer" in item:
        link_id = item.get("linkId", "")
        made["answer"] = [_answer(link_id, answer, rule_set, system) for answer in item["answer"]]
    return made


def _answer(link_id: str, answer: Element, rule_set: RuleSet, system: str) -> Element:
    inside = _items(answer, rule_set, system)
    alone = {"item": [{"linkId": link_id, "answer": [{name: one for name, one in answer.items() if name != "item"}]}]}
    read = read_answers(alone, "", rule_set, answer_system=system).answers.get(link_id)
    if not read:
        return inside
    value = {"valueBoolean": read[0]} if isinstance(read[0], bool) else {"valueCoding": _coding(system, str(read[0]))}
    return value | inside


def _coding(system: str, code: str) -> Element:
    return {"system": system, "code": code}
