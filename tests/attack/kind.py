"""Changes after which a body is mostly still valid, so that mutants reach the rules and not only the door."""

from __future__ import annotations

import copy
import random
from functools import cache
from typing import Any

from attack.changes import MARK, TEXTS, Change

from service.ruleset.load import load_rule_set
from service.settings import Settings
from service.triage.questions import Item

CANONICAL = Settings().canonical_base
YES_NO = ("Y", "N", "373066001", "373067005")


@cache
def _questions() -> tuple[Item, ...]:
    return tuple(load_rule_set(Settings().rules_path).items.values())


def _response(body: Any) -> Any:
    """The response in a body, which may be anything."""
    if isinstance(body, dict) and body.get("resourceType") == "Parameters":
        given = body.get("parameter")
        for one in given if isinstance(given, list) else ():
            if isinstance(one, dict) and isinstance(one.get("resource"), dict):
                return one["resource"]
    return body


def _answered(die: random.Random, question: Item) -> dict[str, Any]:
    """A question with one answer or several; now and then one that it does not have, or none."""
    if question.kind == "boolean" and die.random() < 0.8:
        answers: list[Any] = [{"valueBoolean": die.random() < 0.5}]
    elif question.kind == "boolean":
        answers = [{"valueCoding": {"code": die.choice(YES_NO), "display": MARK}}]
    else:
        codes = [option.code for option in question.options] + ["none"]
        system = f"{CANONICAL}/CodeSystem/numbness-answers"
        answers = [
            {"valueCoding": {"system": system, "code": die.choice(codes)}} for _ in range(die.choice((1, 1, 2, 3)))
        ]
    return {"linkId": question.link_id, "answer": answers}


def _answer(die: random.Random, body: Any) -> None:
    """Some questions of ours more, somewhere."""
    items = _response(body).get("item") if isinstance(_response(body), dict) else None
    if isinstance(items, list):
        for _ in range(die.choice((1, 2, 5, 12))):
            made = _answered(die, die.choice(_questions()))
            inside = [one for one in items if isinstance(one, dict) and isinstance(one.get("item"), list)]
            (die.choice(inside)["item"] if inside and die.random() < 0.7 else items).append(made)


def _leave_out(die: random.Random, body: Any) -> None:
    items = _response(body).get("item") if isinstance(_response(body), dict) else None
    if isinstance(items, list) and len(items) > 1:
        del items[die.randrange(len(items))]


def _said(die: random.Random, body: Any) -> None:
    """Free text, names and codes where FHIR has a place for them."""
    response = _response(body)
    if not isinstance(response, dict):
        return
    text = die.choice((MARK, die.choice(TEXTS)))
    name, value = die.choice(
        (
            ("id", die.choice(("a", "A-1." * 12, "a" * 64))), ("language", "en"), ("author", {"display": text}),
            ("subject", {"reference": f"Patient/{die.randrange(99)}", "display": text}), ("authored", "2026-01-01"),
            ("subject", {"identifier": {"system": "http://x.example/mrn", "value": text}}),
            ("encounter", {"reference": "Encounter/1"}),
            ("identifier", {"system": "http://x.example/id", "value": text}),
            ("status", die.choice(("amended", "in-progress", "stopped"))),
            ("text", {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}),
            ("extension", [{"url": "http://x.example/a", "valueString": text}]),
            ("meta", {"versionId": "3", "tag": [{"code": "x", "display": text}]}),
            ("contained", [{"resourceType": "Patient", "id": "p", "name": [{"text": text}]}]),
            ("questionnaire", f"{CANONICAL}/Questionnaire/limb-numbness"),
        )
    )  # fmt: skip
    response[name] = value
    if name == "contained":
        response["subject"] = {"reference": "#p", "display": text}


def _unknown(die: random.Random, body: Any) -> None:
    """A question that we do not have, with free text."""
    items = _response(body).get("item") if isinstance(_response(body), dict) else None
    if isinstance(items, list):
        items.insert(
            die.randrange(len(items) + 1),
            {"linkId": die.choice(("x", MARK, "numbness ")), "text": MARK, "answer": [{"valueString": MARK}]},
        )


def _again(die: random.Random, body: Any) -> None:
    """An item twice: as it is, or without what it holds."""
    items = _response(body).get("item") if isinstance(_response(body), dict) else None
    if isinstance(items, list) and items:
        items.append(copy.deepcopy(die.choice(items)))


def _shuffle(die: random.Random, body: Any) -> None:
    items = _response(body).get("item") if isinstance(_response(body), dict) else None
    if isinstance(items, list):
        die.shuffle(items)


KIND: tuple[Change, ...] = (*(_answer,) * 5, *(_said,) * 3, _leave_out, _unknown, _again, _shuffle)
