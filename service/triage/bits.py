"""Facts as two whole numbers: a bit for each answer that is given, and a bit for each that is given or still open.

A condition has no negation, so it is true when it holds of what is given, and not false when it holds of what is given
or open: the three-valued verdict is two looks with plain and, or and at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.triage.questions import NONE, Answer, Answers, Facts, Item, Unasked, Value

NOTHING = 0


@dataclass(frozen=True, slots=True)
class Bits:
    """The bit of each answer, by linkId; `every` are all bits of a question, `all_open` those of all questions.

    `plain` says of what one question can be answered with which bits that gives and closes, in one number: what is
    closed stands `width` bits higher than what is given. `many` are the questions that take several answers.
    """

    of: Mapping[str, Mapping[Value, int]]
    every: Mapping[str, int]
    all_open: int
    plain: Mapping[str, Mapping[tuple[Answer, ...], int]]
    many: frozenset[str]
    width: int

    def mask(self, link_id: str, values: Iterable[Value]) -> int:
        """The bits of any of these answers to a question."""
        mask = NOTHING
        for value in values:
            mask |= self.of[link_id].get(value, NOTHING)
        return mask

    def given_and_possible(self, facts: Facts) -> tuple[int, int]:
        """The two numbers."""
        given, closed, unasked = NOTHING, NOTHING, NOTHING
        for link_id, values in facts.items():
            own = self.of[link_id]
            closed |= self.every[link_id]
            for value in values:
                if isinstance(value, Unasked):
                    unasked |= own[value.option]
                else:
                    given |= own[value]  # type: ignore[index]  # facts hold no Denied
        return given, (self.all_open & ~closed) | given | unasked

    def given_and_closed(self, answers: Answers) -> tuple[int, int] | None:
        """What is given, and all bits of the questions answered; None when an answer needs a closer reading.

        That is: two answers to one question that takes one, "none" beside another one, what was denied or not asked.
        """
        both, plain = NOTHING, self.plain
        for link_id, values in answers.items():
            known = plain.get(link_id)
            if known is None:
                continue
            bits = known.get(values)
            if bits is None:
                bits = self._several(link_id, values)
                if bits is None:
                    return None
            both |= bits
        closed = both >> self.width
        return both ^ (closed << self.width), closed

    def _several(self, link_id: str, values: tuple[Answer, ...]) -> int | None:
        """The same of several answers to one question, each of which may be given with the others."""
        known, each = self.plain[link_id], set(values)
        if len(each) > 1 and (link_id not in self.many or NONE in each):
            return None
        bits = NOTHING
        for value in each:
            one = known.get((value,))
            if one is None:
                return None
            bits |= one
        return bits

    def facts(self, given: int, possible: int, link_ids: Iterable[str]) -> Facts:
        """The facts of these questions again, of answers of which nothing was left to a closer reading."""
        facts: dict[str, frozenset[Answer]] = {}
        for link_id in link_ids:
            every = self.every[link_id]
            if given & every or possible & every != every:
                facts[link_id] = frozenset(value for value, bit in self.of[link_id].items() if given & bit)
        return facts


def bits_of(items: Mapping[str, Item]) -> Bits:
    """A bit for each answer of each question, in the order of the questionnaire."""
    of: dict[str, dict[Value, int]] = {}
    place = 0
    for link_id, item in items.items():
        values: tuple[Value, ...] = (True, False) if item.kind == "boolean" else tuple(o.code for o in item.options)
        of[link_id] = {value: 1 << (place + index) for index, value in enumerate(values)}
        place += len(values)
    every = {link_id: sum(own.values()) for link_id, own in of.items()}
    plain: dict[str, dict[tuple[Answer, ...], int]] = {
        link_id: {(): NOTHING}
        | {(value,): (NOTHING if value == NONE else bit) | every[link_id] << place for value, bit in own.items()}
        for link_id, own in of.items()
    }
    many = frozenset(link_id for link_id, item in items.items() if item.repeats)
    return Bits(of, every, sum(every.values()), plain, many, width=place)
