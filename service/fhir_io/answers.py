"""The items of a QuestionnaireResponse → answers by linkId, as given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from service.fhir_io.problem_list import ProblemList
from service.fhir_io.yes_no import MEANINGS, SNOMED_CT, SYSTEMS
from service.problems import Kind, Problem
from service.triage.model import RuleSet
from service.triage.questions import Answer, Item, Value

_SPEAKABLE_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
SPEAKABLE_LINK = re.compile(r"[A-Za-z0-9._/:-]{1,64}")
_YES_OR_NO = "Send valueBoolean, or a valueCoding Y, N or UNK of http://terminology.hl7.org/CodeSystem/v2-0532."


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """What the items say, where each question stands in the caller's body, and what was wrong or not known."""

    answers: dict[str, tuple[Answer, ...]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
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


class _Reader:
    """One pass over the tree of items."""

    def __init__(self, rule_set: RuleSet, answer_system: str) -> None:
        self.read = ReadAnswers()
        self._items = rule_set.items
        self._codes = rule_set.codes
        self._groups = {group.link_id: group.text for group in rule_set.groups}
        self._answer_system = answer_system
        self._unknown: set[str] = set()

    def items(self, items: list[dict[str, Any]], path: str) -> None:
        """Read a list of items that stands at `path`, and all items below them."""
        for index, given in enumerate(items):
            where = f"{path}.item[{index}]"
            link_id = given.get("linkId", "")
            item = self._items.get(link_id)
            answers = given.get("answer", ())
            if item:
                if answers:  # a group may share the linkId of a question in it
                    self.read.places.setdefault(link_id, where)
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

    def _answers(self, item: Item, answers: list[dict[str, Any]], where: str) -> None:
        values = []
        for index, answer in enumerate(answers):
            value = self._plain(item, answer)
            if value is None:
                value = self._value(item, answer, f"{where}.answer[{index}]")
            if value is not None:
                values.append(value)
        if values:
            self.read.answers[item.link_id] = self.read.answers.get(item.link_id, ()) + tuple(values)

    def _plain(self, item: Item, answer: dict[str, Any]) -> Value | None:
        """The value as our own questionnaire asks for it, as nearly every answer is; None if it is not so."""
        if item.kind == "boolean":
            said = answer.get("valueBoolean")
            return said if isinstance(said, bool) else None
        coding = answer.get("valueCoding") or {}
        code = coding.get("code")
        is_ours = coding.get("system") == self._answer_system and code in self._codes[item.link_id]
        return str(code) if is_ours else None

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
