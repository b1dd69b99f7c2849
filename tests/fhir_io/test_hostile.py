"""Whatever is done to a valid body, it is read or refused: nothing else is raised, and nothing it says is repeated."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_responses import CANON, item, option, parameters, response

from service.fhir_io.admission.body import parse_body
from service.fhir_io.read import read_request, validation_problems
from service.fhir_io.versions import VERSIONS, FhirVersion
from service.problems import Refused
from service.triage.model import RuleSet

SECRET = "Jäne Roe 1970"
NAMES = """
    resourceType status item answer linkId valueBoolean _valueBoolean valueCoding valueString valueUuid subject
    extension url reference contained code system id parameter name resource questionnaire fhir_comments status__ext
    text div modifierExtension valueReference valueUrl authored meta _status
""".split()  # noqa: SIM905 - a list would be one name per line
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [SECRET, "", " ", "a", "completed", "Patient", "Banana", "QuestionnaireResponse", "#a", "Patient/1"]
    ),
    st.sampled_from(["numbness", "conditions", "Y", "2026-01-01", "2026-02-30", "urn:uuid:1", "\u0000", "\u00a0"]),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*NAMES, SECRET]), inner, max_size=4)
    ),
    max_leaves=8,
)


def starting_points() -> list[dict[str, Any]]:
    whole = response(
        item("about", item=[item("numbness", {"valueBoolean": True}), item("numbness-site", option("foot"))]),
        item("conditions", option("lupus"), {"_valueString": {"extension": [{"url": "http://a.b", "valueCode": "c"}]}}),
        contained=[{"resourceType": "Patient", "id": "p", "name": [{"given": ["A"]}]}],
        meta={"profile": ["http://example.org/p"]},
    )
    subject = {"name": "subject", "valueReference": {"reference": "Patient/p1"}}
    return [whole, parameters({"name": "resource", "resource": whole}, subject)]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inside for place in places(child, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    body = json.loads(json.dumps(draw(st.sampled_from(starting_points()))))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(body)[1:]))
        target = body
        for step in way:
            target = target[step]
        change = draw(st.sampled_from(["replace", "delete", "wrap", "add"]))
        if change == "delete":
            del target[last]
        elif change == "wrap":
            target[last] = [target[last]]
        elif change == "add" and isinstance(target, dict):
            target[draw(st.sampled_from([*NAMES, SECRET]))] = draw(ANYTHING)
        else:
            target[last] = draw(ANYTHING)
        if not isinstance(body, dict) or len(places(body)) < 2:
            return body
    return body


def read_or_refused(raw: bytes, version: FhirVersion, rule_set: RuleSet) -> None:
    try:
        body = parse_body(raw)
        said = validation_problems(body, version, rule_set, CANON)
        said += read_request(body, version, rule_set, CANON).warnings
    except Refused as refused:
        said = refused.problems
        assert said
    assert "Roe" not in " ".join(problem.text for problem in said)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=spoiled(), version=st.sampled_from(list(VERSIONS.values())))
def test_spoiled_bodies(rule_set: RuleSet, body: Any, version: FhirVersion) -> None:
    read_or_refused(json.dumps(body).encode(), version, rule_set)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=ANYTHING)
def test_any_json(rule_set: RuleSet, body: Any) -> None:
    read_or_refused(json.dumps(body).encode(), VERSIONS["4.0"], rule_set)


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes(rule_set: RuleSet, raw: bytes) -> None:
    read_or_refused(raw, VERSIONS["4.0"], rule_set)


@settings(max_examples=200, deadline=None)
@given(start=st.integers(0, 1200), length=st.integers(0, 40), raw=st.binary(max_size=4))
def test_overwritten_bytes(rule_set: RuleSet, start: int, length: int, raw: bytes) -> None:
    whole = json.dumps(starting_points()[1]).encode()
    read_or_refused(whole[:start] + raw + whole[start + length :], VERSIONS["4.0"], rule_set)
