"""A rule set as Python functions that say of facts which criteria fire, are open or are lowered; and their source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from service.triage.bits import Bits, bits_of
from service.triage.guards import Group, grouped
from service.triage.model import Criterion, RuleSet
from service.triage.questions import AllOf, AnyOf, Condition, Is
from service.triage.rule_words import condition_words

Places = list[int]
"""Where criteria, or patterns of evidence, stand in the rule set."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The functions made of a rule set, the bits they read, and the text they were made from.

    `possible` takes what is given and what is closed and returns what is given or still open, None when answers
    contradict each other or stand where nothing was asked. `criteria` takes what is given and what is possible, and
    returns the places of the criteria that fire, that are open, and of which a qualifier holds.
    The others take what is given: `evidence` and `notices` return the places of what holds, `scope` whether it does.
    """

    bits: Bits
    source: str
    possible: Callable[[int, int], int | None]
    criteria: Callable[[int, int], tuple[Places, Places, Places]]
    scope: Callable[[int], bool]
    evidence: Callable[[int], Places]
    notices: Callable[[int], Places]


def generated(rule_set: RuleSet) -> Generated:
    """The functions of a rule set; what they decide is what the conditions decide one by one."""
    bits = bits_of(rule_set.items)
    source = source_of(rule_set, bits)
    made: dict[str, Any] = {}
    exec(compile(source, f"<rules {rule_set.id} {rule_set.version}>", "exec"), made)  # noqa: S102 - our own text
    names = ("possible", "criteria", "scope", "evidence", "notices")
    return Generated(bits, source, **{name: made[name] for name in names})


def source_of(rule_set: RuleSet, bits: Bits) -> str:
    """The Python text: for each rule a comment that says it in words, and the bits that it asks for."""
    lines = [f"# The rules of {rule_set.id} {rule_set.version}, SHA-256 {rule_set.digest}, made to run fast.", ""]
    evidence = [one for condition in rule_set.conditions.values() for one in condition.evidence]
    lines += [*_criteria(rule_set, bits), "", "", *_possible(rule_set, bits), "", ""]
    lines += ["def scope(given):", f"    # {condition_words(rule_set.scope, rule_set.items)}"]
    lines += [f"    return bool({_expression(rule_set.scope, bits, 'given')})"]
    looked_at: dict[str, list[tuple[str, Condition | None]]] = {
        "evidence": [(one.title, one.when) for one in evidence],
        "notices": [(one.id, one.when) for one in rule_set.notices],
    }
    for name, conditions in looked_at.items():
        lines += ["", "", f"def {name}(given):", "    holds = []"]
        lines += [*_each(conditions, rule_set, bits), "    return holds"]
    return "\n".join(map(_one_line, lines)) + "\n"


def _one_line(text: str) -> str:
    """The text on one line: words of the rules stand in comments, and a line end in them would begin code of theirs."""
    return "".join(character if character.isprintable() else " " for character in text)


def _criteria(rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    def criterion(place: int) -> Iterator[str]:
        return _criterion(place, rule_set.criteria[place], rule_set, bits)

    yield "def criteria(given, possible):"
    yield "    fired, still_open, lowered = [], [], []"
    yield from _group(grouped([one.when for one in rule_set.criteria], bits), "possible", criterion)
    yield "    fired.sort()"
    yield "    still_open.sort()"
    yield "    lowered.sort()"
    yield "    return fired, still_open, lowered"


def _group(group: Group, facts: str, lines_of: Callable[[int], Iterator[str]]) -> Iterator[str]:
    """A look at what any of the group needs, and behind it the groups or conditions in it."""
    yield f"    if {facts} & {group.needs:#x}:"
    for inner in group.groups:
        yield from ("    " + line for line in _group(inner, facts, lines_of))
    for place in group.places:
        yield from ("        " + line for line in lines_of(place))


def _criterion(place: int, criterion: Criterion, rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    yield f"# {criterion.id} ({criterion.level.code}): {condition_words(criterion.when, rule_set.items)}"
    yield f"if {_expression(criterion.when, bits, 'possible')}:"
    indent = "    "
    if criterion.unless:
        yield f"    # unless known: {'; or '.join(qualifier.title for qualifier in criterion.unless)}"
        known = [f"({_expression(qualifier.when, bits, 'given')})" for qualifier in criterion.unless]
        yield f"    if {' or '.join(known)}:"
        yield f"        lowered.append({place})"
        yield "    else:"
        indent += "    "
    yield f"{indent}(fired if {_expression(criterion.when, bits, 'given')} else still_open).append({place})"


def _possible(rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    """What `read_acutely` reads of answers that do not contradict each other; of others it says that they do."""
    yield "def possible(given, closed):"
    for item in rule_set.gated:
        every, answered = bits.every[item.link_id], bits.every[item.asked_when[0].item]
        positive = every & ~bits.of[item.link_id].get(False, 0)
        yield f"    # {item.link_id} answered, and not asked, unless it is a no after an open question"
        yield f"    if closed & {every:#x} and not given & {_mask(item.asked_when, bits):#x}:"
        yield f"        if given & {positive:#x} or closed & {answered:#x}:"
        yield "            return None"
    for pair in rule_set.contradictions:
        sides = [condition_words(side, rule_set.items) for side in (pair.first, pair.second)]
        yield f"    # {sides[0]}; against {sides[1]}"
        yield f"    if given & {_mask((pair.first,), bits):#x} and given & {_mask((pair.second,), bits):#x}:"
        yield "        return None"
    yield f"    open = {bits.all_open:#x} & ~closed | given"
    for item in rule_set.gated:
        yield f"    # {item.link_id} will not be asked"
        yield f"    if not open & {_mask(item.asked_when, bits):#x}:"
        yield f"        open &= ~{bits.every[item.link_id]:#x} | given"
    yield "    return open"


def _mask(leaves: tuple[Is, ...], bits: Bits) -> int:
    mask = 0
    for leaf in leaves:
        mask |= bits.mask(leaf.item, leaf.values)
    return mask


def _each(conditions: list[tuple[str, Condition | None]], rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    looked_at = [(place, title, when) for place, (title, when) in enumerate(conditions) if when is not None]

    def lines(number: int) -> Iterator[str]:
        place, title, when = looked_at[number]
        yield f"# {title}: {condition_words(when, rule_set.items)}"
        yield f"if {_expression(when, bits, 'given')}:"
        yield f"    holds.append({place})"

    for place, (title, when) in enumerate(conditions):
        if when is None:
            yield f"    holds.append({place})  # {title}: always"
    if looked_at:
        yield from _group(grouped([when for _, _, when in looked_at], bits), "given", lines)
        yield "    holds.sort()"


def _expression(condition: Condition, bits: Bits, facts: str) -> str:
    """The condition as an expression over the number `facts`; true or false as an `if` takes it."""
    if isinstance(condition, Is):
        return f"{facts} & {bits.mask(condition.item, condition.values):#x}"
    if isinstance(condition, AnyOf):
        return " or ".join(_alternatives(condition, bits, facts))
    parts = [f"({_expression(part, bits, facts)})" for part in condition.parts]
    if isinstance(condition, AllOf):
        return " and ".join(parts)
    return f"{' + '.join(f'bool{part}' for part in parts)} >= {condition.count}"


def _alternatives(condition: AnyOf, bits: Bits, facts: str) -> Iterator[str]:
    """The parts, of which the single conditions are one look together."""
    mask = _mask(tuple(part for part in condition.parts if isinstance(part, Is)), bits)
    if mask:
        yield f"{facts} & {mask:#x}"
    yield from (f"({_expression(part, bits, facts)})" for part in condition.parts if not isinstance(part, Is))
