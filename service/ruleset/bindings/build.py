"""Builds the model of a binding from a file that every check has passed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.ruleset.bindings.draft import Draft, sayings
from service.triage.binding import Binding, BoundQuestion, Means, Picked, SaidYesOrNo, Within
from service.triage.model import RuleSet
from service.triage.questions import Denied, Value

Entry = Mapping[str, Any]


def build(draft: Draft, rule_set: RuleSet, digest: str) -> Binding:
    """The binding."""
    data = draft.data
    questions = [_question(entry) for entry in data["questions"]]
    return Binding(
        id=data["id"],
        version=data["version"],
        status=data["status"],
        title=data["title"],
        url=data["questionnaire"]["url"],
        versions=tuple(data["questionnaire"]["versions"]),
        rule_set=(rule_set.id, rule_set.version),
        questions={question.link_id: question for question in questions},
        ignored=frozenset(data["ignored"]),
        not_asked=tuple(data["not_asked"]),
        digest=digest,
    )


def _question(entry: Entry) -> BoundQuestion:
    given = entry["answers"]
    answers: tuple[SaidYesOrNo, ...] | tuple[Picked, ...] | tuple[Within, ...]
    if "answer" in given[0]:
        answers = tuple(SaidYesOrNo(each["answer"], _means(each)) for each in given)
    elif "code" in given[0]:
        answers = tuple(Picked(each.get("system", entry["system"]), each["code"], _means(each)) for each in given)
    else:
        answers = tuple(_within(each) for each in given)
    return BoundQuestion(entry["link_id"], entry["says"], answers, entry["closed"])


def _within(each: Entry) -> Within:
    least, below = (Decimal(str(each[key])) if key in each else None for key in ("at_least", "below"))
    return Within(least, below, each.get("unit", ""), _means(each))


def _means(each: Entry) -> Means:
    means: dict[str, tuple[Value | Denied, ...]] = {}
    for saying in sayings((), each["means"]):
        value = Denied(str(saying.value)) if saying.denied else saying.value
        means[saying.item] = (*means.get(saying.item, ()), value)
    return means
