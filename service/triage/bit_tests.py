"""Conditions as Python functions of one whole number, the facts as bits: true or false as an `if` takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from service.triage.bits import NOTHING, Bits
from service.triage.questions import AllOf, AnyOf, Condition, Is

BitTest = Callable[[int], object]
"""Of what is given: whether a condition is true; of what is given or open: whether it can still be."""


def bit_tests(conditions: Iterable[Condition], bits: Bits) -> tuple[BitTest, ...]:
    """A function for each condition, made all at once."""
    text = "".join(f"lambda facts: {_expression(condition, bits)},\n" for condition in conditions)
    made: tuple[BitTest, ...] = eval(compile(f"({text})", "<conditions>", "eval"))  # noqa: S307 - our own text
    return made


def _expression(condition: Condition, bits: Bits) -> str:
    if isinstance(condition, Is):
        return f"facts & {bits.mask(condition.item, condition.values):#x}"
    if isinstance(condition, AnyOf):
        return " or ".join(_alternatives(condition, bits)) or "False"
    parts = [f"({_expression(part, bits)})" for part in condition.parts]
    if isinstance(condition, AllOf):
        return " and ".join(parts)
    return f"{' + '.join(f'bool{part}' for part in parts)} >= {condition.count}"


def _alternatives(condition: AnyOf, bits: Bits) -> Iterator[str]:
    """The parts, of which the single conditions are one look together."""
    mask = NOTHING
    for part in condition.parts:
        if isinstance(part, Is):
            mask |= bits.mask(part.item, part.values)
    if mask:
        yield f"facts & {mask:#x}"
    yield from (f"({_expression(part, bits)})" for part in condition.parts if not isinstance(part, Is))
