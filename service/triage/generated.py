"""A rule set as one Python function that says of facts which criteria fire, are open or are lowered; and its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from service.triage.bits import Bits, bits_of
from service.triage.model import RuleSet
from service.triage.questions import AllOf, AnyOf, Condition, Is
from service.triage.rule_words import condition_words

Places = list[int]
"""Where criteria, or patterns of evidence, stand in the rule set."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The functions made of a rule set, the bits they read, and the text they were made from.

    `criteria` takes what is given, what is possible and what is given undisputed, and returns the places of the
    criteria that fire, that are open, and of which a qualifier holds. `evidence` and `notices` take what is given and
    return the places of what holds.
    """

    bits: Bits
    source: str
    criteria: Callable[[int, int, int], tuple[Places, Places, Places]]
    evidence: Callable[[int], Places]
    notices: Callable[[int], Places]


def generated(rule_set: RuleSet) -> Generated:
    """The functions of a rule set; what they decide is what the conditions decide one by one."""
    bits = bits_of(rule_set.items)
    source = source_of(rule_set, bits)
    made: dict[str, Any] = {}
    exec(compile(source, f"<rules {rule_set.id} {rule_set.version}>", "exec"), made)  # noqa: S102 - our own text
    return Generated(bits, source, made["criteria"], made["evidence"], made["notices"])


def source_of(rule_set: RuleSet, bits: Bits) -> str:
    """The Python text: for each rule a comment that says it in words, and the bits that it asks for."""
    evidence = [one for condition in rule_set.conditions.values() for one in condition.evidence]
    lines = [f'"""The rules of {rule_set.id} {rule_set.version}, SHA-256 {rule_set.digest}, made to run fast."""', ""]
    lines += _criteria(rule_set, bits)
    for name, conditions in (
        ("evidence", [(one.title, one.when) for one in evidence]),
        ("notices", [(one.id, one.when) for one in rule_set.notices]),
    ):
        lines += [
            "",
            "",
            f"def {name}(given):",
            "    holds = []",
            *_each(conditions, rule_set, bits),
            "    return holds",
        ]
    return "\n".join(lines) + "\n"


def _criteria(rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    yield "def criteria(given, possible, undisputed):"
    yield "    fired, still_open, lowered = [], [], []"
    for place, criterion in enumerate(rule_set.criteria):
        yield f"    # {criterion.id} ({criterion.level.code}): {condition_words(criterion.when, rule_set.items)}"
        yield f"    if {_expression(criterion.when, bits, 'possible')}:"
        indent = "        "
        if criterion.unless:
            yield f"        # unless known: {'; or '.join(qualifier.title for qualifier in criterion.unless)}"
            known = [f"({_expression(qualifier.when, bits, 'undisputed')})" for qualifier in criterion.unless]
            yield f"        if {' or '.join(known)}:"
            yield f"            lowered.append({place})"
            yield "        else:"
            indent += "    "
        yield f"{indent}(fired if {_expression(criterion.when, bits, 'given')} else still_open).append({place})"
    yield "    return fired, still_open, lowered"


def _each(conditions: Iterable[tuple[str, Condition | None]], rule_set: RuleSet, bits: Bits) -> Iterator[str]:
    for place, (title, when) in enumerate(conditions):
        if when is None:
            yield f"    holds.append({place})  # {title}: always"
        else:
            yield f"    # {title}: {condition_words(when, rule_set.items)}"
            yield f"    if {_expression(when, bits, 'given')}:"
            yield f"        holds.append({place})"


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
    mask = 0
    for part in condition.parts:
        if isinstance(part, Is):
            mask |= bits.mask(part.item, part.values)
    if mask:
        yield f"{facts} & {mask:#x}"
    yield from (f"({_expression(part, bits, facts)})" for part in condition.parts if not isinstance(part, Is))
