"""A binding compared with the Questionnaire that it is of: linkIds, types, and every answer that can be picked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.problems import Problem
from service.ruleset.bindings.checks import AGAINST
from service.ruleset.bindings.draft import Draft
from service.ruleset.bindings.schema import kinds_of
from service.ruleset.checks import found_by
from service.ruleset.positions import Path

FITTING: Mapping[str, tuple[str, ...]] = {
    "yes or no": ("boolean", "choice", "coding"),
    "a code": ("choice", "coding", "open-choice"),
    "a number": ("integer", "decimal", "quantity"),
}
"""The types of FHIR items that each kind of answer suits, in R4 and R5."""

SILENT = ("group", "display")

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Theirs:
    """One item of the Questionnaire."""

    type: str
    repeats: bool
    codings: tuple[tuple[str, str], ...]
    uncoded: bool


def compare(draft: Draft, questionnaire: Entry) -> list[Problem]:
    """Everything in which the binding does not fit the Questionnaire."""
    items = dict(_items(questionnaire))
    found = [*_address(draft, questionnaire), *_strangers(draft, items)]
    for path, question in draft.questions():
        if question["link_id"] in items:
            found += _unfit(draft, path, question, items[question["link_id"]])
    return found_by(AGAINST, found)


def _items(within: Entry) -> Iterator[tuple[str, Theirs]]:
    for item in within.get("item", ()):
        options = item.get("answerOption", ())
        codings = [option["valueCoding"] for option in options if "valueCoding" in option]
        yield (
            item.get("linkId", ""),
            Theirs(
                type=item.get("type", ""),
                repeats=item.get("repeats", False),
                codings=tuple((coding.get("system", ""), coding.get("code", "")) for coding in codings),
                uncoded=any("valueString" in option for option in options),
            ),
        )
        yield from _items(item)


def _address(draft: Draft, questionnaire: Entry) -> Iterator[Problem]:
    bound, url, version = draft.data["questionnaire"], questionnaire.get("url"), questionnaire.get("version")
    if bound["url"] != url:
        said = f"The Questionnaire has the url “{url}”."
        yield draft.sheet.problem(("questionnaire", "url"), said, "Write this one, or give the Questionnaire meant.")
    if bound["versions"] and version not in bound["versions"]:
        said = f"The Questionnaire is of version “{version}”."
        yield draft.sheet.problem(("questionnaire", "versions"), said, "Add it, or give the Questionnaire meant.")


def _strangers(draft: Draft, items: Mapping[str, Theirs]) -> Iterator[Problem]:
    places: list[tuple[Path, str]] = [((*path, "link_id"), question["link_id"]) for path, question in draft.questions()]
    places += [(("ignored", index), link_id) for index, link_id in enumerate(draft.data["ignored"])]
    for path, link_id in places:
        if link_id not in items:
            said = f"The Questionnaire has no item “{link_id}”."
            yield draft.sheet.problem(path, said, "Correct the linkId, or remove it.")
    known = {link_id for _, link_id in places}
    for link_id, theirs in items.items():
        if link_id not in known and theirs.type not in SILENT:
            said = f"The Questionnaire asks “{link_id}”, which the binding does not know."
            yield draft.sheet.problem(("questions",), said, "Map it, or add it to “ignored”.")


def _unfit(draft: Draft, path: Path, question: Entry, theirs: Theirs) -> Iterator[Problem]:
    kinds = kinds_of(question["answers"][0])
    fitting = [name for kind in kinds for name in FITTING[kind]]
    if fitting and theirs.type not in fitting:
        said = f"“{question['link_id']}” is of type {theirs.type}, which is not answered with {' or '.join(kinds)}."
        yield draft.sheet.problem((*path, "answers"), said, "Correct the answers; text can only be ignored.")
        return
    if question["closed"] and not theirs.repeats:
        said = f"“{question['link_id']}” takes one answer: what was not picked was not denied."
        yield draft.sheet.problem((*path, "closed"), said, "Remove “closed”.")
    if "a code" in kinds:
        yield from _codes(draft, path, question, theirs)


def _codes(draft: Draft, path: Path, question: Entry, theirs: Theirs) -> Iterator[Problem]:
    bound = [(answer.get("system", question["system"]), answer["code"]) for answer in question["answers"]]
    missing = [coding for coding in dict.fromkeys(theirs.codings) if coding not in bound]
    for system, code in missing:
        said = f"The option “{code}” ({system or 'no system'}) of “{question['link_id']}” is not mapped."
        yield draft.sheet.problem((*path, "answers"), said, "Add it; means: nothing, if it says nothing.")
    if theirs.uncoded:
        said = f"“{question['link_id']}” has options without a code, which cannot be mapped."
        yield draft.sheet.problem((*path, "answers"), said, "Ignore the question, or have its options coded.")
    for index, (system, code) in enumerate(bound):
        if theirs.codings and (system, code) not in theirs.codings:
            said = f"“{question['link_id']}” has no option “{code}” ({system or 'no system'})."
            yield draft.sheet.problem((*path, "answers", index), said, "Correct it, or remove it.")
