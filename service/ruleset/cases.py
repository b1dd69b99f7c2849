"""The cases of a rule set: loaded, run, and reported in words where the verdict is not the expected one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.ruleset.checks import check
from service.ruleset.folder import CASES, RuleSetInvalid, read_file
from service.ruleset.known import known_of
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.decision import Decision, Verdict
from service.triage.facts import NONE
from service.triage.model import Level, RuleSet
from service.triage.questions import Answers, Item, Value


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case demands of the decision; `highest` None and empty lists demand nothing."""

    level: Level
    highest: Level | None
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    unknown: tuple[str, ...]
    suspects: tuple[str, ...]
    tests: tuple[str, ...]
    no_tests: tuple[str, ...]
    notices: tuple[str, ...]
    open: tuple[str, ...]
    conflicts: tuple[str, ...]


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


def load_cases(folder: Path, rule_set: RuleSet) -> tuple[Case, ...]:
    """The cases in the folder of this rule set; RuleSetInvalid with all problems of cases.yaml if it has any."""
    sheet, problems = read_file(folder, CASES)
    if sheet is not None:
        problems += check({CASES: sheet}, known_of(rule_set))
    if sheet is None or problems:
        raise RuleSetInvalid(problems)
    return tuple(
        Case(
            id=entry["id"],
            says=entry["says"],
            covers=tuple(entry["covers"]),
            answers=_answers(rule_set, entry["answers"], denied=entry["others"] == "denied"),
            expect=_expected(entry["expect"]),
            place=sheet.mark((index,)).where,
        )
        for index, entry in enumerate(sheet.data)
    )


def run_cases(rules: CompiledRuleSet, cases: Iterable[Case]) -> list[CaseFailure]:
    """Every expectation that is not met, in the order of the cases."""
    return [
        CaseFailure(case, case.place, message)
        for case in cases
        for message in _misses(case.expect, decide(rules, case.answers))
    ]


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


def _expected(entry: Mapping[str, Any]) -> Expected:
    lists = {key: tuple(names) for key, names in entry.items() if key not in ("level", "highest")}
    highest = Level.of(entry["highest"]) if "highest" in entry else None
    return Expected(level=Level.of(entry["level"]), highest=highest, **lists)


def _misses(expect: Expected, decision: Decision) -> Iterator[str]:
    """What was expected and what happened instead."""
    if decision.level is not expect.level:
        fired = ", ".join(finding.criterion.id for finding in decision.fired) or "nothing"
        yield f"expected level {expect.level.code}, but it was {decision.level.code}; what fired: {fired}."
    if expect.highest is not None and decision.highest is not expect.highest:
        yield f"expected {expect.highest.code} as the highest level possible, but it was {decision.highest.code}."
    yield from _wrong_verdicts(expect, decision)
    proposed = [proposal.test.code for proposal in decision.proposals]
    yield from _absent("suspects", expect.suspects, [suspicion.condition.code for suspicion in decision.suspicions])
    yield from _absent("tests", expect.tests, proposed)
    for test in expect.no_tests:
        if test in proposed:
            yield f"expected no test “{test}”, but it was proposed."
    yield from _absent("notices", expect.notices, [notice.id for notice in decision.notices])
    yield from _absent("open", expect.open, [question.item.link_id for question in decision.open_questions])
    disputed = dict.fromkeys(link_id for conflict in decision.conflicts for link_id in conflict.link_ids)
    yield from _absent("conflicts", expect.conflicts, list(disputed))


def _wrong_verdicts(expect: Expected, decision: Decision) -> Iterator[str]:
    verdicts = {finding.criterion.id: finding for finding in decision.findings}
    wanted = ((Verdict.FIRED, expect.fires), (Verdict.NOT_FIRED, expect.silent), (Verdict.UNKNOWN, expect.unknown))
    for verdict, names in wanted:
        for name in names:
            found = verdicts[name]
            if found.verdict is not verdict:
                said = f"expected criterion “{name}” to be {verdict.value}, but it was {found.verdict.value}"
                yield f"{said} ({'; '.join(found.because)})."


def _absent(what: str, expected: Iterable[str], found: list[str]) -> Iterator[str]:
    for name in expected:
        if name not in found:
            yield f"expected “{name}” among the {_NAMES[what]}, but found {', '.join(found) or 'none'}."


_NAMES = {
    "suspects": "suspected conditions",
    "tests": "proposed tests",
    "notices": "notices",
    "open": "open questions",
    "conflicts": "questions with conflicting answers",
}
