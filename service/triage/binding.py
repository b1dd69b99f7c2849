"""The nouns of a binding, all frozen: how the answers to somebody else's questionnaire are answers to our questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from service.triage.questions import NONE, Answer, Denied, Item, Unasked, Value

Means = Mapping[str, tuple[Value | Denied, ...]]
"""What an answer says of our questions: linkId to values, or to options that it denies. Empty: it says nothing."""


@dataclass(frozen=True, slots=True)
class SaidYesOrNo:
    """Yes, or no."""

    answer: bool
    means: Means


@dataclass(frozen=True, slots=True)
class Picked:
    """One code of a terminology, or of a list of the questionnaire's own; `system` is empty when codings have none."""

    system: str
    code: str
    means: Means


@dataclass(frozen=True, slots=True)
class Within:
    """A number from `at_least` up to but not including `below`; either may be left open. `unit` is a code of UCUM."""

    at_least: Decimal | None
    below: Decimal | None
    unit: str
    means: Means

    def holds(self, number: Decimal) -> bool:
        """Whether the number lies within."""
        above = self.at_least is None or number >= self.at_least
        return above and (self.below is None or number < self.below)


@dataclass(frozen=True, slots=True)
class BoundQuestion:
    """A question of the other questionnaire, in our words, and all its answers, which are of one kind.

    `closed`: the list was offered as a whole, so that what it maps and was not picked is "no", if all that was picked
    says something.
    """

    link_id: str
    says: str
    answers: tuple[SaidYesOrNo, ...] | tuple[Picked, ...] | tuple[Within, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A questionnaire that somebody else publishes, bound to a rule set. `digest` is the SHA-256 of the file.

    `versions` are those that it holds for; empty: whatever version a response names, or none.
    `not_asked` are the red flags that stay unknown, as the author lists them.
    """

    id: str
    version: str
    status: str
    title: str
    url: str
    versions: tuple[str, ...]
    rule_set: tuple[str, str]
    questions: Mapping[str, BoundQuestion]
    ignored: frozenset[str]
    not_asked: tuple[str, ...]
    digest: str

    @property
    def canonicals(self) -> tuple[str, ...]:
        """The questionnaire as a response may name it."""
        return tuple(f"{self.url}|{version}" for version in self.versions) or (self.url,)


def closing(question: BoundQuestion, given: list[Means]) -> Means:
    """What a closed list denies when only `given` was picked of it.

    Nothing when the list is not closed, or when something was picked that says nothing, such as “other” or “not sure”.
    """
    if not question.closed or not all(given):
        return {}
    picked = {(name, value) for means in given for name, values in means.items() for value in values}
    denied: dict[str, tuple[Value | Denied, ...]] = {}
    for answer in question.answers:
        for name, values in answer.means.items():
            new = [_denial(value) for value in values if (name, value) not in picked]
            denied[name] = (*denied.get(name, ()), *(value for value in new if value is not None))
    return {name: tuple(dict.fromkeys(values)) for name, values in denied.items() if values}


def _denial(value: Value | Denied) -> Value | Denied | None:
    """The "no" to what an answer picks; None when there is none to say."""
    if isinstance(value, str):
        return Denied(value)
    return False if value is True else None


def answers_of(items: Mapping[str, Item], said: list[Means]) -> dict[str, tuple[Answer, ...]]:
    """All that was said, as answers to our questions; what nobody asked of a multiple choice is unasked."""
    told: dict[str, tuple[Value | Denied, ...]] = {}
    for means in said:
        for name, values in means.items():
            told[name] = (*told.get(name, ()), *values)
    return {name: (*values, *_unasked(items[name], values)) for name, values in told.items() if values}


def _unasked(item: Item, said: tuple[Value | Denied, ...]) -> tuple[Answer, ...]:
    if not item.repeats:
        return ()
    told = {value.option if isinstance(value, Denied) else value for value in said}
    return tuple(Unasked(option.code) for option in item.options if option.code != NONE and option.code not in told)
