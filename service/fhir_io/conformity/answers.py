"""Whether one answer is of its question's type and among its options."""

from __future__ import annotations

import re

from service.fhir_io.conformity.form import FormItem, Options, Typed
from service.fhir_io.conformity.limits import Around, limit_faults
from service.fhir_io.conformity.rulings import Fault, Faults, Rule
from service.fhir_io.conformity.values import key

_OF_OPTIONS = ("Coding", "Date", "Integer", "Reference", "String", "Time")
TYPES: dict[str, tuple[str, ...]] = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal",),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": _OF_OPTIONS,
    "open-choice": _OF_OPTIONS,
    "coding": ("Coding",),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
    "question": (),
    "display": (),
    "group": (),
}
"""The value[x] that answers an item, by its type (http://hl7.org/fhir/item-type). The options of a choice may be of
several types (R4, Questionnaire.item.answerOption). `question` is abstract, and nothing answers display or a group."""

_SPEAKABLE_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
_MOST_CODES_SAID = 12


def answer_faults(item: FormItem, value: Typed, where: str, around: Around) -> Faults:
    """What is wrong with one answer; `where` is the place of its value."""
    wrong_type = _type_fault(item, value, where)
    if wrong_type:
        yield wrong_type
        return
    yield from _option_faults(item, value, where)
    yield from limit_faults(item, value, where, around)


def _type_fault(item: FormItem, value: Typed, where: str) -> Fault | None:
    fitting = TYPES.get(item.type)
    others = item.options.others if item.options else frozenset()
    if fitting is None or value[0] in fitting or value[0] in others:
        return None
    if not fitting:
        message = f"An item of type {item.type} takes no answer."
        return Fault(Rule.NESTED, where, message, "Leave the answer out.")
    listed = " or ".join(f"value{name}" for name in (*fitting, *sorted(others)))
    return Fault(Rule.TYPE, where, f"{listed} is expected, not value{value[0]}.", "Send the answer in that type.")


def _option_faults(item: FormItem, value: Typed, where: str) -> Faults:
    options = item.options
    if options is None or value[0] in options.others or _is_free_text(item, value):
        return
    if value[0] == "Quantity":
        unit = {name: value[1][name] for name in ("system", "code") if name in value[1]}
        value = ("Coding", unit)
    if key(value) in options.keys:
        return
    if not options.types & {value[0], *_alike(value[0])}:
        message = f"None of the question's options is a value{value[0]}."
        yield Fault(Rule.OPTION, where, message, _choose(options))
    elif value[0] == "Coding" and "system" not in value[1] and value[1].get("code") in options.codes:
        message = "Only the code was compared with the question's options: the coding names no system."
        yield Fault(Rule.CHECKABLE, where, message, "Add the system.")
    elif not options.listed:
        message = "Whether this is one of the question's options was not checked: its value set is not at hand in full."
        yield Fault(Rule.CHECKABLE, where, message, "Contain the value set, with its codes, in the Questionnaire.")
    else:
        yield Fault(Rule.OPTION, where, "This is none of the question's options.", _choose(options))


def _alike(kind: str) -> tuple[str, ...]:
    """Options know fewer types than questions: a decimal may have integers to choose from, a dateTime dates."""
    return {"Decimal": ("Integer",), "DateTime": ("Date",)}.get(kind, ())


def _is_free_text(item: FormItem, value: Typed) -> bool:
    """R4 has no better place for what was typed into an open choice than a Coding that is nothing but its display."""
    return item.type == "open-choice" and value[0] == "Coding" and not {"code", "system"} & value[1].keys()


def _choose(options: Options) -> str:
    """The codes to choose from, if they are few and look like codes."""
    if len(options.keys) > _MOST_CODES_SAID:
        return "Choose one of them."
    codes = [one[2] for one in options.keys if one[0] == "Coding" and _SPEAKABLE_CODE.fullmatch(one[2])]
    if not codes or len(codes) < len(options.keys):
        return "Choose one of them."
    return f"Choose one of {', '.join(sorted(codes))}."


def exclusive_fault(item: FormItem, values: list[Typed], where: str) -> Fault | None:
    """An option that goes with no other, given beside another one."""
    if item.options is None or len(values) < 2 or not any(key(value) in item.options.exclusive for value in values):
        return None
    message = "An option that goes with no other is given with another one."
    return Fault(Rule.EXCLUSIVE, where, message, "Keep one of them.")
