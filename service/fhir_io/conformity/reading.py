"""FHIR JSON of a structurally valid Questionnaire of R4, R4B or R5 → what responses are checked against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from service.fhir_io.conformity.extensions import fewest_and_most, limits_of, marked
from service.fhir_io.conformity.form import Condition, Form, FormItem, Options
from service.fhir_io.conformity.value_sets import options_of
from service.fhir_io.conformity.values import key, typed

Resource = dict[str, Any]

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
_EXCLUSIVE = f"{_STRUCTURE}/questionnaire-optionExclusive"
_ENABLED_BY_EXPRESSION = f"{_SDC}/sdc-questionnaire-enableWhenExpression"
_CONSTRAINTS = (f"{_STRUCTURE}/questionnaire-constraint", f"{_STRUCTURE}/targetConstraint")
_OPEN = {"optionsOrString": frozenset({"String"}), "optionsOnly": frozenset[str]()}


def read_form(questionnaire: Resource, beside: Iterable[Resource] = ()) -> Form:
    """The form; `beside` are the resources contained with a Questionnaire that is itself contained."""
    reader = _Reader([*questionnaire.get("contained", ()), *beside])
    items = reader.items(questionnaire.get("item", ()), ())
    known: dict[str, FormItem] = {}
    for item in _all(items):
        known.setdefault(item.link_id, item)
    unevaluated = reader.unevaluated or any(marked(questionnaire, url) for url in _CONSTRAINTS)
    return Form(items, _positions(items), known, unevaluated=unevaluated)


def _all(items: Iterable[FormItem]) -> Iterator[FormItem]:
    for item in items:
        yield item
        yield from _all(item.items)


def _positions(items: tuple[FormItem, ...]) -> dict[str, int]:
    """linkId → its first place among its siblings."""
    return {item.link_id: index for index, item in reversed(list(enumerate(items)))}


class _Reader:
    """One pass over the items of one Questionnaire."""

    def __init__(self, contained: list[Resource]) -> None:
        self.unevaluated = False
        self._contained = contained
        self._value_sets: dict[str, Options] = {}

    def items(self, items: Iterable[Resource], ancestors: tuple[str, ...]) -> tuple[FormItem, ...]:
        return tuple(self._item(item, ancestors) for item in items)

    def _item(self, item: Resource, ancestors: tuple[str, ...]) -> FormItem:
        link_id = item.get("linkId", "")
        inside = self.items(item.get("item", ()), (*ancestors, link_id))
        unclear = marked(item, _ENABLED_BY_EXPRESSION)
        self.unevaluated = self.unevaluated or unclear or any(marked(item, url) for url in _CONSTRAINTS)
        fewest, most = fewest_and_most(item)
        return FormItem(
            link_id=link_id,
            type=item.get("type", ""),
            text=item.get("text", ""),
            required=item.get("required") is True,
            repeats=item.get("repeats") is True,
            fewest=fewest,
            most=most,
            conditions=tuple(_condition(one) for one in item.get("enableWhen", ())),
            behavior=item.get("enableBehavior", ""),
            unclear=unclear,
            options=self._options(item),
            limits=limits_of(item, self._value_set),
            items=inside,
            ancestors=ancestors,
            positions=_positions(inside),
        )

    def _value_set(self, reference: str) -> Options:
        if reference not in self._value_sets:
            self._value_sets[reference] = options_of(reference, self._contained)
        return self._value_sets[reference]

    def _options(self, item: Resource) -> Options | None:
        """None when any value of the type will do: there are no options, or they are only proposals."""
        others = _OPEN.get(item.get("answerConstraint", "optionsOnly"))
        if others is None:
            return None
        others |= frozenset({"String"}) if item.get("type") == "open-choice" else frozenset()
        if "answerOption" in item:
            return _listed(item["answerOption"], others)
        if "answerValueSet" not in item:
            return None
        found = self._value_set(item["answerValueSet"])
        return replace(found, others=others)


def _listed(options: Iterable[Resource], others: frozenset[str]) -> Options:
    given = [(option, value) for option in options if (value := typed(option, "value"))]
    return Options(
        keys=frozenset(key(value) for _, value in given),
        types=frozenset(value[0] for _, value in given),
        exclusive=frozenset(key(value) for option, value in given if _is_exclusive(option)),
        others=others,
    )


def _is_exclusive(option: Resource) -> bool:
    return any(one.get("url") == _EXCLUSIVE and one.get("valueBoolean") is True for one in option.get("extension", ()))


def _condition(given: Resource) -> Condition:
    wanted = typed(given, "answer") or ("", None)
    return Condition(given.get("question", ""), given.get("operator", ""), wanted)
