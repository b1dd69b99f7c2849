"""Whether an item is enabled, from the answers in the nearest scope that its question shares with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.fhir_io.conformity.form import Condition, Form, FormItem, Typed
from service.fhir_io.conformity.values import order, same, typed

Element = dict[str, Any]

_MOST_COMPARISONS = 50_000
_ORDERS = {
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
}


class TooMuch(Exception):  # noqa: N818 - it ends a check; no error of ours
    """Raised when a check would take more work than a response is worth."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One step on the way down to an item: which item it is of, the element that holds what is below, its answers."""

    link_id: str
    element: Element
    answers: tuple[Typed, ...] = ()


Way = tuple[Scope, ...]


class Enabling:
    """The enableWhen of one form over one response."""

    def __init__(self, form: Form, response: Element) -> None:
        self._form = form
        self._response = response
        self._answers: dict[int, dict[str, list[Typed]]] = {}
        self._found: dict[tuple[int, int], bool | None] = {}
        self._comparisons = 0
        self._gather(response)

    def enabled(self, item: FormItem, way: Way) -> bool | None:
        """True, False, or None when it cannot be told: an expression, or what FHIR leaves open."""
        if item.unclear:
            return None
        if not item.conditions:
            return True
        outcomes = [self._outcome(condition, way) for condition in item.conditions]
        either, both = _either(outcomes), _both(outcomes)
        if item.behavior == "all":
            return both
        # que-12 wants enableBehavior where there are several; without it, only what both ways agree on is known.
        return either if item.behavior == "any" or either == both else None

    def _outcome(self, condition: Condition, way: Way) -> bool | None:
        scope, answers = self._seen_from(condition.question, way)
        known = (id(scope), id(condition))
        if known not in self._found:
            self._comparisons += len(answers) + 1
            if self._comparisons > _MOST_COMPARISONS:
                raise TooMuch
            self._found[known] = outcome(condition, answers)
        return self._found[known]

    def _seen_from(self, question: str, way: Way) -> tuple[object, Sequence[Typed]]:
        """The nearest occurrence of a question: the item itself if it is above, else what is below a common ancestor.

        https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
        """
        asked = self._form.by_link_id.get(question)
        above = asked.ancestors if asked else ()
        for scope in reversed(way):
            if scope.link_id == question:
                return scope.element, scope.answers
            if scope.link_id in above:
                return scope.element, self._answers[id(scope.element)].get(question, ())
        return self._response, self._answers[id(self._response)].get(question, ())

    def _gather(self, element: Element) -> dict[str, list[Typed]]:
        """linkId → its answers anywhere below an element, kept for every element that holds items."""
        found: dict[str, list[Typed]] = {}
        for item in element.get("item", ()):
            found.setdefault(item.get("linkId", ""), []).extend(answers_of(item))
            for inside in (item, *item.get("answer", ())):
                for link_id, answers in self._gather(inside).items():
                    found.setdefault(link_id, []).extend(answers)
        self._answers[id(element)] = found
        return found


def answers_of(item: Element) -> tuple[Typed, ...]:
    """The values of the answers to one item."""
    values = (typed(answer, "value") for answer in item.get("answer", ()))
    return tuple(value for value in values if value)


def outcome(condition: Condition, answers: Sequence[Typed]) -> bool | None:
    """One condition over the answers to its question (http://hl7.org/fhir/questionnaire-enable-operator)."""
    if condition.operator == "exists":
        return bool(answers) is (condition.wanted[1] is True)
    if condition.operator == "=":
        return _either([same(answer, condition.wanted) for answer in answers])
    if condition.operator == "!=":
        return _differs([same(answer, condition.wanted) for answer in answers])
    wanted = _ORDERS.get(condition.operator)
    if wanted is None:
        return None
    found = [order(answer, condition.wanted) for answer in answers]
    return _either([None if one is None else one in wanted for one in found])


def _differs(equal: list[bool | None]) -> bool | None:
    """By FHIR's words "no answer is equal", by HL7's validator "some answer is not": what both agree on."""
    if not equal or None in equal or len(set(equal)) > 1:
        return None
    return not equal[0]


def _either(outcomes: list[bool | None]) -> bool | None:
    return True if True in outcomes else None if None in outcomes else False


def _both(outcomes: list[bool | None]) -> bool | None:
    return False if False in outcomes else None if None in outcomes else True
