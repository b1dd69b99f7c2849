"""An explanation as FHIR: the extension of the RiskAssessment, and issues of the OperationOutcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from service.fhir_io.canonical import Edition, Resource
from service.fhir_io.explanation_definition import EXPLANATION
from service.fhir_io.outcome import issue
from service.fhir_io.terminology import ANSWERS
from service.problems import Kind, Problem
from service.triage.explanation import Change, Explanation, Grounds, NextQuestion, WhatIf
from service.triage.explanation_words import what_if_in_words
from service.triage.questions import Value


def explanation_extension(explanation: Explanation, edition: Edition) -> Resource:
    """The extension that explanation_definition defines."""
    parts = [
        *(_part("fired", _grounds(grounds)) for grounds in explanation.grounds),
        *(_part("raise", _what_if(what_if, edition)) for what_if in explanation.raising),
        *(_part("lower", _what_if(what_if, edition)) for what_if in explanation.lowering),
        *(_part("ask", _next(question)) for question in explanation.ask_next),
    ]
    return {"url": edition.canonical("StructureDefinition", EXPLANATION), "extension": parts}


def explanation_issues(explanation: Explanation, edition: Edition, places: Mapping[str, str]) -> Iterator[Resource]:
    """An issue for each open question, in the order in which to ask, and for each set of changes.

    `places` gives the FHIRPath of each answered linkId in the caller's own body.
    """
    for question in explanation.ask_next:
        yield issue(_unanswered(question, edition), _code("ask-next", edition))
    for code, found in (("would-raise", explanation.raising), ("would-lower", explanation.lowering)):
        for what_if in found:
            said = Problem(Kind.NOTE, "", what_if_in_words(what_if, edition.rule_set))
            changed = [change.item.link_id for change in what_if.changes]
            yield issue(said, _code(code, edition), also=[places[name] for name in changed if name in places])


def _code(code: str, edition: Edition) -> Resource:
    return {"system": edition.canonical("CodeSystem", EXPLANATION), "code": code}


def _unanswered(question: NextQuestion, edition: Edition) -> Problem:
    item, tests = question.item, ", ".join(edition.rule_set.tests[code].title for code in question.tests)
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


def _what_if(what_if: WhatIf, edition: Edition) -> Iterator[Resource]:
    yield {"url": "level", "valueCode": what_if.level.code}
    yield from (_part("change", _change(change, edition)) for change in what_if.changes)


def _change(change: Change, edition: Edition) -> Iterator[Resource]:
    yield {"url": "question", "valueString": change.item.link_id}
    yield {"url": "how", "valueCode": change.how.value}
    yield from ({"url": "to", **_answer(change, value, edition)} for value in change.values)


def _answer(change: Change, value: Value, edition: Edition) -> Resource:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    system = edition.canonical("CodeSystem", ANSWERS)
    return {"valueCoding": {"system": system, "code": value, "display": change.item.option_text(value)}}


def _next(question: NextQuestion) -> Iterator[Resource]:
    yield {"url": "question", "valueString": question.item.link_id}
    if question.could_reach is not None:
        yield {"url": "level", "valueCode": question.could_reach.code}
    yield {"url": "alone", "valueBoolean": question.alone}
    yield from ({"url": "test", "valueCode": code} for code in question.tests)
