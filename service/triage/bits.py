"""Facts as two whole numbers: a bit for each answer that is given, and a bit for each that is given or still open.

A condition has no negation, so it is true when it holds of what is given, and not false when it holds of what is given
or open: the three-valued verdict is two looks with plain and, or and at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.triage.questions import Facts, Item, Unasked, Value

NOTHING = 0


@dataclass(frozen=True, slots=True)
class Bits:
    """The bit of each answer, by linkId; `every` are all bits of a question, `all_open` those of all questions."""

    of: Mapping[str, Mapping[Value, int]]
    every: Mapping[str, int]
    all_open: int

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


def bits_of(items: Mapping[str, Item]) -> Bits:
    """A bit for each answer of each question, in the order of the questionnaire."""
    of: dict[str, dict[Value, int]] = {}
    place = 0
    for link_id, item in items.items():
        values: tuple[Value, ...] = (True, False) if item.kind == "boolean" else tuple(o.code for o in item.options)
        of[link_id] = {value: 1 << (place + index) for index, value in enumerate(values)}
        place += len(values)
    every = {link_id: sum(own.values()) for link_id, own in of.items()}
    return Bits(of, every, sum(every.values()))
