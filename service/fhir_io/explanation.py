"""An explanation as FHIR: the extension of the RiskAssessment, and issues of the OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.explanation_definition import EXPLANATION
from service.fhir_io.outcome import fhir_path, issue
from service.fhir_io.stock import Dumped, dumped
from service.fhir_io.terminology import ANSWERS
from service.problems import Kind, Problem
from service.triage.explanation import Change, Explanation, Grounds, NextQuestion, WhatIf
from service.triage.explanation_words import what_if_in_words
from service.triage.model import RuleSet
from service.triage.questions import Value

MOST_KEPT = 4096
"""So many changes are kept as they were written: most responses would be changed in the same ways."""


def explanation_extension(explanation: Explanation, edition: Edition) -> Resource:
    """The extension that explanation_definition defines; nobody may change it, parts of it are kept."""
    answers = edition.canonical("CodeSystem", ANSWERS)
    parts = [
        *(_part("fired", _grounds(grounds)) for grounds in explanation.grounds),
        *(_what_if("raise", what_if, answers) for what_if in explanation.raising),
        *(_what_if("lower", what_if, answers) for what_if in explanation.lowering),
        *(_part("ask", _next(question)) for question in explanation.ask_next),
    ]
    return {"url": edition.canonical("StructureDefinition", EXPLANATION), "extension": parts}


def explanation_issues(explanation: Explanation, edition: Edition, places: Mapping[str, str]) -> Iterator[Resource]:
    """An issue for each open question, in the order in which to ask, and for each set of changes.

    `places` gives the FHIRPath of each answered linkId in the caller's own body. Nobody may change an issue: parts of
    it are kept.
    """
    system = edition.canonical("CodeSystem", EXPLANATION)
    for question in explanation.ask_next:
        yield issue(_unanswered(question, edition.rule_set), {"system": system, "code": "ask-next"})
    for code, found in (("would-raise", explanation.raising), ("would-lower", explanation.lowering)):
        for what_if in found:
            said = _would(what_if, edition.rule_set, system, code)
            changed = [name for change in what_if.changes if (name := change.item.link_id) in places]
            yield said | {"expression": [fhir_path(places[name]) for name in changed]} if changed else said


@lru_cache(maxsize=MOST_KEPT)
def _would(what_if: WhatIf, rule_set: RuleSet, system: str, code: str) -> Resource:
    """The issue about a set of changes, without the places in the body."""
    said = issue(Problem(Kind.NOTE, "", what_if_in_words(what_if, rule_set)), {"system": system, "code": code})
    return said | {"details": dumped(said["details"])}


def _unanswered(question: NextQuestion, rule_set: RuleSet) -> Problem:
    item, tests = question.item, ", ".join(rule_set.tests[code].title for code in question.tests)
    said = f"Not answered: {question.words}."
    if question.could_reach is not None:
        said += f" The answer could still raise the level to {question.could_reach.code}."
    if tests:
        said += f" It could add: {tests}."
    kind = Kind.NOTE if question.could_reach is None else Kind.INCOMPLETE
    return Problem(kind, "", said, "Ask it and send the response again.", item.link_id, item.text)


def _part(url: str, parts: Iterable[Resource]) -> Resource:
    return {"url": url, "extension": list(parts)}


def _grounds(grounds: Grounds) -> Iterator[Resource]:
    yield {"url": "criterion", "valueCode": grounds.criterion.id}
    yield {"url": "level", "valueCode": grounds.criterion.level.code}
    yield from ({"url": "question", "valueString": link_id} for link_id in grounds.link_ids)
    yield from ({"url": "because", "valueString": text} for text in grounds.because)
    yield from ({"url": "source", "valueString": source.id} for source in grounds.criterion.sources)


@lru_cache(maxsize=MOST_KEPT)
def _what_if(url: str, what_if: WhatIf, answers: str) -> Dumped:
    """A set of changes; `answers` is the code system of the options."""
    level = {"url": "level", "valueCode": what_if.level.code}
    return dumped(_part(url, [level, *(_change(change, answers) for change in what_if.changes)]))


def _change(change: Change, answers: str) -> Resource:
    question = {"url": "question", "valueString": change.item.link_id}
    how = {"url": "how", "valueCode": change.how.value}
    return _part("change", [question, how, *({"url": "to", **_answer(change, to, answers)} for to in change.values)])


def _answer(change: Change, value: Value, answers: str) -> Resource:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    return {"valueCoding": {"system": answers, "code": value, "display": change.item.option_text(value)}}


def _next(question: NextQuestion) -> Iterator[Resource]:
    yield {"url": "question", "valueString": question.item.link_id}
    if question.could_reach is not None:
        yield {"url": "level", "valueCode": question.could_reach.code}
    yield {"url": "alone", "valueBoolean": question.alone}
    yield from ({"url": "test", "valueCode": code} for code in question.tests)
