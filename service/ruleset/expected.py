"""What a case demands of a decision, and what is said, in words, where the decision does not meet it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.triage.decision import Decision, Verdict
from service.triage.model import Level, RuleSet

Names = tuple[str, ...]
Lists = Mapping[str, Names]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case demands of the decision; `highest` None and what is empty demand nothing.

    `decides` are the criteria that set the level. `suspects_at` and `tests_at` say how soon; `because` and
    `not_because` name, for a suspected condition, what points to it; `asked_by` names what asks for a test, and
    `codings` all the codes that it carries.
    """

    level: Level
    highest: Level | None
    decides: Names
    fires: Names
    silent: Names
    unknown: Names
    suspects: Names
    no_suspects: Names
    suspects_at: Mapping[str, Level]
    because: Lists
    not_because: Lists
    tests: Names
    no_tests: Names
    tests_at: Mapping[str, Level]
    asked_by: Lists
    codings: Lists
    notices: Names
    no_notices: Names
    open: Names
    conflicts: Names


def expected(entry: Mapping[str, Any]) -> Expected:
    """The demands of a case as its file states them."""
    highest = Level.of(entry["highest"]) if "highest" in entry else None
    lists = {key: tuple(names) for key, names in entry.items() if isinstance(names, list)}
    levels = {key: {name: Level.of(at) for name, at in entry[key].items()} for key in ("suspects_at", "tests_at")}
    mapped = {
        key: {name: tuple(listed) for name, listed in entry[key].items()}
        for key in ("because", "not_because", "asked_by", "codings")
    }
    demands: dict[str, Any] = {**lists, **levels, **mapped}
    return Expected(level=Level.of(entry["level"]), highest=highest, **demands)


def misses(expect: Expected, decision: Decision) -> Iterator[str]:
    """What was expected and what happened instead."""
    if decision.level is not expect.level:
        fired = ", ".join(finding.criterion.id for finding in decision.fired) or "nothing"
        yield f"expected level {expect.level.code}, but it was {decision.level.code}; what fired: {fired}."
    if expect.highest is not None and decision.highest is not expect.highest:
        yield f"expected {expect.highest.code} as the highest level possible, but it was {decision.highest.code}."
    yield from _wrong_verdicts(expect, decision)
    deciding = [finding.criterion.id for finding in decision.fired if finding.criterion.level is decision.level]
    yield from _absent("criteria that set the level", expect.decides, deciding)
    yield from _wrong_suspicions(expect, decision)
    yield from _wrong_tests(expect, decision)
    noticed = [notice.id for notice in decision.notices]
    yield from _absent("notices", expect.notices, noticed)
    yield from _present("notice", expect.no_notices, noticed, "given")
    yield from _absent("open questions", expect.open, [question.item.link_id for question in decision.open_questions])
    disputed = dict.fromkeys(link_id for conflict in decision.conflicts for link_id in conflict.link_ids)
    yield from _absent("questions with conflicting answers", expect.conflicts, disputed)


def reasons_of(rule_set: RuleSet, code: str) -> Names:
    """The titles of everything that can point to a condition: what `because` and `not_because` may name."""
    criteria = [criterion.title for criterion in rule_set.criteria if code in criterion.suspects]
    return (*criteria, *(evidence.title for evidence in rule_set.conditions[code].evidence))


def _wrong_verdicts(expect: Expected, decision: Decision) -> Iterator[str]:
    verdicts = {finding.criterion.id: finding for finding in decision.findings}
    wanted = ((Verdict.FIRED, expect.fires), (Verdict.NOT_FIRED, expect.silent), (Verdict.UNKNOWN, expect.unknown))
    for verdict, names in wanted:
        for name in names:
            found = verdicts[name]
            if found.verdict is not verdict:
                said = f"expected criterion “{name}” to be {verdict.value}, but it was {found.verdict.value}"
                yield f"{said} ({'; '.join(found.because)})."


def _wrong_suspicions(expect: Expected, decision: Decision) -> Iterator[str]:
    levels = {suspicion.condition.code: suspicion.level for suspicion in decision.suspicions}
    yield from _absent("suspected conditions", expect.suspects, levels)
    yield from _present("suspected condition", expect.no_suspects, levels, "suspected")
    yield from _at_another_level("suspected condition", expect.suspects_at, levels)
    reasons = {suspicion.condition.code: suspicion.reasons for suspicion in decision.suspicions}
    for code, titles in expect.because.items():
        for title in titles:
            if not _is_told(title, reasons.get(code, ())):
                told = "; ".join(reasons.get(code, ())) or "nothing points to it"
                yield f"expected “{code}” to be suspected because of “{title}”, but: {told}."
    for code, titles in expect.not_because.items():
        for title in titles:
            if _is_told(title, reasons.get(code, ())):
                yield f"expected “{code}” not to be suspected because of “{title}”, but it was."


def _is_told(title: str, reasons: Names) -> bool:
    return any(reason.startswith(f"{title} (") for reason in reasons)


def _wrong_tests(expect: Expected, decision: Decision) -> Iterator[str]:
    levels = {proposal.test.code: proposal.level for proposal in decision.proposals}
    yield from _absent("proposed tests", expect.tests, levels)
    yield from _present("test", expect.no_tests, levels, "proposed")
    yield from _at_another_level("test", expect.tests_at, levels)
    asking = {
        proposal.test.code: [
            *(s.condition.code for s in proposal.suspicions),
            *(f.criterion.id for f in proposal.findings),
        ]
        for proposal in decision.proposals
    }
    for test, names in expect.asked_by.items():
        yield from _absent(f"reasons for test “{test}”", names, asking.get(test, []))
    yield from _wrong_codings(expect, decision)


def _wrong_codings(expect: Expected, decision: Decision) -> Iterator[str]:
    """All the codes of a test count: that one is not carried matters as much as that another is."""
    carried = {
        proposal.test.code: [chosen.id for chosen in proposal.test.codings if chosen.coding in proposal.codings]
        for proposal in decision.proposals
    }
    for test, names in expect.codings.items():
        if test not in carried:
            yield f"expected test “{test}” to carry {_listed(names)}, but it was not proposed."
        elif set(carried[test]) != set(names):
            yield f"expected test “{test}” to carry {_listed(names)}, but it carried {_listed(carried[test])}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no code"


def _absent(what: str, expected: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    for name in expected:
        if name not in found:
            yield f"expected “{name}” among the {what}, but found {', '.join(found) or 'none'}."


def _present(what: str, unwanted: Iterable[str], found: Iterable[str], was: str) -> Iterator[str]:
    for name in unwanted:
        if name in found:
            yield f"expected no {what} “{name}”, but it was {was}."


def _at_another_level(what: str, wanted: Mapping[str, Level], found: Mapping[str, Level]) -> Iterator[str]:
    for name, level in wanted.items():
        if found.get(name) is not level:
            was = found[name].code if name in found else "not there"
            yield f"expected {what} “{name}” to be {level.code}, but it was {was}."
