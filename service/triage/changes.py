"""From single conditions that would have to be otherwise to answers that a person could really have given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, product

from service.triage.explanation import MOST_CHANGES, Change, How
from service.triage.facts import is_asked, still_asked
from service.triage.model import RuleSet
from service.triage.questions import NONE, Answer, Answers, Denied, Unasked, Value
from service.triage.steps import Step, Steps, Way

Shift = tuple[int, How, tuple[Value, ...]]
"""A change before it has words: the place of the question, and values of which any one will do."""


@dataclass(frozen=True, slots=True)
class Said:
    """The answers that are to change, and the bits of what they give; `seen` keeps what was looked up."""

    steps: Steps
    answers: Answers
    given: int
    seen: dict[int, tuple[tuple[Value, ...], How | None]] = field(default_factory=dict)

    def now(self, place: int) -> tuple[Value, ...]:
        """What was picked at a question, each once, in the order of the questionnaire."""
        return self._at(place)[0]

    def how(self, place: int) -> How | None:
        """How a question is answered with one value that it was not answered with; None when it cannot be."""
        return self._at(place)[1]

    def _at(self, place: int) -> tuple[tuple[Value, ...], How | None]:
        if place not in self.seen:
            item = self.steps.items[place]
            answers = self.answers.get(item.link_id, ())
            now = tuple(value for value in self.steps.values[place] if value in answers) if answers else ()
            how: How | None = How.INSTEAD if now else How.ANSWERED
            if item.repeats and (now not in ((), (NONE,)) or in_part(answers)):
                how = None if NONE in now and now != (NONE,) else How.ALSO
            self.seen[place] = now, how
        return self.seen[place]

    def change(self, shift: Shift) -> Change:
        """The change with its question and the answer as it is."""
        place, how, values = shift
        return Change(self.steps.items[place], how, values, self.now(place))


def changes_of(said: Said, way: Way) -> Iterator[tuple[Shift, ...]]:
    """The sets of changes that take the way, in the order of the questions, of at most MOST_CHANGES each.

    A question that would not have been asked brings the answer along after which it is asked, and an answer that
    contradicts a given one brings the other answer to that.
    """
    alone = said.steps.of.get(way)
    if alone and alone.alone and alone.fit:
        if how := said.how(alone.place):
            yield ((alone.place, how, alone.fit),)
        return
    by_place: dict[int, list[Step]] = {}
    for step in _with_what_goes_along(said, way):
        by_place.setdefault(step.place, []).append(step)
    alternatives = [_shifts(said, place, by_place[place]) for place in sorted(by_place)]
    for chosen in product(*alternatives):
        changes = tuple(chain.from_iterable(chosen))
        if 0 < len(changes) <= MOST_CHANGES:
            yield changes


def changed_answers(answers: Answers, changes: Iterable[Change], rule_set: RuleSet) -> Answers:
    """The answers after the changes, each to the first of its values; what is then no longer asked is left out."""
    after = dict(answers)
    for change in changes:
        after[change.item.link_id] = _after(after.get(change.item.link_id, ()), change)
    hidden_before = {name for name in after if not is_asked(rule_set.items[name], answers)}
    return still_asked(after, rule_set.items, leave=hidden_before)


def _after(given: tuple[Answer, ...], change: Change) -> tuple[Answer, ...]:
    value = change.values[0]
    if change.how not in (How.ALSO, How.WITHOUT):
        return (value,)
    others = [one for one in given if one not in (value, NONE) and getattr(one, "option", None) != value]
    if change.how is How.ALSO:
        return (*others, value)
    return (*others, Denied(str(value))) if in_part(given) else tuple(others) or (NONE,)


def _with_what_goes_along(said: Said, way: Way) -> list[Step]:
    """The steps, and those without which their answers would contradict each other or would not have been asked."""
    of, found, have = said.steps.of, [], way
    while way:
        found.append(of[way & -way])
        way &= way - 1
    ahead = [step for step in found if not step.alone]
    while ahead:
        step = ahead.pop()
        bits = [other.off for other in step.against if said.given & other.mask]
        gates = step.leaf.gates
        if step.asked and not any(said.given & gate.mask or have & gate.on for gate in gates):
            bits.append(gates[0].on)
        for bit in bits:
            if not have & bit:
                have |= bit
                found.append(of[bit])
                ahead.append(of[bit])
    return found


def _shifts(said: Said, place: int, steps: list[Step]) -> list[tuple[Shift, ...]]:
    """The changes of one question, as alternatives; none when no answer to it could do."""
    how = said.how(place)
    if len(steps) == 1 and steps[0].fit:
        return [((place, how, steps[0].fit),)] if how else []
    refused = {value for step in steps if not step.becomes for value in step.leaf.asks.values}
    wanted = [[value for value in step.leaf.asks.values if value not in refused] for step in steps if step.becomes]
    if said.steps.items[place].repeats:
        return _several(said, place, wanted, refused)
    every = said.steps.values[place]
    fit = tuple(value for value in every if value not in refused and all(value in values for values in wanted))
    return [((place, how, fit),)] if fit and how else []


def _several(said: Said, place: int, wanted: list[list[Value]], refused: set[Value]) -> list[tuple[Shift, ...]]:
    """Options more and options less of a question that takes several."""
    given, how = said.now(place), said.how(place)
    if not all(wanted) or how is None:
        return []
    common = [value for value in (wanted[0] if wanted else ()) if all(value in values for values in wanted)]
    more = [tuple(values) for values in ([common] if common else wanted)]
    if how is not How.ALSO:
        first, *others = more or [(NONE,)]
        return [((place, how, first), *((place, How.ALSO, values) for values in others))]
    without = ((place, How.WITHOUT, (value,)) for value in given if value in refused and value != NONE)
    return [(*without, *((place, How.ALSO, values) for values in more))]


def in_part(given: Iterable[Answer]) -> bool:
    """Whether only some of a question's options were asked."""
    return any(isinstance(one, Unasked | Denied) for one in given)
