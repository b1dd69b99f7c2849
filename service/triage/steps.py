"""A rule set's single conditions as steps that a change of answers takes: a bit for each, and what it brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.triage.bits import NOTHING, Bits, bits_of
from service.triage.model import RuleSet
from service.triage.operators import leaves_of
from service.triage.questions import NONE, AllOf, AtLeast, Condition, Is, Item, Value

Way = int
"""Steps that together reach a goal, a bit for each; the empty way says that it is reached already."""

REACHED: Way = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single condition: where its question stands, the bits that meet it, its steps, and the gates of its question.

    `on` is the step of becoming true, `off` that of becoming false.
    """

    asks: Is
    place: int
    mask: int
    on: Way
    off: Way
    gates: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A condition of which at least `count` parts hold; with a leaf it is that."""

    leaf: Leaf | None
    parts: tuple[Tree, ...] = ()
    count: int = 1

    def holds(self, facts: int) -> bool:
        """Whether it is true of these bits."""
        if self.leaf is not None:
            return facts & self.leaf.mask != NOTHING
        return sum(part.holds(facts) for part in self.parts) >= self.count

    def met_by(self, facts: int) -> Iterator[str]:
        """The questions whose answers make it true, which it is."""
        if self.leaf is not None:
            yield self.leaf.asks.item
        for part in self.parts:
            if part.holds(facts):
                yield from part.met_by(facts)


@dataclass(frozen=True, slots=True)
class Step:
    """What a single condition would have to become.

    `against` are conditions that contradict it, `asked` says that its question must be asked for it: `alone` that
    neither can bring more steps along. `fit` are the answers any of which will do by itself, if there are such.
    """

    leaf: Leaf
    becomes: bool
    place: int
    fit: tuple[Value, ...]
    against: tuple[Leaf, ...] = ()
    asked: bool = False
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Steps:
    """Every step that the rules know.

    The bits are ordered by question and by the values asked for, so that a way lists its steps in one order only.
    `beside` gives for each step all steps about the same question. `values`, `own` and `every` are of each question
    what it can be answered with, the bits of that, and all of them together.
    """

    items: tuple[Item, ...]
    of: Mapping[Way, Step]
    beside: Mapping[Way, int]
    leaves: Mapping[Is, Leaf]
    values: tuple[tuple[Value, ...], ...]
    own: tuple[Mapping[Value, int], ...]
    every: tuple[int, ...]

    def tree(self, condition: Condition) -> Tree:
        """The condition in steps."""
        if isinstance(condition, Is):
            return Tree(self.leaves[condition])
        parts = tuple(self.tree(part) for part in condition.parts)
        if isinstance(condition, AllOf):
            return Tree(None, parts, len(parts))
        return Tree(None, parts, condition.count if isinstance(condition, AtLeast) else 1)


@lru_cache(maxsize=16)
def steps_of(rule_set: RuleSet) -> Steps:
    """The steps of a rule set; made once."""
    bits, items = bits_of(rule_set.items), tuple(rule_set.items.values())
    values = {item.link_id: tuple(bits.of[item.link_id]) for item in items}
    leaves = _leaves(rule_set, bits)
    of: dict[Way, Step] = {}
    beside = dict.fromkeys(rule_set.items, NOTHING)
    for leaf in leaves.values():
        of |= _steps(leaf, leaves, rule_set, values[leaf.asks.item])
        beside[leaf.asks.item] |= leaf.on | leaf.off
    return Steps(
        items=items,
        of=of,
        beside={bit: beside[step.leaf.asks.item] for bit, step in of.items()},
        leaves=leaves,
        values=tuple(values.values()),
        own=tuple(bits.of[item.link_id] for item in items),
        every=tuple(bits.every[item.link_id] for item in items),
    )


def _leaves(rule_set: RuleSet, bits: Bits) -> dict[Is, Leaf]:
    """Each single condition that the rules ask, by question and by what answers it; those of gates with it."""
    places = {link_id: place for place, link_id in enumerate(rule_set.items)}

    def order(leaf: Is) -> tuple[int, ...]:
        values = bits.of[leaf.item]
        return places[leaf.item], *(at for at, value in enumerate(values) if value in leaf.values)

    known = {leaf: 1 << 2 * number for number, leaf in enumerate(sorted(_every_leaf(rule_set), key=order))}
    leaves: dict[Is, Leaf] = {}

    def made(leaf: Is) -> Leaf:
        if leaf not in leaves:
            gates = tuple(made(gate) for gate in rule_set.items[leaf.item].asked_when)
            mask = bits.mask(leaf.item, leaf.values)
            leaves[leaf] = Leaf(leaf, places[leaf.item], mask, known[leaf], known[leaf] << 1, gates)
        return leaves[leaf]

    for leaf in known:
        made(leaf)
    return leaves


def _steps(leaf: Leaf, leaves: Mapping[Is, Leaf], rule_set: RuleSet, values: tuple[Value, ...]) -> dict[Way, Step]:
    """The two steps of a single condition; `values` is all that its question can be answered with."""
    asks = leaf.asks
    says = bool({*asks.values} - {False, NONE})
    against = tuple(leaves[other] for other in _against(asks, rule_set)) if says else ()
    asked = says and bool(leaf.gates)
    fit: tuple[Value, ...] = asks.values
    unfit: tuple[Value, ...] = ()
    if not rule_set.items[asks.item].repeats:
        fit = tuple(value for value in values if value in asks.values)
        unfit = tuple(value for value in values if value not in asks.values)
    return {
        leaf.on: Step(leaf, True, leaf.place, fit, against, asked, not (against or asked)),
        leaf.off: Step(leaf, False, leaf.place, unfit),
    }


def _every_leaf(rule_set: RuleSet) -> dict[Is, None]:
    """Each single condition of criteria, qualifiers, evidence, contradictions and gates."""
    conditions = [one.when for condition in rule_set.conditions.values() for one in condition.evidence]
    for criterion in rule_set.criteria:
        conditions += [criterion.when, *(qualifier.when for qualifier in criterion.unless)]
    for pair in rule_set.contradictions:
        conditions += [pair.first, pair.second]
    for item in rule_set.items.values():
        conditions += item.asked_when
    return dict.fromkeys(leaf for condition in conditions for leaf in leaves_of(condition))


def _against(leaf: Is, rule_set: RuleSet) -> Iterable[Is]:
    for pair in rule_set.contradictions:
        for side, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if side.item == leaf.item and {*leaf.values} <= {*side.values}:
                yield other
