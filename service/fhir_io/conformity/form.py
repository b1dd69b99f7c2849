"""A Questionnaire as far as responses are checked against it, all frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Typed = tuple[str, Any]
"""A value[x]: its type as in the element's name (Integer of valueInteger) and the JSON value."""

Key = tuple[str, ...]
"""What makes two values the same option."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One enableWhen: the question it looks at, the operator, and the value to compare with."""

    question: str
    operator: str
    wanted: Typed


@dataclass(frozen=True, slots=True)
class Options:
    """The answers that are offered.

    `listed` is False when a value set is not at hand in full; then nothing can be said of a value that is not among
    `keys`. `others` names the types of which any value will do beside the options. `codes` are those of a value set,
    by which a coding without a system is found.
    """

    keys: frozenset[Key] = frozenset()
    types: frozenset[str] = frozenset()
    exclusive: frozenset[Key] = frozenset()
    others: frozenset[str] = frozenset()
    listed: bool = True
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """What maxLength and the extensions of an item ask of each answer; empty where they ask nothing."""

    least: tuple[Typed, ...] = ()
    most: tuple[Typed, ...] = ()
    shortest: int = 0
    longest: int | None = None
    places: int | None = None
    patterns: tuple[str, ...] = ()
    bytes: Any = None
    media: tuple[str, ...] = ()
    unit: Key = ()
    units: Options | None = None
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormItem:
    """One item of a Questionnaire; `ancestors` are the linkIds above it, from the root on.

    `unclear` says that it is enabled by an expression, which is not evaluated.
    """

    link_id: str
    type: str
    text: str = ""
    required: bool = False
    repeats: bool = False
    fewest: int = 0
    most: int | None = None
    conditions: tuple[Condition, ...] = ()
    behavior: str = ""
    unclear: bool = False
    options: Options | None = None
    limits: Limits = Limits()
    items: tuple[FormItem, ...] = ()
    ancestors: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)

    @property
    def group(self) -> bool:
        """Whether it holds items instead of answers."""
        return self.type == "group"


@dataclass(frozen=True, slots=True)
class Form:
    """A whole Questionnaire. `by_link_id` has the first item of each linkId, wherever it stands."""

    items: tuple[FormItem, ...]
    positions: dict[str, int]
    by_link_id: dict[str, FormItem]
    unevaluated: bool = False
