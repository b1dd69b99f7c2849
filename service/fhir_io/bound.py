"""The items of a response to somebody else's questionnaire → answers to our questions, by its binding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from service.fhir_io.answers import SPEAKABLE_LINK, ReadAnswers, said_code
from service.fhir_io.yes_no import MEANINGS, SNOMED_CT
from service.problems import Kind, Problem
from service.triage.binding import Binding, BoundQuestion, Means, Picked, SaidYesOrNo, Within, answers_of, closing
from service.triage.model import RuleSet

UCUM = "http://unitsofmeasure.org"

_CODED, _YES_OR_NO = "valueCoding", "valueBoolean"
_NUMBERS = ("valueInteger", "valueDecimal", "valueQuantity")


def read_bound_answers(response: dict[str, Any], path: str, rule_set: RuleSet, binding: Binding) -> ReadAnswers:
    """Every answer of a structurally valid response, wherever in the tree its linkId stands.

    An answer that a mapped question does not list is refused as an unknown option of ours is; an item that the
    binding does not know is named in a warning. `places` leads from our questions to the caller's items.
    """
    reader = _Reader(binding)
    reader.items(response.get("item", ()), path)
    reader.close()
    reader.read.answers.update(answers_of(rule_set.items, reader.said))
    return reader.read


class _Reader:
    """One pass over the tree of items."""

    def __init__(self, binding: Binding) -> None:
        self._places: dict[str, str] = {}
        self.read = ReadAnswers(places=self._places)
        self.said: list[Means] = []
        self._binding = binding
        self._unknown: set[str] = set()
        self._found: dict[str, list[tuple[Means | None, str]]] = {}

    def items(self, items: list[dict[str, Any]], path: str) -> None:
        """Read a list of items that stands at `path`, and all items below them."""
        for index, given in enumerate(items):
            where = f"{path}.item[{index}]"
            link_id, answers = given.get("linkId", ""), given.get("answer", ())
            question = self._binding.questions.get(link_id)
            if question and answers:
                self._answers(question, answers, where)
            elif answers and link_id not in self._binding.ignored:
                self._not_known(link_id, where)
            self.items(given.get("item", ()), where)
            for place, answer in enumerate(answers):
                self.items(answer.get("item", ()), f"{where}.answer[{place}]")

    def _not_known(self, link_id: str, where: str) -> None:
        if link_id not in self._unknown:
            self._unknown.add(link_id)
            said = link_id if SPEAKABLE_LINK.fullmatch(link_id) else ""
            message = f"The binding {self._binding.id} does not know this linkId: its answers were not used."
            remedy = "Add it to the binding; under “ignored”, if it says nothing."
            self.read.warnings.add(Problem(Kind.UNKNOWN_ITEM, where, message, remedy, said))

    def _answers(self, question: BoundQuestion, answers: list[dict[str, Any]], where: str) -> None:
        for index, each in enumerate(answers):
            means = self._meaning(question, each, f"{where}.answer[{index}]")
            self._found.setdefault(question.link_id, []).append((means, where))
            self._say(means or {}, where)

    def _say(self, means: Means, where: str) -> None:
        self.said.append(means)
        for name in means:
            self._places.setdefault(name, where)

    def close(self) -> None:
        """Deny what was not picked of the lists that are closed, once all answers are read: an item may come twice.

        A list with an answer that is none, such as “unknown”, says nothing more than what was picked.
        """
        for link_id, found in self._found.items():
            given = [means for means, _ in found if means is not None]
            if len(given) == len(found):
                self._say(closing(self._binding.questions[link_id], given), found[0][1])

    def _meaning(self, question: BoundQuestion, answer: dict[str, Any], where: str) -> Means | None:
        """What one answer means; None when it is no answer, or was refused."""
        name = next((key for key in answer if key.startswith("value")), "")
        if not name:
            return None
        value = answer[name]
        coding = _key(value) if name == _CODED else None
        if coding is not None and not coding[1] and "_code" in value:
            return None
        found = next(_matching(question, name, value, coding), None)
        if found is None and not (coding in MEANINGS and MEANINGS[coding] is None):
            self._refuse(question, name, coding, f"{where}.{name}")
        return found

    def _refuse(self, question: BoundQuestion, name: str, coding: tuple[str, str] | None, where: str) -> None:
        expected, listed = _expected(question)
        if name not in expected:
            kind, message = Kind.ANSWER_TYPE, f"{' or '.join(expected)} is expected, not {name}."
        else:
            told = said_code(coding[1]) if coding else "This number or unit"
            kind, message = Kind.ANSWER_CODE, f"{told} is not among the answers of the binding {self._binding.id}."
        remedy = f"Send {listed}."
        self.read.problems.add(Problem(kind, where, message, remedy, question.link_id, question.says))


def _matching(question: BoundQuestion, name: str, value: Any, coding: tuple[str, str] | None) -> Iterator[Means]:
    """What the answers that hold for the value mean."""
    for answer in question.answers:
        if isinstance(answer, Picked):
            holds = coding is not None and coding in _alike(answer.system, answer.code)
        elif isinstance(answer, SaidYesOrNo):
            said = value if name == _YES_OR_NO else MEANINGS.get(coding) if coding else None
            holds = said is answer.answer
        else:
            number = _number(name, value, answer.unit)
            holds = number is not None and answer.holds(number)
        if holds:
            yield answer.means


def _number(name: str, value: Any, unit: str) -> Decimal | None:
    """The number in the unit that is wanted; None when it is in another, or only a bound such as “less than 3”."""
    if name in ("valueInteger", "valueDecimal") and not unit:
        return Decimal(str(value))
    if name != "valueQuantity" or "comparator" in value or "value" not in value:
        return None
    own = (value.get("system"), value.get("code")) == (UCUM, unit) if unit else "code" not in value
    return Decimal(str(value["value"])) if own else None


def _key(coding: dict[str, Any]) -> tuple[str, str]:
    return coding.get("system", ""), coding.get("code", "")


def _alike(system: str, code: str) -> set[tuple[str, str]]:
    """The coding under every name of its system."""
    return {(name, code) for name in (SNOMED_CT if system in SNOMED_CT else {system})}


def _expected(question: BoundQuestion) -> tuple[tuple[str, ...], str]:
    """The types of value that the question takes, and its answers in words."""
    first = question.answers[0]
    if isinstance(first, SaidYesOrNo):
        return (_YES_OR_NO, _CODED), "valueBoolean, or a valueCoding that means yes, no or unknown"
    if isinstance(first, Within):
        spans = [_span(answer) for answer in question.answers if isinstance(answer, Within)]
        return _NUMBERS, f"a number {', or '.join(spans)}"
    codes = [answer.code for answer in question.answers if isinstance(answer, Picked)]
    return (_CODED,), f"a valueCoding with one of {', '.join(codes)}"


def _span(answer: Within) -> str:
    least = [] if answer.at_least is None else [f"from {answer.at_least}"]
    below = [] if answer.below is None else [f"below {answer.below}"]
    return " ".join([*least, *below, *([answer.unit] if answer.unit else [])])
