"""The cases of a rule set: loaded, run, and reported in words where the verdict is not the expected one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.problems import Problem
from service.ruleset.checks import check
from service.ruleset.expected import Expected, expected, misses, reasons_of
from service.ruleset.folder import CASES, RuleSetInvalid, read_file
from service.ruleset.known import known_of
from service.ruleset.places import find
from service.ruleset.positions import Sheet
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.model import RuleSet
from service.triage.questions import NONE, Answers, Item, Value


@dataclass(frozen=True, slots=True)
class Case:
    """An example with the answers as a response would give them; `place` is its `file:line:column`."""

    id: str
    says: str
    covers: tuple[str, ...]
    answers: Answers
    expect: Expected
    place: str


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """One expectation of a case that the decision does not meet, in words."""

    case: Case
    where: str
    message: str

    @property
    def text(self) -> str:
        """Where, which case, what was expected and what happened, in one line."""
        return f"{self.where}: Case “{self.case.id}”: {self.message}"


def load_cases(folder: Path, rule_set: RuleSet, name: str = CASES) -> tuple[Case, ...]:
    """The cases in a file of the folder of this rule set; RuleSetInvalid with all problems of it if it has any."""
    sheet, problems = read_file(folder, name)
    if sheet is not None:
        problems += check({CASES: sheet}, known_of(rule_set)) or [
            *_unknown_reasons(sheet, rule_set),
            *_foreign_codings(sheet, rule_set),
        ]
    if sheet is None or problems:
        raise RuleSetInvalid(problems)
    return tuple(
        Case(
            id=entry["id"],
            says=entry["says"],
            covers=tuple(entry["covers"]),
            answers=_answers(rule_set, entry["answers"], denied=entry["others"] == "denied"),
            expect=expected(entry["expect"]),
            place=sheet.mark((index,)).where,
        )
        for index, entry in enumerate(sheet.data)
    )


def run_cases(rules: CompiledRuleSet, cases: Iterable[Case]) -> list[CaseFailure]:
    """Every expectation that is not met, in the order of the cases."""
    return [
        CaseFailure(case, case.place, message)
        for case in cases
        for message in misses(case.expect, decide(rules, case.answers))
    ]


def _unknown_reasons(sheet: Sheet, rule_set: RuleSet) -> Iterator[Problem]:
    """A reason that nothing which points to the condition has as its title."""
    for key in ("because", "not_because"):
        for _, path, titles in find({CASES: sheet}, CASES, f"*/expect/{key}/*"):
            reasons = reasons_of(rule_set, str(path[-1]))
            for index, title in enumerate(titles):
                if title not in reasons:
                    said = f"Nothing that points to “{path[-1]}” has the title “{title}”."
                    remedy = f"Write one of: {'; '.join(reasons) or 'nothing points to it'}."
                    yield sheet.problem((*path, index), said, remedy)


def _foreign_codings(sheet: Sheet, rule_set: RuleSet) -> Iterator[Problem]:
    """A code that the test never carries."""
    for _, path, names in find({CASES: sheet}, CASES, "*/expect/codings/*"):
        carried = [chosen.id for chosen in rule_set.tests[str(path[-1])].codings]
        for index, name in enumerate(names):
            if name not in carried:
                said = f"The test “{path[-1]}” never carries the code “{name}”."
                remedy = f"Write one of: {', '.join(carried)}." if carried else "It carries none: remove the entry."
                yield sheet.problem((*path, index), said, remedy)


def _answers(rule_set: RuleSet, named: Mapping[str, Any], *, denied: bool) -> Answers:
    """The answers of a case in the order of the questionnaire; an empty list leaves its question unanswered."""
    answers: dict[str, tuple[Value, ...]] = {}
    for link_id, item in rule_set.items.items():
        given = named.get(link_id, _denial(item) if denied else [])
        values = tuple(given) if isinstance(given, list) else (given,)
        if values:
            answers[link_id] = values
    return answers


def _denial(item: Item) -> list[Value]:
    if item.kind == "boolean":
        return [False]
    return [NONE] if item.repeats and any(option.code == NONE for option in item.options) else []
