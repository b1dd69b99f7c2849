"""The more acute reading of answers, as `read_acutely` makes it, on whole numbers: a bit for each answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from service.triage.bits import NOTHING, Bits, bits_of
from service.triage.model import RuleSet
from service.triage.questions import NONE, Answer, Answers, Denied, Is, Item, Unasked


@dataclass(frozen=True, slots=True)
class Plain:
    """What is said to each question by itself: what is given, closed, not asked, and said at all, if against itself.

    `disputed` are all bits of the questions whose answers contradict each other; `in_part` of those answered in part.
    """

    given: int = NOTHING
    closed: int = NOTHING
    unasked: int = NOTHING
    said: int = NOTHING
    disputed: int = NOTHING
    in_part: int = NOTHING


@dataclass(frozen=True, slots=True)
class Acute:
    """The facts as bits: what is given or possible, what is given undisputed, and what no open question can dispute.

    `conflicts` has a bit for each pair of questions that do not go together; those against themselves have none.
    """

    given: int
    possible: int
    undisputed: int
    settled: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Gated:
    """A question asked only after other answers: its bits, those that say more than no, and those of its gates.

    `first` are the bits of the first gate, `first_every` those of its question, of which a positive answer takes away
    `first_no` and leaves `first_options` open.
    """

    every: int
    positive: int
    gates: int
    first: int
    first_every: int
    first_no: int
    first_options: int
    conflict: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers that contradict each other: their bits, and those of their questions."""

    first: int
    second: int
    first_every: int
    second_every: int
    conflict: int


@dataclass(frozen=True, slots=True)
class Reader:
    """What a rule set says of answers that do not go together, as bits.

    `tied` are the questions on which others depend, to be asked or to be contradicted: another answer to one of the
    rest changes nothing else, unless the question itself is not to be asked.
    """

    rule_set: RuleSet
    bits: Bits
    gated: tuple[Gated, ...]
    pairs: tuple[Pair, ...]
    tied: int


@lru_cache(maxsize=16)
def reader_of(rule_set: RuleSet) -> Reader:
    """The reader of a rule set; made once."""
    bits = bits_of(rule_set.items)
    known: dict[tuple[str, str], int] = {}

    def conflict(one: Is | Item, other: Is) -> int:
        names = one.item if isinstance(one, Is) else one.link_id, other.item
        return known.setdefault(names, 1 << len(known))

    gated = tuple(_gated(item, rule_set, bits, conflict(item, item.asked_when[0])) for item in rule_set.gated)
    pairs = tuple(
        Pair(
            _mask(bits, pair.first),
            _mask(bits, pair.second),
            bits.every[pair.first.item],
            bits.every[pair.second.item],
            conflict(pair.first, pair.second),
        )
        for pair in rule_set.contradictions
    )
    tied = NOTHING
    for gate in (gate for item in rule_set.gated for gate in item.asked_when):
        tied |= bits.every[gate.item]
    for two in pairs:
        tied |= two.first_every | two.second_every
    return Reader(rule_set, bits, gated, pairs, tied)


def _mask(bits: Bits, *leaves: Is) -> int:
    mask = NOTHING
    for leaf in leaves:
        mask |= bits.mask(leaf.item, leaf.values)
    return mask


def _gated(item: Item, rule_set: RuleSet, bits: Bits, conflict: int) -> Gated:
    first, every = item.asked_when[0], bits.every[item.link_id]
    own, several = bits.of[first.item], rule_set.items[first.item].repeats
    return Gated(
        every=every,
        positive=every & ~bits.mask(item.link_id, (False, NONE)),
        gates=_mask(bits, *item.asked_when),
        first=_mask(bits, first),
        first_every=bits.every[first.item],
        first_no=own.get(False, NOTHING),
        first_options=bits.every[first.item] & ~own.get(NONE, NOTHING) if several else NOTHING,
        conflict=conflict,
    )


def plain_bits(reader: Reader, answers: Answers) -> Plain | None:
    """Each answer by itself; None when one of them cannot be told in bits."""
    given = closed = unasked = said = disputed = in_part = NOTHING
    for link_id, values in answers.items():
        every = reader.bits.every.get(link_id)
        if not values or every is None:
            continue
        alone = values[0] if len(values) == 1 else None
        if isinstance(alone, bool | str) and (bit := reader.bits.of[link_id].get(alone)):
            said |= bit
            closed |= every
            if alone != NONE:
                given |= bit
            continue
        own = _own(reader.rule_set.items[link_id], values, reader.bits)
        if own is None:
            return None
        given |= own.given
        closed |= own.closed
        unasked |= own.unasked
        said |= own.said
        disputed |= own.disputed
        in_part |= own.in_part
    return Plain(given, closed, unasked, said, disputed, in_part)


def _own(item: Item, values: tuple[Answer, ...], bits: Bits) -> Plain | None:
    """What one question's answers come to; None when it is not for several and has an option that was not asked."""
    own, every = bits.of[item.link_id], bits.every[item.link_id]
    said = denied = not_asked = NOTHING
    for value in values:
        if isinstance(value, Denied):
            denied |= own.get(value.option, NOTHING)
        elif isinstance(value, Unasked):
            not_asked |= own.get(value.option, NOTHING)
        elif value in own:
            said |= own[value]
        else:
            return None
    none = own.get(NONE, NOTHING)
    if not item.repeats:
        return None if denied or not_asked else _one(item, said, bits)
    picked = said & ~none
    unasked = not_asked & ~picked & ~denied
    says_nothing = any(isinstance(value, Unasked) for value in values) and unasked == every & ~none
    return Plain(
        given=NOTHING if says_nothing else picked,
        closed=NOTHING if says_nothing else every,
        unasked=NOTHING if says_nothing else unasked,
        said=said,
        disputed=every if picked and (said & none or denied & picked) and not says_nothing else NOTHING,
        in_part=every if any(isinstance(value, Unasked | Denied) for value in values) else NOTHING,
    )


def _one(item: Item, said: int, bits: Bits) -> Plain:
    """What is said to a question that takes one answer: of several the most acute counts."""
    own, every = bits.of[item.link_id], bits.every[item.link_id]
    disputed = said.bit_count() > 1
    counts = own[item.concern] if disputed and item.kind == "boolean" else said & -said
    return Plain(counts & ~own.get(NONE, NOTHING), every, NOTHING, said, every if disputed else NOTHING)


def acute_bits(reader: Reader, plain: Plain) -> Acute:
    """All answers together: what `read_acutely` says of them, without its words."""
    given, closed, unasked, conflicts = plain.given, plain.closed, plain.unasked, NOTHING
    for item in reader.gated:
        if closed & item.every and not given & item.gates:
            if (given | plain.said) & item.positive:
                if not closed & item.first_every:
                    closed |= item.first_every
                    unasked |= item.first_options
                given = given & ~item.first_no | item.first
                unasked &= ~item.first
            elif not closed & item.first_every:
                continue
            conflicts |= item.conflict
    possible = reader.bits.all_open & ~closed | given | unasked
    for item in reader.gated:
        if not possible & item.gates:
            possible = possible & ~item.every | given & item.every
    return _disputed(reader, plain, given, possible, conflicts)


def _disputed(reader: Reader, plain: Plain, given: int, possible: int, conflicts: int) -> Acute:
    """The facts with what in them is disputed, or could be."""
    disputed, disputable = plain.disputed, NOTHING
    for pair in reader.pairs:
        first, second = given & pair.first, given & pair.second
        if first and second:
            disputed |= pair.first_every | pair.second_every
            conflicts |= pair.conflict
        elif first and possible & pair.second:
            disputable |= pair.first_every
        elif second and possible & pair.first:
            disputable |= pair.second_every
    undisputed = given & ~disputed
    return Acute(given, possible, undisputed, undisputed & ~disputable, conflicts)
