"""Small rule sets drawn by chance, with everything in them that makes reading or changing answers hard."""

from __future__ import annotations

import random
from dataclasses import replace

from service.triage.model import Criterion, Evidence, Level, Qualifier, RuleSet
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Contradiction, Is, Item, Option


def made_up_rules(like: RuleSet, seed: int) -> RuleSet:
    """A rule set with questions that hide others, contradictions, qualifiers and evidence; the rest as in `like`."""
    die = random.Random(seed)
    items: dict[str, Item] = {}
    for number in range(die.randint(4, 9)):
        item = _item(f"q{number}", die)
        gates = tuple(_leaf(die, items) for _ in range(die.choice([0, 0, 1, 2]))) if items else ()
        items[item.link_id] = replace(item, asked_when=gates)
    pairs = tuple(Contradiction(_leaf(die, items), _leaf(die, items)) for _ in range(die.randint(0, 3)))
    qualifiers = tuple(
        replace(like.qualifiers[0], id=f"known-{number}", when=_condition(die, items)) for number in range(3)
    )
    criteria = tuple(_criterion(f"c{number}", die, items, qualifiers, like) for number in range(die.randint(4, 9)))
    evidence = tuple(_evidence(die, items) for _ in range(die.randint(1, 3)))
    return replace(
        like,
        items=items,
        contradictions=tuple(pair for pair in pairs if pair.first.item != pair.second.item),
        scope=_condition(die, items),
        open_floor=die.choice([Level.ROUTINE, Level.URGENT]),
        qualifiers=qualifiers,
        criteria=criteria,
        conditions={code: replace(condition, evidence=evidence) for code, condition in like.conditions.items()},
        notices=(),
        tests={code: replace(test, codings=()) for code, test in like.tests.items()},
    )


def _item(link_id: str, die: random.Random) -> Item:
    if die.random() < 0.5:
        return Item(link_id, "all", "boolean", False, link_id, link_id, concern=die.random() < 0.8)
    repeats, several = die.random() < 0.6, "abcd"[: die.randint(2, 4)]
    none = (Option("none", "none"),) if die.random() < (0.9 if repeats else 0.3) else ()
    options = (*(Option(f"{link_id}-{letter}", letter) for letter in several), *none)
    return Item(link_id, "all", "choice", repeats, link_id, link_id, options=options)


def _leaf(die: random.Random, items: dict[str, Item]) -> Is:
    item = die.choice(list(items.values()))
    if item.kind == "boolean":
        return Is(item.link_id, "is", (die.random() < 0.8,))
    codes = [option.code for option in item.options if option.code != "none"]
    values = tuple(sorted(die.sample(codes, die.randint(1, min(2, len(codes))))))  # of two orders, which is told first?
    return Is(item.link_id, "includes_any" if item.repeats else "is_any", values)


def _condition(die: random.Random, items: dict[str, Item], *, deep: int = 0) -> Condition:
    if deep == 2 or die.random() < 0.4:
        return _leaf(die, items)
    parts = tuple(_condition(die, items, deep=deep + 1) for _ in range(die.randint(2, 3)))
    return die.choice([AllOf(parts), AnyOf(parts), AtLeast(2, parts)])


def _criterion(
    name: str, die: random.Random, items: dict[str, Item], qualifiers: tuple[Qualifier, ...], like: RuleSet
) -> Criterion:
    unless = tuple(one for one in qualifiers if die.random() < 0.2)
    level, when = die.choice(list(Level)), _condition(die, items)
    return replace(die.choice(like.criteria), id=name, level=level, when=when, unless=unless)


def _evidence(die: random.Random, items: dict[str, Item]) -> Evidence:
    return Evidence("A pattern", _condition(die, items), die.choice(list(Level)), ())
