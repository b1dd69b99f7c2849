"""Questionnaires made to keep the check busy: each is answered within a bounded amount of work."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from forms import answered, extension, group, limited, question, questionnaire
from sample_responses import CANON, item, parameters, response

from service.fhir_io.admission.body import parse_body
from service.fhir_io.read import validation_problems
from service.fhir_io.versions import R4
from service.triage.model import RuleSet

SECONDS = 5
TOO_LARGE = "The response is too large to be checked against this questionnaire in full."
LATE = "(.{0,200}b+.{0,200}a.{0,200})+"


def many_groups() -> dict[str, Any]:
    """Every repeat of a group lacks most of its questions."""
    asked = [question(f"q{number}", "string", repeats=True) for number in range(600)]
    one = item("g", item=[answered("q599", "x")])
    return given([group("g", *asked, repeats=True)], *[one] * 400)


def many_conditions() -> dict[str, Any]:
    """Every condition looks at every answer."""
    wanted = [{"question": "first", "operator": "<", "answerInteger": -number} for number in range(1500)]
    last = question("last", "string", enableWhen=wanted, enableBehavior="any")
    return given([question("first", "integer", repeats=True), last], answered("first", *range(1500)))


def many_patterns() -> dict[str, Any]:
    """Each of many questions has a costly pattern of its own."""
    names = [f"q{number}" for number in range(400)]
    asked = [limited(name, "string", extension("regex", valueString=f"{LATE}{name}")) for name in names]
    return given(asked, *(answered(name, "ab" * 500) for name in names))


def long_texts() -> dict[str, Any]:
    """A costly pattern and as many long texts as a body holds."""
    asked = limited("q", "string", extension("regex", valueString=LATE), repeats=True)
    return given([asked], answered("q", *["ab" * 2500] * 180))


def many_options() -> dict[str, Any]:
    """Every answer is looked for among many codes without a system."""
    concepts = [{"code": f"c{number}"} for number in range(1500)]
    compose = {"include": [{"system": "http://example.org/s", "concept": concepts}]}
    value_set = {"resourceType": "ValueSet", "id": "vs", "status": "active", "compose": compose}
    asked = questionnaire(question("q", "choice", answerValueSet="#vs", repeats=True), contained=[value_set])
    return given(asked, answered("q", *[{"valueCoding": {"code": "c9999"}}] * 900))


def deep() -> dict[str, Any]:
    """As deep as a body may be, every level asking for the one above."""
    asked, answers = question("q25", "string"), answered("q25", "x")
    for level in reversed(range(25)):
        condition = {"question": f"q{max(0, level - 1)}", "operator": "exists", "answerBoolean": True}
        asked = group(f"q{level}", asked, enableWhen=[condition])
        answers = item(f"q{level}", item=[answers])
    return given([asked], answers)


def given(asked: Any, *items: dict[str, Any]) -> dict[str, Any]:
    form = asked if isinstance(asked, dict) else questionnaire(*asked)
    whole = response(*items, questionnaire=form["url"])
    return parameters({"name": "resource", "resource": whole}, {"name": "questionnaire", "resource": form})


TOO_MUCH = (many_groups, many_conditions)
BOUNDED = (many_patterns, long_texts, many_options, deep)


def timed(made: Callable[[], dict[str, Any]], rule_set: RuleSet) -> list[str]:
    body = parse_body(json.dumps(made()).encode())
    start = time.process_time()
    found = validation_problems(body, R4, rule_set, CANON)
    assert time.process_time() - start < SECONDS
    return [problem.message for problem in found]


@pytest.mark.parametrize("made", TOO_MUCH, ids=lambda made: made.__name__)
def test_too_much_is_refused(rule_set: RuleSet, made: Callable[[], dict[str, Any]]) -> None:
    assert timed(made, rule_set) == [TOO_LARGE]


@pytest.mark.parametrize("made", BOUNDED, ids=lambda made: made.__name__)
def test_the_rest_ends(rule_set: RuleSet, made: Callable[[], dict[str, Any]]) -> None:
    assert 0 < len(timed(made, rule_set)) <= 102
