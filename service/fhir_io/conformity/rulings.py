"""One table: what can be wrong with a response against its Questionnaire, and how heavy that weighs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from service.problems import Kind


class Rule(Enum):
    """What a Questionnaire asks of a response."""

    KNOWN = "known"  # every linkId is one of the questionnaire's
    PLACED = "placed"  # every item stands where the questionnaire has it
    ORDERED = "ordered"  # items stand in the questionnaire's order
    NESTED = "nested"  # groups have items, answers have items, display has neither
    TOGETHER = "together"  # the answers to one question stand in one item
    REQUIRED = "required"  # required and minOccurs
    REPEATED = "repeated"  # repeats and maxOccurs
    ENABLED = "enabled"  # enableWhen
    TYPE = "type"  # the type of the answer
    OPTION = "option"  # answerOption and answerValueSet
    EXCLUSIVE = "exclusive"  # optionExclusive
    LIMIT = "limit"  # values, lengths, patterns, units, sizes
    CHECKABLE = "checkable"  # not broken by the response, but beyond what can be checked
    BOUNDED = "bounded"  # the work that the check takes


@dataclass(frozen=True, slots=True)
class Ruling:
    """The kind of problem, from which severity and code follow; None where reading the answers says it already.

    `once` keeps the first of them only, as an EHR that arranges items its own way does so throughout.
    """

    kind: Kind | None
    once: bool = False


STRICT: dict[Rule, Ruling] = {
    Rule.KNOWN: Ruling(Kind.NOT_ASKED),
    Rule.PLACED: Ruling(Kind.ARRANGEMENT),
    Rule.ORDERED: Ruling(Kind.ARRANGEMENT),
    Rule.NESTED: Ruling(Kind.ARRANGEMENT),
    Rule.TOGETHER: Ruling(Kind.REARRANGED),
    Rule.REQUIRED: Ruling(Kind.REQUIRED_ANSWER),
    Rule.REPEATED: Ruling(Kind.OCCURRENCE),
    Rule.ENABLED: Ruling(Kind.NOT_ENABLED),
    Rule.TYPE: Ruling(Kind.ANSWER_TYPE),
    Rule.OPTION: Ruling(Kind.ANSWER_CODE),
    Rule.EXCLUSIVE: Ruling(Kind.OCCURRENCE),
    Rule.LIMIT: Ruling(Kind.ANSWER_LIMIT),
    Rule.CHECKABLE: Ruling(Kind.NOTE),
    Rule.BOUNDED: Ruling(Kind.TOO_LARGE),
}
"""For a Questionnaire that came with the response: errors, as HL7's validator has them."""

OURS: dict[Rule, Ruling] = {
    Rule.KNOWN: Ruling(None),
    Rule.PLACED: Ruling(Kind.REARRANGED, once=True),
    Rule.ORDERED: Ruling(Kind.REARRANGED, once=True),
    Rule.NESTED: Ruling(None),
    Rule.TOGETHER: Ruling(Kind.REARRANGED, once=True),
    Rule.REQUIRED: Ruling(Kind.INCOMPLETE),
    Rule.REPEATED: Ruling(Kind.CONTRADICTION),
    Rule.ENABLED: Ruling(Kind.HIDDEN_ANSWER),
    Rule.TYPE: Ruling(None),
    Rule.OPTION: Ruling(None),
    Rule.EXCLUSIVE: Ruling(Kind.CONTRADICTION),
    Rule.LIMIT: Ruling(None),
    Rule.CHECKABLE: Ruling(Kind.NOTE),
    Rule.BOUNDED: Ruling(Kind.NOTE),
}
"""For our own Questionnaire: warnings, since such a response is triaged. What cannot be read of it is refused by the
reading, which takes more than one form of an answer, so types and options are left to it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule that one element breaks; no text of the response stands in it."""

    rule: Rule
    where: str
    message: str
    remedy: str = ""


Faults = Iterator[Fault]
