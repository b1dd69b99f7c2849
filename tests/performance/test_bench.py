"""The benchmark measures what it says: bodies of the right size, peers that answer the same, figures as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import bodies, doors, garbage
from bench.clock import ratio, spread, there_and_back
from bench.peers import plain
from bench.peers.cqf import cql
from bench.peers.node import fhirpath
from bench.peers.rego import policy

MADE_ANEW = ("id", "identifier", "value", "fullUrl", "timestamp", "occurrenceDateTime", "authoredOn", "reference")


@pytest.mark.parametrize("items", [10, 40, 80, 100, 1000])
def test_a_body_has_as_many_answered_items_as_it_should(items: int) -> None:
    found = bodies.questions(json.loads(bodies.body(items)))
    assert len(found) == items
    assert all(item["answer"] for item in found)


def test_the_same_items_over_again_decide_the_same() -> None:
    made = doors.triage()
    assert doors.fired(made, bodies.body(400)) == doors.fired(made, bodies.body(40))


def test_the_plain_pipeline_answers_as_the_service_does() -> None:
    made, raw = doors.triage(), bodies.body(40)
    ours, theirs = (json.loads(answer) for answer in (doors.assess(made, raw, explain=False), plain.assess(made, raw)))
    assert _kept(ours) == _kept(theirs)


def _kept(element: Any) -> Any:
    """Without ids, which the plain pipeline makes at random, and times."""
    if isinstance(element, dict):
        return {name: _kept(value) for name, value in element.items() if name not in MADE_ANEW}
    return [_kept(one) for one in element] if isinstance(element, list) else element


@pytest.mark.parametrize(("name", "raw"), garbage.kinds().items(), ids=garbage.kinds())
def test_garbage_fills_a_mebibyte_or_its_objects_and_is_refused(name: str, raw: bytes) -> None:
    assert len(raw) > garbage.MEBIBYTE - 300 or raw.count(b"{") > 4_500, name
    assert len(raw) <= garbage.MEBIBYTE
    assert 0 < len(doors.refusing(doors.triage(), raw)().problems) <= 51  # type: ignore[attr-defined]


def test_a_grown_rule_set_decides_the_same_when_what_is_copied_is_silent() -> None:
    made, raw = doors.triage(), bodies.body(40)
    fired = doors.fired(made, raw)
    silent = frozenset(one.id for one in doors.rule_set().criteria) - set(fired)
    grown = doors.grown(made, 200, silent)
    assert len(grown.rule_sets[0].rule_set.criteria) == 200
    assert doors.fired(grown, raw) == fired


def test_every_criterion_is_translated_for_every_peer(tmp_path: Any) -> None:
    rules = doors.rule_set()
    library, rego = cql.library(rules), policy.policy(rules)
    expressions = json.loads(fhirpath.write(tmp_path).read_text("utf-8"))["criteria"]
    for one in rules.criteria:
        assert f'define "{one.id}":' in library
        assert f'fired contains "{one.id}" if' in rego
    assert [one["id"] for one in expressions] == [one.id for one in rules.criteria]


def test_ratios_are_of_the_same_round() -> None:
    assert ratio([2, 8], [1, 2]) == spread([2, 4])


def test_no_one_always_comes_after_the_same_other_one() -> None:
    assert [name for _, name in there_and_back("ab", 2)] == ["a", "b", "b", "a"]
