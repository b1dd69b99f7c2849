"""The items of a QuestionnaireResponse → answers by linkId, as given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.yes_no import MEANINGS, SNOMED_CT, SYSTEMS
from service.problems import Kind, Problem
from service.triage.model import RuleSet
from service.triage.questions import Answer, Item, Value

_SPEAKABLE_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
SPEAKABLE_LINK = re.compile(r"[A-Za-z0-9._/:-]{1,64}")
_PLAIN = (bool, str)
_YES_OR_NO = "Send valueBoolean, or a valueCoding Y, N or UNK of http://terminology.hl7.org/CodeSystem/v2-0532."


class Places(Mapping[str, str]):
    """linkId → the FHIRPath of the first item that answers it, put into words only when somebody asks."""

    def __init__(self) -> None:
        self.at: dict[str, tuple[str, int]] = {}

    def __getitem__(self, link_id: str) -> str:
        """The FHIRPath; KeyError when the question was not answered."""
        path, index = self.at[link_id]
        return f"{path}.item[{index}]"

    def __iter__(self) -> Iterator[str]:
        """The linkIds."""
        return iter(self.at)

    def __len__(self) -> int:
        """How many questions were answered."""
        return len(self.at)


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """What the items say, where each question stands in the caller's body, and what was wrong or not known."""

    answers: dict[str, tuple[Answer, ...]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    problems: ProblemList = field(default_factory=ProblemList)
    warnings: ProblemList = field(default_factory=ProblemList)


def read_answers(response: dict[str, Any], path: str, rule_set: RuleSet, *, answer_system: str) -> ReadAnswers:
    """Every answer of a structurally valid response, wherever in the tree its linkId stands, in the order given.

    Nested groups, items under answers and a linkId that comes twice are all read: an EHR may arrange the items
    differently than the questionnaire does. An answer that says "unknown" is no answer.
    """
    reader = _Reader(rule_set, answer_system)
    reader.items(response.get("item", ()), path)
    return reader.read


@lru_cache(maxsize=16)
def _expected(rule_set: RuleSet) -> dict[str, tuple[str, dict[Value, tuple[Answer, ...]]]]:
    """linkId → the name of the value as our own questionnaire asks for it, and each value with what it says."""
    expected: dict[str, tuple[str, dict[Value, tuple[Answer, ...]]]] = {}
    for link_id, item in rule_set.items.items():
        if item.kind == "boolean":
            expected[link_id] = "valueBoolean", {True: (True,), False: (False,)}
        else:
            expected[link_id] = "valueCoding", {option.code: (option.code,) for option in item.options}
    return expected


class _Reader:
    """One pass over the tree of items."""

    def __init__(self, rule_set: RuleSet, answer_system: str) -> None:
        self._places = Places()
        self.read = ReadAnswers(places=self._places)
        self._items = rule_set.items
        self._expected = _expected(rule_set)
        self._groups = {group.link_id: group.text for group in rule_set.groups}
        self._answer_system = answer_system
        self._unknown: set[str] = set()

    def items(self, items: list[dict[str, Any]], path: str) -> None:
        """Read a list of items that stands at `path`, and all items below them."""
        said, places, expected, system = self.read.answers, self._places.at, self._expected, self._answer_system
        for index, given in enumerate(items):
            link_id, answers = given.get("linkId", ""), given.get("answer", ())
            # One answer just as our questionnaire asks for it, as nearly every one is, is read here and now.
            if len(answers) == 1 and link_id in expected and link_id not in said and "item" not in given:
                (answer,) = answers
                name, values = expected[link_id]
                value = answer.get(name)
                if name == "valueCoding" and value:
                    value = value.get("code") if value.get("system") == system else None
                if len(answer) == 1 and value.__class__ in _PLAIN and value in values:
                    said[link_id] = values[value]
                    places.setdefault(link_id, (path, index))
                    continue
            self._item(given, link_id, path, index)

    def _item(self, given: dict[str, Any], link_id: str, path: str, index: int) -> None:
        """Whatever stands there, its answers, and the items below it and below them."""
        where, answers = f"{path}.item[{index}]", given.get("answer", ())
        item = self._items.get(link_id)
        if item:
            if answers:  # a group may share the linkId of a question in it
                self._places.at.setdefault(link_id, (path, index))
            self._answers(item, answers, where)
        elif link_id not in self._groups:
            self._not_known(link_id, where)
        elif answers:
            self._group_with_answer(link_id, where)
        if below := given.get("item"):
            self.items(below, where)
        for place, answer in enumerate(answers):
            if below := answer.get("item"):
                self.items(below, f"{where}.answer[{place}]")

    def _not_known(self, link_id: str, where: str) -> None:
        if link_id in self._unknown:
            return
        self._unknown.add(link_id)
        said = link_id if SPEAKABLE_LINK.fullmatch(link_id) else ""
        message = "The questionnaire has no item with this linkId: its answers were not used."
        self.read.warnings.add(Problem(Kind.UNKNOWN_ITEM, where, message, "Use the questionnaire's linkIds.", said))

    def _group_with_answer(self, link_id: str, where: str) -> None:
        text = self._groups[link_id]
        message, remedy = "A group takes no answer.", "Put the answers into the items of the group."
        self.read.problems.add(Problem(Kind.ANSWER_TYPE, f"{where}.answer[0]", message, remedy, link_id, text))

    def _answers(self, item: Item, answers: Sequence[dict[str, Any]], where: str) -> None:
        values = []
        for index, answer in enumerate(answers):
            value = self._value(item, answer, f"{where}.answer[{index}]")
            if value is not None:
                values.append(value)
        if values:
            self.read.answers[item.link_id] = self.read.answers.get(item.link_id, ()) + tuple(values)

    def _value(self, item: Item, answer: dict[str, Any], where: str) -> Value | None:
        """The value of one answer; None when it says nothing, or was refused."""
        name = next((key for key in answer if key.startswith("value")), "")
        if not name:
            return None
        if name == "valueCoding":
            return self._coded(item, answer[name], f"{where}.{name}")
        if name == "valueBoolean" and item.kind == "boolean":
            return bool(answer[name])
        expected = "valueBoolean" if item.kind == "boolean" else "valueCoding"
        remedy = _YES_OR_NO if item.kind == "boolean" else self._options(item)
        self._refuse(Kind.ANSWER_TYPE, item, f"{where}.{name}", f"{expected} is expected, not {name}.", remedy)
        return None

    def _coded(self, item: Item, coding: dict[str, Any], where: str) -> Value | None:
        key = (coding.get("system", ""), coding.get("code", ""))
        if "_code" in coding and not key[1]:
            return None
        if item.kind == "boolean":
            return self._yes_or_no(item, key, where)
        option = self._option(item, key)
        if option:
            return option
        if key not in MEANINGS or MEANINGS[key] is not None:
            self._refuse(
                Kind.ANSWER_CODE, item, where, f"{said_code(key[1])} is not an option here.", self._options(item)
            )
        return None

    def _yes_or_no(self, item: Item, key: tuple[str, str], where: str) -> bool | None:
        if key in MEANINGS:
            return MEANINGS[key]
        if key[0] in SYSTEMS:
            self._refuse(Kind.ANSWER_CODE, item, where, f"{said_code(key[1])} means neither yes nor no.", _YES_OR_NO)
        else:
            message = "valueBoolean is expected, not a valueCoding of this system."
            self._refuse(Kind.ANSWER_TYPE, item, where, message, _YES_OR_NO)
        return None

    def _option(self, item: Item, key: tuple[str, str]) -> str:
        """The option that a coding names: by our own code, or by a public one that only one option carries."""
        system, code = key
        if system in ("", self._answer_system):
            return code if any(option.code == code for option in item.options) else ""
        systems = SNOMED_CT if system in SNOMED_CT else {system}
        carrying = [
            option.code
            for option in item.options
            if any(coding.code == code and coding.system in systems for coding in option.codings)
        ]
        return carrying[0] if len(carrying) == 1 else ""

    def _options(self, item: Item) -> str:
        codes = ", ".join(option.code for option in item.options)
        return f"Send a valueCoding of {self._answer_system} with one of {codes}."

    def _refuse(self, kind: Kind, item: Item, where: str, message: str, remedy: str) -> None:
        self.read.problems.add(Problem(kind, where, message, remedy, item.link_id, item.text))


def said_code(code: str) -> str:
    """The caller's code, if it looks like one; what else stands there may be anyone's words and is not repeated."""
    return f"The code {code}" if _SPEAKABLE_CODE.fullmatch(code) else "This code" if code else "A coding without a code"
