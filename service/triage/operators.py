"""The operators of rule conditions: each one's test, and its words for yes, no and unanswered, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from service.triage.questions import AllOf, Answer, AtLeast, Condition, Facts, Is, Item, Unasked, Value

Truth = bool | None
"""True, false, or None for unknown."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`test` takes what was given and what the rule wants; the words are filled with the item's label and options."""

    test: Callable[[frozenset[Answer], frozenset[Value]], bool]
    yes: str
    no: str


def _meets(given: frozenset[Answer], wanted: frozenset[Value]) -> bool:
    return not given.isdisjoint(wanted)


OPERATORS: Mapping[str, Operator] = {
    "is": Operator(_meets, yes="{label}: {given}", no="{label}: not “{wanted}”"),
    "is_any": Operator(_meets, yes="{label}: {given}", no="{label}: none of “{wanted}”"),
    "includes": Operator(_meets, yes="{label}: {given}", no="{label}: not “{wanted}”"),
    "includes_any": Operator(_meets, yes="{label}: {given}", no="{label}: none of “{wanted}”"),
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition as a function of the facts; either a leaf or parts, so that a verdict can be traced to answers.

    It is true when at least `count` of the parts are.
    """

    judge: Callable[[Facts], Truth]
    leaf: Is | None = None
    parts: tuple[Compiled, ...] = ()
    count: int = 1


def compile_condition(condition: Condition) -> Compiled:
    """The condition in three-valued (Kleene) logic."""
    if isinstance(condition, Is):
        return Compiled(_leaf(condition), leaf=condition)
    parts = tuple(compile_condition(part) for part in condition.parts)
    count = {AllOf: len(parts), AtLeast: getattr(condition, "count", 1)}.get(type(condition), 1)
    return Compiled(_at_least(count, tuple(part.judge for part in parts)), parts=parts, count=count)


def _leaf(leaf: Is) -> Callable[[Facts], Truth]:
    item, wanted, test = leaf.item, frozenset(leaf.values), OPERATORS[leaf.operator].test
    unasked = frozenset(Unasked(value) for value in leaf.values if isinstance(value, str))

    def judge(facts: Facts) -> Truth:
        given = facts.get(item)
        if given is None:
            return None
        if test(given, wanted):
            return True
        return False if given.isdisjoint(unasked) else None

    return judge


def is_met(leaf: Is, facts: Facts) -> Truth:
    """What a single condition says, without being compiled."""
    given = facts.get(leaf.item)
    if given is None or not given.isdisjoint(leaf.values):
        return None if given is None else True
    return None if given and unasked_options(leaf, facts) else False


def unasked_options(leaf: Is, facts: Facts) -> tuple[str, ...]:
    """The options that the condition wants and nobody asked about, although the question was answered in part."""
    given = facts.get(leaf.item)
    if not given or not any(isinstance(value, Unasked) for value in given):
        return ()
    return tuple(value for value in leaf.values if isinstance(value, str) and Unasked(value) in given)


def _at_least(count: int, parts: tuple[Callable[[Facts], Truth], ...]) -> Callable[[Facts], Truth]:
    """At least `count` parts are true; "all" and "any" are its two ends."""

    def judge(facts: Facts) -> Truth:
        verdicts = [part(facts) for part in parts]
        if verdicts.count(True) >= count:
            return True
        return None if verdicts.count(True) + verdicts.count(None) >= count else False

    return judge


def decisive_leaves(compiled: Compiled, facts: Facts) -> list[Is]:
    """The answers that a verdict rests on: those that agree with it, in the order of the rule."""
    if compiled.leaf is not None:
        return [compiled.leaf]
    verdict = compiled.judge(facts)
    agreeing = [part for part in compiled.parts if part.judge(facts) is verdict]
    return [leaf for part in agreeing for leaf in decisive_leaves(part, facts)]


def unanswered(item: Item) -> str:
    """That a question is open, in words."""
    return f"{item.label}: not answered"


def words(leaf: Is, facts: Facts, items: Mapping[str, Item]) -> str:
    """One answer in words, such as "loss of bladder control: yes"."""
    item, operator, given = items[leaf.item], OPERATORS[leaf.operator], facts.get(leaf.item)
    if given is None:
        return unanswered(item)
    if operator.test(given, frozenset(leaf.values)):
        met = ", ".join(item.option_text(value) for value in leaf.values if value in given)
        return operator.yes.format(label=item.label, given=met)
    if options := unasked_options(leaf, facts):
        return f"{item.label}: not asked about “{', '.join(map(item.option_text, options))}”"
    if item.kind == "boolean" and given:
        return operator.yes.format(label=item.label, given=item.answer_text(next(iter(given))))
    wanted = ", ".join(item.option_text(value) for value in leaf.values)
    return operator.no.format(label=item.label, wanted=wanted)


def because(compiled: Compiled, facts: Facts, items: Mapping[str, Item]) -> tuple[str, ...]:
    """The answers that a verdict rests on, in words, each once."""
    return tuple(dict.fromkeys(words(leaf, facts, items) for leaf in decisive_leaves(compiled, facts)))


def leaves_of(condition: Condition) -> Iterator[Is]:
    """The single conditions that a condition is made of, in order."""
    if isinstance(condition, Is):
        yield condition
        return
    for part in condition.parts:
        yield from leaves_of(part)


def items_of(condition: Condition) -> tuple[str, ...]:
    """The linkIds that a condition reads, each once, in order."""
    return tuple(dict.fromkeys(leaf.item for leaf in leaves_of(condition)))
