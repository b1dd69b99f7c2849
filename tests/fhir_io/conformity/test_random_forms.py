"""A response made for a random Questionnaire is valid, and one fault planted in it is found."""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from forms import extension, problems, questionnaire
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.fhir_io.outcome import is_error
from service.fhir_io.versions import VERSIONS, FhirVersion
from service.triage.model import RuleSet

Item = dict[str, Any]
Plant = tuple[str, Callable[[], None]]
"""The words that a fault is to be found by, and what plants it."""

LOW, HIGH, LONG = 10, 20, 5
RIGHT: dict[str, list[Item]] = {
    "boolean": [{"valueBoolean": True}, {"valueBoolean": False}],
    "integer": [{"valueInteger": LOW}, {"valueInteger": 15}, {"valueInteger": HIGH}],
    "decimal": [{"valueDecimal": LOW}, {"valueDecimal": 10.5}],
    "string": [{"valueString": "a"}, {"valueString": "abcde"}],
    "text": [{"valueString": "ab"}],
    "date": [{"valueDate": "2026-01-01"}, {"valueDate": "2026"}],
    "dateTime": [{"valueDateTime": "2026-01-01T10:00:00Z"}],
    "time": [{"valueTime": "10:00:00"}],
    "url": [{"valueUri": "http://example.org"}],
    "options": [{"valueCoding": {"system": "http://example.org/s", "code": code}} for code in "abc"],
    "reference": [{"valueReference": {"reference": "Patient/1"}}],
    "quantity": [{"valueQuantity": {"value": 15, "system": "http://unitsofmeasure.org", "code": "kg"}}],
    "attachment": [{"valueAttachment": {"contentType": "text/plain", "data": "YQ=="}}],
}
LIMITS = {
    "integer": {"extension": [extension("minValue", valueInteger=LOW), extension("maxValue", valueInteger=HIGH)]},
    "string": {"maxLength": LONG, "extension": [extension("regex", valueString="[a-e]*")]},
    "reference": {"extension": [extension("questionnaire-referenceResource", valueCode="Patient")]},
    "attachment": {"extension": [extension("maxSize", valueDecimal=1)]},
}
BEYOND = {
    "integer": [
        ({"valueInteger": LOW - 1}, "less than the least"),
        ({"valueInteger": HIGH + 1}, "more than the great"),
    ],
    "string": [({"valueString": "a" * (LONG + 1)}, "characters"), ({"valueString": "x"}, "does not have the form")],
    "reference": [({"valueReference": {"reference": "Group/1"}}, "type that the question does not take")],
    "attachment": [({"valueAttachment": {"contentType": "text/plain", "data": "YWI="}}, "1 bytes")],
    "options": [({"valueCoding": {"system": "http://example.org/s", "code": "x"}}, "none of the question's options")],
}


@st.composite
def forms(draw: st.DrawFn, version: FhirVersion) -> list[Item]:
    """Items of a form; each may be asked only when a yes/no question before it among its siblings is answered yes."""
    names = iter(range(1000))
    return _siblings(draw, names, version, depth=draw(st.integers(1, 3)))


def _siblings(draw: st.DrawFn, names: Iterator[int], version: FhirVersion, *, depth: int) -> list[Item]:
    made: list[Item] = []
    for _ in range(draw(st.integers(1, 4))):
        item = _form_item(draw, names, version, depth=depth)
        gates = [one["linkId"] for one in made if one["type"] == "boolean" and "repeats" not in one]
        if gates and draw(st.booleans()):
            gate = draw(st.sampled_from(gates))
            item["enableWhen"] = [{"question": gate, "operator": "=", "answerBoolean": True}]
        made.append(item)
    return made


def _form_item(draw: st.DrawFn, names: Iterator[int], version: FhirVersion, *, depth: int) -> Item:
    kind = draw(st.sampled_from([*RIGHT, *(["group"] * 4 if depth else [])]))
    item: Item = {"linkId": f"i{next(names)}", "type": kind, **copy.deepcopy(LIMITS.get(kind, {}))}
    if kind == "options":
        item["type"] = "coding" if version.r5_models else "choice"
        item["answerOption"] = copy.deepcopy(RIGHT[kind])
    for flag in ("required", "repeats"):
        if draw(st.booleans()):
            item[flag] = True
    if depth and (kind == "group" or draw(st.integers(0, 3)) == 0):
        item["item"] = _siblings(draw, names, version, depth=depth - 1)
    return item


def _kind(item: Item) -> str:
    return "options" if "answerOption" in item else item["type"]


def _answers(draw: st.DrawFn, items: list[Item]) -> list[Item]:
    made: list[Item] = []
    for item in items:
        if not _is_enabled(item, made) or not (item.get("required") or draw(st.booleans())):
            continue
        times = draw(st.integers(1, 3)) if item.get("repeats") else 1
        if item["type"] == "group":
            made += [one for _ in range(times) if (one := _group(draw, item))]
        else:
            made.append({"linkId": item["linkId"], "answer": [_answer(draw, item) for _ in range(times)]})
    return made


def _is_enabled(item: Item, made: list[Item]) -> bool:
    gates = [one["question"] for one in item.get("enableWhen", ())]
    return all(any(one["linkId"] == gate and _is_yes(one) for one in made) for gate in gates)


def _is_yes(item: Item) -> bool:
    return any(answer.get("valueBoolean") is True for answer in item["answer"])


def _group(draw: st.DrawFn, item: Item) -> Item:
    """A group with something in it: an empty one would be no item of a response."""
    inside = _answers(draw, item["item"])
    assume(inside)
    return {"linkId": item["linkId"], "item": inside}


def _answer(draw: st.DrawFn, item: Item) -> Item:
    inside = _answers(draw, item.get("item", []))
    return copy.deepcopy(draw(st.sampled_from(RIGHT[_kind(item)]))) | ({"item": inside} if inside else {})


def plants(form: list[Item], given: list[Item], root: list[Item]) -> Iterator[Plant]:
    """Every single fault that can be planted among these items and below them."""
    asked = {item["linkId"]: item for item in form}
    yield "has no item with this linkId", lambda: given.append({"linkId": "stranger", "answer": [{"valueInteger": 1}]})
    if given is not root:
        yield "stands in another place", lambda: root.append(copy.deepcopy(given[0]))
    names = [item["linkId"] for item in given]
    if len(set(names)) > 1:
        yield "stands after one", lambda: given.sort(key=lambda item: -names.index(item["linkId"]))
    for item in form:
        if item["linkId"] not in names and not _is_enabled(item, given) and item["type"] != "group":
            hidden = {"linkId": item["linkId"], "answer": [copy.deepcopy(RIGHT[_kind(item)][0])]}
            yield "(enableWhen)", partial(given.append, hidden)
    for item in given:
        yield from _plants_in(asked[item["linkId"]], item, given, root)


def _plants_in(item: Item, given: Item, siblings: list[Item], root: list[Item]) -> Iterator[Plant]:
    if item.get("required"):
        yield "that is required is missing", lambda: _leave_out(siblings, given["linkId"])
    if item["type"] == "group":
        if not item.get("repeats"):
            yield "second time", lambda: siblings.insert(siblings.index(given), copy.deepcopy(given))
        yield "A group takes no answer", lambda: given.update(answer=[{"valueBoolean": True}]) or given.pop("item")
        yield from plants(item["item"], given["item"], root)
        return
    answers = given["answer"]
    if not item.get("repeats"):
        yield "has a second answer", lambda: answers.append(copy.deepcopy(answers[0]))
    for wrong, words in BEYOND.get(_kind(item), ()):
        yield words, partial(_replace, answers[0], wrong)
    other = {"valueBoolean": True} if item["type"] != "boolean" else {"valueTime": "10:00:00"}
    yield ("is expected, not value", lambda: _replace(answers[0], other))
    for answer in answers:
        if "item" in answer:
            yield from plants(item["item"], answer["item"], root)


def _leave_out(siblings: list[Item], link_id: str) -> None:
    siblings[:] = [item for item in siblings if item["linkId"] != link_id]
    siblings.append({"linkId": link_id})


def _replace(answer: Item, value: Item) -> None:
    kept = {name: one for name, one in answer.items() if name == "item"}
    answer.clear()
    answer.update(value | kept)


def without_gates(items: list[Item]) -> list[Item]:
    """The form without enableWhen, so that a fault in one item cannot change what is asked of another."""
    return [
        {name: without_gates(one) if name == "item" else one for name, one in item.items() if name != "enableWhen"}
        for item in items
    ]


QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(data=st.data(), version=st.sampled_from(list(VERSIONS.values())))
def test_what_is_made_for_a_form_is_valid(rule_set: RuleSet, data: st.DataObject, version: FhirVersion) -> None:
    form = data.draw(forms(version))
    items = data.draw(st.composite(_answers)(form))
    assert problems(rule_set, questionnaire(*form), *items, version=version) == []


@QUIET
@given(data=st.data(), version=st.sampled_from(list(VERSIONS.values())))
def test_a_planted_fault_is_found(rule_set: RuleSet, data: st.DataObject, version: FhirVersion) -> None:
    form = data.draw(forms(version))
    items = data.draw(st.composite(_answers)(form))
    possible = list(plants(form, items, items))
    words = data.draw(st.sampled_from(sorted({words for words, _ in possible})))
    _, plant = data.draw(st.sampled_from([one for one in possible if one[0] == words]))
    plant()
    asked = questionnaire(*(form if words == "(enableWhen)" else without_gates(form)))
    found = [one.message for one in problems(rule_set, asked, *items, version=version) if is_error(one)]
    assert any(words in message for message in found), (words, found)
