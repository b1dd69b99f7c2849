"""A response made of answers is read as just these answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.fhir_io.canonical import Edition
from service.fhir_io.read import read_request
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import R4, R5
from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.questions import Item, Value

RULE_SET = load_rule_set(packaged("rules") / "limb_numbness")
BASE = "https://numbness-triage.example/fhir"


def values(item: Item) -> st.SearchStrategy[tuple[Value, ...]]:
    options: list[Value] = [True, False] if item.kind == "boolean" else [option.code for option in item.options]
    return st.lists(st.sampled_from(options), min_size=1, max_size=3, unique=True).map(tuple)


ANSWERS = st.fixed_dictionaries({}, optional={key: values(item) for key, item in RULE_SET.items.items()})


@given(ANSWERS, st.sampled_from([R4, R5]))
def test_what_is_written_is_what_is_read(answers: dict[str, tuple[Value, ...]], version: object) -> None:
    edition = Edition(RULE_SET, BASE, version)  # one of the two versions above
    response = questionnaire_response(answers, edition, subject="Patient/example", response_id="r1")
    read = read_request(response, edition.version, RULE_SET, BASE)
    assert read.answers == answers
    assert read.warnings == ()
