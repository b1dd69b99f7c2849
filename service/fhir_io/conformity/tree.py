"""The items of a response against those of its form: known, placed, in order, required, repeated, enabled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from service.fhir_io.conformity.answers import answer_faults, exclusive_fault
from service.fhir_io.conformity.enable_when import Enabling, Scope, TooMuch, Way, answers_of
from service.fhir_io.conformity.form import Form, FormItem
from service.fhir_io.conformity.limits import Around
from service.fhir_io.conformity.rulings import Fault, Rule
from service.fhir_io.conformity.values import typed

Element = dict[str, Any]
Tell = Callable[[Fault, str, FormItem | None], None]
"""Takes a fault, the linkId concerned, and the form's item if it has one."""

_MOST_VISITS = 100_000
_MISPLACED = "The item stands in another place than in the questionnaire."
_NEST = "Nest the items as the questionnaire does."
_UNORDERED = "The item stands after one that the questionnaire has below it."
_ORDER = "Give the items in the questionnaire's order."
_COMPLETE = ("completed", "amended")
_Given = tuple[Element, str]


def check_tree(form: Form, response: Element, path: str, tell: Tell) -> None:
    """Tell every fault of a response. One that is not said to be complete need not answer what is required.

    https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.required
    """
    if form.unevaluated:
        message = "Rules of the questionnaire that are written as expressions were not evaluated."
        tell(Fault(Rule.CHECKABLE, path, message), "", None)
    try:
        _Check(form, response, tell).items(form.items, form.positions, (response, path), ())
    except TooMuch:
        message = "The response is too large to be checked against this questionnaire in full."
        tell(Fault(Rule.BOUNDED, path, message, "Send fewer items, or a smaller questionnaire."), "", None)


class _Check:
    """One pass over a response. `live` is False below an item that is not enabled, which is told once."""

    def __init__(self, form: Form, response: Element, tell: Tell) -> None:
        self._form = form
        self._tell = tell
        self._complete = response.get("status") in _COMPLETE
        self._enabling = Enabling(form, response)
        self._visits = 0
        inside = response.get("contained", ())
        self._around = Around({one.get("id", ""): one.get("resourceType", "") for one in inside})

    def items(
        self,
        asked: tuple[FormItem, ...],
        positions: dict[str, int],
        given: _Given,
        way: Way,
        *,
        live: bool = True,
    ) -> None:
        """Check the items of one element against those that the form has at this place."""
        self._visits += len(asked) + 1
        if self._visits > _MOST_VISITS:
            raise TooMuch
        found = self._sorted(positions, given)
        for item in asked:
            self._item(item, found.pop(item.link_id, []), given[1], way, live=live)
        for link_id, misplaced in found.items():
            self._item(self._form.by_link_id[link_id], misplaced, given[1], way, live=live)

    def _sorted(self, positions: dict[str, int], given: _Given) -> dict[str, list[_Given]]:
        """The items that the form has anywhere, by linkId; what is unknown, misplaced or out of order is told."""
        element, path = given
        found: dict[str, list[_Given]] = {}
        last = -1
        for index, child in enumerate(element.get("item", ())):
            where, link_id = f"{path}.item[{index}]", child.get("linkId", "")
            item = self._form.by_link_id.get(link_id)
            if item is None:
                message = "The questionnaire has no item with this linkId."
                self._tell(Fault(Rule.KNOWN, where, message, "Use the questionnaire's linkIds."), link_id, None)
                continue
            found.setdefault(link_id, []).append((child, where))
            if link_id not in positions:
                self._tell(Fault(Rule.PLACED, where, _MISPLACED, _NEST), link_id, item)
            elif positions[link_id] < last:
                self._tell(Fault(Rule.ORDERED, where, _UNORDERED, _ORDER), link_id, item)
            last = max(last, positions.get(link_id, last))
        return found

    def _item(self, item: FormItem, given: list[_Given], path: str, way: Way, *, live: bool) -> None:
        """All that answers one item of the form at one place; an item with neither answers nor items is absent."""
        filled = [one for one in given if "answer" in one[0] or "item" in one[0]]
        enabled = self._enabling.enabled(item, way) if live else None
        if not filled:
            self._absent(item, given[0][1] if given else path, enabled=enabled)
            return
        if enabled is False:
            for _, where in filled:
                message = "The question is answered although the questionnaire does not ask it then (enableWhen)."
                remedy = "Leave the item out, or correct the answer that it depends on."
                self._tell(Fault(Rule.ENABLED, where, message, remedy), item.link_id, item)
        for fault in self._occurrence(item, filled, enabled=enabled):
            self._tell(fault, item.link_id, item)
        values = [value for element, _ in filled for value in answers_of(element)]
        exclusive = exclusive_fault(item, values, filled[0][1])
        if exclusive:
            self._tell(exclusive, item.link_id, item)
        for one in filled:
            self._content(item, one, way, live=live and enabled is not False)

    def _absent(self, item: FormItem, where: str, *, enabled: bool | None) -> None:
        wanted = item.required or item.fewest > 0
        if wanted and enabled and self._complete and item.type != "display":
            self._tell(_missing(where), item.link_id, item)

    def _occurrence(self, item: FormItem, filled: list[_Given], *, enabled: bool | None) -> Iterator[Fault]:
        """How often an item is answered: a group by its items, a question by the answers in them."""
        times = [1 if item.group else len(element.get("answer", ())) for element, _ in filled]
        most = 1 if not item.repeats else item.most
        if most is not None and sum(times) > most:
            where = filled[most][1] if item.group else _answer_place(filled, most)
            yield Fault(Rule.REPEATED, where, _too_many(item, most), "Keep what the questionnaire takes.")
        elif len(filled) > 1 and not item.group:
            message = "The answers to one question stand in several items."
            yield Fault(Rule.TOGETHER, filled[1][1], message, "Put them into one item (qrs-2).")
        if not self._complete or not enabled:
            return
        if not item.group and item.required and not any(_says_something(element) for element, _ in filled):
            yield _missing(filled[0][1])
        elif sum(times) < item.fewest:
            message = f"Fewer than {item.fewest} are given."
            yield Fault(Rule.REQUIRED, filled[0][1], message, "Give as many as the questionnaire asks for.")

    def _content(self, item: FormItem, given: _Given, way: Way, *, live: bool) -> None:
        element, path = given
        if item.group:
            if "answer" in element:
                fault = Fault(Rule.NESTED, f"{path}.answer[0]", "A group takes no answer.", "Answer its items.")
                self._tell(fault, item.link_id, item)
            self.items(item.items, item.positions, given, (*way, Scope(item.link_id, element)), live=live)
            return
        if "item" in element:
            self._tell(_below(item, path), item.link_id, item)
        self._answers(item, given, way, live=live)

    def _answers(self, item: FormItem, given: _Given, way: Way, *, live: bool) -> None:
        element, path = given
        values = answers_of(element)
        for index, answer in enumerate(element.get("answer", ())):
            where, value = f"{path}.answer[{index}]", typed(answer, "value")
            if value:
                for fault in answer_faults(item, value, f"{where}.value{value[0]}", self._around):
                    self._tell(fault, item.link_id, item)
            if item.items or "item" in answer:
                scope = Scope(item.link_id, answer, values)
                self.items(item.items, item.positions, (answer, where), (*way, scope), live=live)


def _missing(where: str) -> Fault:
    return Fault(Rule.REQUIRED, where, "An answer that is required is missing.", "Answer the question.")


def _below(item: FormItem, path: str) -> Fault:
    """Of items that stand in a question itself instead of in its answer."""
    where = f"{path}.item[0]"
    if item.type == "display":
        return Fault(Rule.PLACED, where, "A display item takes no items.", "Leave them out.")
    message = "Items below a question stand in its answer."
    return Fault(Rule.PLACED, where, message, "Put them into answer.item.")


def _too_many(item: FormItem, most: int) -> str:
    if item.group:
        return "The group is given a second time." if most == 1 else f"The group is given more than {most} times."
    return "The question has a second answer." if most == 1 else f"The question has more than {most} answers."


def _says_something(element: Element) -> bool:
    """Whether one of the answers has a value, or says by an extension why it has none."""
    return any(name.lstrip("_").startswith("value") for answer in element.get("answer", ()) for name in answer)


def _answer_place(filled: list[_Given], number: int) -> str:
    """Where the answer with that number stands, counted through the items of one question."""
    for element, path in filled:
        answers = len(element.get("answer", ()))
        if number < answers:
            return f"{path}.answer[{number}]"
        number -= answers
    return filled[0][1]
