"""From single conditions to answers, thought on facts: what `service/triage/changes.py` is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from slowly.ways import Step, Way

from service.triage.explanation import MOST_CHANGES, Change, How
from service.triage.facts import Reading, is_asked, still_asked
from service.triage.model import RuleSet
from service.triage.questions import NONE, Answer, Answers, Denied, Is, Item, Unasked, Value


def changes_of(way: Way, rule_set: RuleSet, answers: Answers, reading: Reading) -> Iterator[tuple[Change, ...]]:
    """The sets of changes that take the way, in the order of the questions, of at most MOST_CHANGES each.

    A question that would not have been asked brings the answer along after which it is asked, and an answer that
    contradicts a given one brings the other answer to that.
    """
    steps = _with_what_goes_along(way, rule_set, reading)
    by_item: dict[str, list[Step]] = {}
    for step in steps:
        by_item.setdefault(step[0].item, []).append(step)
    wanted = [(item, by_item[link_id]) for link_id, item in rule_set.items.items() if link_id in by_item]
    for chosen in product(*(_item_changes(item, of_item, answers) for item, of_item in wanted)):
        changes = tuple(change for changed in chosen for change in changed)
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
    return (*others, Denied(str(value))) if _in_part(given) else tuple(others) or (NONE,)


def _with_what_goes_along(way: Way, rule_set: RuleSet, reading: Reading) -> list[Step]:
    """The steps, and those without which their answers would contradict each other or would not have been asked."""
    order = list(rule_set.items)
    steps = sorted(way, key=lambda step: (order.index(step[0].item), *_places(rule_set.items[step[0].item], step[0])))
    ahead = list(steps)
    while ahead:
        leaf, becomes = ahead.pop()
        if not becomes or not {*leaf.values} - {False, NONE}:
            continue
        more = [(other, False) for other in _contradicted(leaf, rule_set, reading)]
        gates = rule_set.items[leaf.item].asked_when
        if gates and not any(_is_met(gate, reading) or (gate, True) in steps for gate in gates):
            more.append((gates[0], True))
        ahead += [step for step in more if step not in steps]
        steps += [step for step in more if step not in steps]
    return steps


def _places(item: Item, leaf: Is) -> list[int]:
    """Where the values stand in the questionnaire: a way is a set, and its steps need an order."""
    return [place for place, value in enumerate(_every(item)) if value in leaf.values]


def _contradicted(leaf: Is, rule_set: RuleSet, reading: Reading) -> Iterator[Is]:
    for pair in rule_set.contradictions:
        for side, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if side.item == leaf.item and {*leaf.values} <= {*side.values} and _is_met(other, reading):
                yield other


def _is_met(leaf: Is, reading: Reading) -> bool:
    return not reading.facts.get(leaf.item, frozenset()).isdisjoint(leaf.values)


def _item_changes(item: Item, steps: list[Step], answers: Answers) -> list[tuple[Change, ...]]:
    """The changes of one question, as alternatives; none when no answer to it could do."""
    said = answers.get(item.link_id, ())
    given = _in_order(item, said)
    refused = {value for leaf, becomes in steps if not becomes for value in leaf.values}
    wanted = [[value for value in leaf.values if value not in refused] for leaf, becomes in steps if becomes]
    if item.repeats:
        return _several(item, given, wanted, refused, in_part=_in_part(said))
    fit = tuple(value for value in _every(item) if value not in refused and all(value in values for values in wanted))
    return [(Change(item, How.INSTEAD if given else How.ANSWERED, fit, given),)] if fit else []


def _every(item: Item) -> tuple[Value, ...]:
    return (True, False) if item.kind == "boolean" else tuple(option.code for option in item.options)


def _in_part(given: Iterable[Answer]) -> bool:
    return any(isinstance(one, Unasked | Denied) for one in given)


def _in_order(item: Item, given: tuple[Answer, ...]) -> tuple[Value, ...]:
    """What was picked, each once, in the order of the questionnaire."""
    return tuple(value for value in _every(item) if value in given)


def _several(
    item: Item, given: tuple[Value, ...], wanted: list[list[Value]], refused: set[Value], *, in_part: bool
) -> list[tuple[Change, ...]]:
    """Options more and options less of a question that takes several; `in_part`: not all of them were asked."""
    picked = tuple(value for value in given if value != NONE)
    if not all(wanted) or (picked and picked != given):
        return []
    common = [value for value in (wanted[0] if wanted else ()) if all(value in values for values in wanted)]
    more = [tuple(values) for values in ([common] if common else wanted)]
    if not picked and not in_part:
        first, *others = more or [(NONE,)]
        how = How.INSTEAD if given else How.ANSWERED
        return [(Change(item, how, first, given), *(Change(item, How.ALSO, values, given) for values in others))]
    without = (Change(item, How.WITHOUT, (value,), given) for value in picked if value in refused)
    return [(*without, *(Change(item, How.ALSO, values, given) for values in more))]
