"""Whether one answer keeps to the limits of its question: value, length, pattern, unit, size, target."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from service.fhir_io.conformity.form import FormItem, Limits, Typed
from service.fhir_io.conformity.patterns import Matching
from service.fhir_io.conformity.rulings import Fault, Faults, Rule
from service.fhir_io.conformity.units import UCUM, factor, incomparable
from service.fhir_io.conformity.values import key, order

_TEXTS = frozenset({"String", "Uri"})
_PLAIN = re.compile(r"[A-Za-z0-9.:+-]{1,40}")
_CHOOSE_TARGET = "Refer to a resource of a type that the question takes."
_TYPE_AND_ID = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,39})/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?")


@dataclass(frozen=True, slots=True)
class Around:
    """What is the same for all answers of a response: the types of what it contains by id, and the matching."""

    contained: dict[str, str] = field(default_factory=dict)
    matching: Matching = field(default_factory=Matching)


def limit_faults(item: FormItem, value: Typed, where: str, around: Around) -> Faults:
    """Every limit of the question that an answer of a fitting type breaks."""
    limits = item.limits
    yield from _range_faults(limits, value, where)
    if value[0] in _TEXTS:
        yield from _text_faults(limits, str(value[1]), where, around.matching)
    elif value[0] in ("Decimal", "Integer", "Quantity"):
        yield from _number_faults(limits, value, where)
    elif value[0] == "Attachment":
        yield from _attachment_faults(limits, value[1], where)
    elif value[0] == "Reference":
        yield from _reference_faults(limits, value[1], where, around.contained)


def _range_faults(limits: Limits, value: Typed, where: str) -> Faults:
    for bounds, wrong, words in ((limits.least, -1, "less than the least"), (limits.most, 1, "more than the greatest")):
        for bound in bounds:
            found = order(value, bound)
            if found == wrong:
                message = f"The answer is {words} that the question takes{_said(bound)}."
                yield Fault(Rule.LIMIT, where, message, "Correct the answer.")
            elif found is None and value[0] == bound[0] == "Quantity":
                yield from _not_compared(value[1], bound[1], where)


def _said(bound: Typed) -> str:
    """A limit, if it looks like a number or a date."""
    written = str(bound[1].get("value", "") if bound[0] == "Quantity" else bound[1])
    unit = bound[1].get("code", "") if bound[0] == "Quantity" else ""
    said = f"{written} {unit}" if isinstance(unit, str) and _PLAIN.fullmatch(unit) else written
    return f", {said}" if _PLAIN.fullmatch(written) else ""


def _not_compared(given: dict[str, Any], bound: dict[str, Any], where: str) -> Faults:
    if "value" not in given or "value" not in bound or "comparator" in given:
        return
    if "code" not in given or "code" not in bound:
        message = "The quantity cannot be compared with the question's limit, because a formal unit is missing."
        yield Fault(Rule.LIMIT, where, message, "Add system and code of the unit, to the question as well.")
    elif given.get("system") != bound.get("system") or incomparable(str(given["code"]), str(bound["code"])):
        message = "The quantity is of a unit that cannot be compared with the question's limit."
        yield Fault(Rule.LIMIT, where, message, "Use the unit of the limit.")
    else:
        message = "Whether the quantity keeps to the question's limit was not checked: the unit is not converted here."
        yield Fault(Rule.CHECKABLE, where, message, "Use the unit of the limit.")


def _text_faults(limits: Limits, text: str, where: str, matching: Matching) -> Faults:
    if limits.longest is not None and len(text) > limits.longest:
        message = f"The answer has more than the {limits.longest} characters that the question takes."
        yield Fault(Rule.LIMIT, where, message, "Shorten the answer.")
    if len(text) < limits.shortest:
        message = f"The answer has fewer than the {limits.shortest} characters that the question asks for."
        yield Fault(Rule.LIMIT, where, message, "Lengthen the answer.")
    for pattern in limits.patterns:
        matched = matching.matches(pattern, text)
        if matched is None:
            message = "Whether the answer has the form that the question asks for was not checked."
            remedy = "Use a pattern without references back and without looking around, and a shorter text."
            yield Fault(Rule.CHECKABLE, where, message, remedy)
        elif not matched:
            message = "The answer does not have the form that the question asks for (regex)."
            yield Fault(Rule.LIMIT, where, message, "Write it as the question's pattern says.")


def _number_faults(limits: Limits, value: Typed, where: str) -> Faults:
    number = value[1].get("value") if value[0] == "Quantity" else value[1]
    if limits.places is not None and number is not None and _places(number) > limits.places:
        message = f"The answer has more than the {limits.places} decimal places that the question takes."
        yield Fault(Rule.LIMIT, where, message, "Round the answer.")
    if value[0] == "Quantity":
        yield from _unit_faults(limits, value[1], where)


def _places(number: object) -> int:
    """Decimal places as written: FHIR's decimals keep their precision."""
    exponent = Decimal(str(number)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _unit_faults(limits: Limits, quantity: dict[str, Any], where: str) -> Faults:
    unit = key(("Coding", {name: quantity[name] for name in ("system", "code") if name in quantity}))
    if limits.units and limits.units.listed and unit not in limits.units.keys:
        message = "The unit is none of those that the question offers."
        yield Fault(Rule.LIMIT, where, message, "Send system and code of one of the question's units.")
    elif limits.units and not limits.units.listed:
        message = "Whether the question takes the unit was not checked: its value set of units is not at hand."
        yield Fault(Rule.CHECKABLE, where, message, "Contain the value set, with its codes, in the Questionnaire.")
    if limits.unit and unit != limits.unit and not _convertible(unit, limits.unit):
        message = "The unit is not the question's and is not converted to it."
        yield Fault(Rule.LIMIT, where, message, "Send system and code of the question's unit.")


def _convertible(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one[1:2] == other[1:2] == (UCUM,) and factor(one[2], other[2]) is not None


def _attachment_faults(limits: Limits, attachment: dict[str, Any], where: str) -> Faults:
    size, stated = _size(attachment.get("data")), attachment.get("size")
    # size is an integer64 in R5, which JSON has as a string.
    said = int(stated) if stated is not None else None
    if size is not None and said is not None and size != said:
        message = "The size of the attachment is not that of its data."
        yield Fault(Rule.LIMIT, f"{where}.size", message, "Give the number of bytes before base64.")
    found = size if size is not None else said
    if limits.bytes is not None and found is not None and found > limits.bytes:
        message = f"The attachment has more than the {limits.bytes} bytes that the question takes."
        yield Fault(Rule.LIMIT, where, message, "Send a smaller one.")
    if limits.media and "contentType" in attachment and not _is_of(attachment["contentType"], limits.media):
        message = "The attachment is of a type that the question does not take."
        yield Fault(Rule.LIMIT, f"{where}.contentType", message, "Send one of the question's types (mimeType).")


def _size(data: object) -> int | None:
    return len(base64.b64decode("".join(str(data).split()))) if data is not None else None


def _is_of(content_type: str, media: Iterable[str]) -> bool:
    """Whether a media type, its parameters aside, is one of those or of a range such as image/*."""
    given = content_type.partition(";")[0].strip().lower()
    wanted = [one.partition(";")[0].strip().lower() for one in media]
    return given in wanted or f"{given.partition('/')[0]}/*" in wanted or "*/*" in wanted


def _reference_faults(limits: Limits, reference: dict[str, Any], where: str, contained: dict[str, str]) -> Faults:
    target = _target(reference, contained)
    if target and limits.targets and target not in limits.targets:
        message = "The reference is to a resource of a type that the question does not take."
        yield Fault(Rule.LIMIT, where, message, _CHOOSE_TARGET)


def _target(reference: dict[str, Any], contained: dict[str, str]) -> str:
    """The type of the resource referred to, if the reference tells; a urn or a bare address does not."""
    written = str(reference.get("reference", ""))
    if written.startswith("#"):
        return contained.get(written[1:], "")
    found = _TYPE_AND_ID.fullmatch(written)
    return found[1] if found else str(reference.get("type", "")).rpartition("/")[2]
