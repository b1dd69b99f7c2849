"""How much of the rules the cases show: criteria, single conditions, suspected conditions, tests and notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.ruleset.cases import Case
from service.ruleset.mutation.variations import in_words
from service.ruleset.whereabouts import single_conditions, whereabouts
from service.ruleset.whole import Whole
from service.triage.facts import read_acutely
from service.triage.model import RuleSet
from service.triage.operators import Truth, compile_condition

TRUTHS: Mapping[str, Truth] = {"true": True, "false": False, "unknown": None}
"""What every single condition must be in some case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how many there are, and each that no case shows, with its place and in words."""

    title: str
    total: int
    missing: tuple[str, ...]

    @property
    def seen(self) -> int:
        """How many a case shows."""
        return self.total - len(self.missing)

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is all of them."""
        return self.seen * 100 // self.total if self.total else 100


def coverage(whole: Whole, cases: Iterable[Case]) -> tuple[Row, ...]:
    """The rows of the table.

    What a case expects by name counts, not what happened to be so; of a single condition, what it was in any case.
    """
    cases, rule_set, places = tuple(cases), whole.rule_set, whereabouts(whole.sheets)
    criteria = {criterion.id: criterion.place for criterion in rule_set.criteria}
    tests = {code: places.tests[code] for code in rule_set.tests if code in _asked_for(rule_set)}
    return (
        _row("criteria that fire", "criterion", "to fire", criteria, (case.expect.fires for case in cases)),
        _row("criteria kept silent", "criterion", "to be silent", criteria, (case.expect.silent for case in cases)),
        *_single_conditions(whole, cases),
        _row(
            "suspected conditions",
            "condition",
            "to be suspected",
            {code: places.conditions[code] for code in _reachable(rule_set)},
            (_suspected(case) for case in cases),
        ),
        _row(
            "tests",
            "test",
            "to be proposed",
            tests,
            (_proposed(case) for case in cases),
        ),
        _row("notices", "notice", "to be given", places.notices, (case.expect.notices for case in cases)),
    )


def overall(rows: Iterable[Row]) -> Row:
    """All rows as one."""
    rows = tuple(rows)
    missing = tuple(text for row in rows for text in row.missing)
    return Row("all", sum(row.total for row in rows), missing)


def table(rows: Iterable[Row]) -> str:
    """The rows as text, one line each, and one for all of them."""
    rows = tuple(rows)
    lines = (*rows, overall(rows))
    width, digits = max(len(row.title) for row in lines), max(len(str(row.total)) for row in lines)
    return "\n".join(
        f"{row.title:{width}}  {row.seen:{digits}} of {row.total:{digits}}  {row.percent:3} %" for row in lines
    )


def _row(title: str, kind: str, to_what: str, places: Mapping[str, str], named: Iterable[Iterable[str]]) -> Row:
    seen = {name for names in named for name in names}
    missing = [
        f"{place}: No case expects {kind} “{name}” {to_what}." for name, place in places.items() if name not in seen
    ]
    return Row(title, len(places), tuple(missing))


def _single_conditions(whole: Whole, cases: Iterable[Case]) -> Iterator[Row]:
    """Condition coverage: each single condition of each rule must be true, false and unknown in some case."""
    facts = [read_acutely(whole.rule_set, case.answers).facts for case in cases]
    singles = list(single_conditions(whole.sheets))
    seen = {single.leaf: {compile_condition(single.leaf).judge(known) for known in facts} for single in singles}
    for word, truth in TRUTHS.items():
        missing = [
            f"{single.where}: In no case is “{in_words(single.leaf)}” {word}."
            for single in singles
            if truth not in seen[single.leaf]
        ]
        yield Row(f"single conditions {word}", len(singles), tuple(missing))


def _suspected(case: Case) -> Iterator[str]:
    """What a case expects to be suspected: outright, at a level, for a reason, or because it asks for a test."""
    expect = case.expect
    yield from (*expect.suspects, *expect.suspects_at, *expect.because)
    for asking in expect.asked_by.values():
        yield from asking


def _proposed(case: Case) -> Iterator[str]:
    """What a case expects to be proposed: outright, at a level, for a reason, or with certain codes."""
    expect = case.expect
    yield from (*expect.tests, *expect.tests_at, *expect.asked_by, *expect.codings)


def _reachable(rule_set: RuleSet) -> list[str]:
    """The conditions that something points to; the others are only named by a document."""
    reached = {code for criterion in rule_set.criteria for code in criterion.suspects}
    return [code for code, condition in rule_set.conditions.items() if code in reached or condition.evidence]


def _asked_for(rule_set: RuleSet) -> set[str]:
    """The tests that something which can be reached asks for."""
    by_conditions = {ask.test for code in _reachable(rule_set) for ask in rule_set.conditions[code].tests}
    return by_conditions | {ask.test for criterion in rule_set.criteria for ask in criterion.tests}
