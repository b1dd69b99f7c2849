"""The knowledge is whole: every statement is cited, every criterion has its cases, every code is the agreed one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.ruleset.cases import Case, run_cases
from service.ruleset.load import check_rule_set
from service.triage.compiled import CompiledRuleSet
from service.triage.model import Level, RuleSet

CONTRACT = Path(__file__).parent / "contract"
COUNTED = {"E": 31, "U": 16, "W": 29, "R": 24, "S": 3}
"""How many statements of each kind the five documents hold."""

NOT_TESTS = {"D0-T1", "D0-T2", "D1-T1", "D2-T8"}
"""History and physical examination: what a clinician does, not what can be proposed."""

LOST = {"D0-C3"}
"""A list that is lost in the document: nothing is left to use."""

STATED = {"E": "emergency", "U": "urgent", "R": "routine", "S": "self-care", "W": "unstated"}


def contract(name: str) -> Any:
    return yaml.safe_load((CONTRACT / f"{name}.yaml").read_text(encoding="utf-8"))


def of_kinds(rule_set: RuleSet, kinds: str) -> set[str]:
    return {statement.id for statement in rule_set.statements.values() if statement.kind in kinds.split()}


def cited_by_criteria(rule_set: RuleSet) -> set[str]:
    return {source.id for criterion in rule_set.criteria for source in criterion.sources}


def test_the_catalogue_is_complete(rule_set: RuleSet) -> None:
    counted = Counter(statement.kind for statement in rule_set.statements.values())
    assert {kind: counted[kind] for kind in COUNTED} == COUNTED
    assert (counted["CF"], counted["UN"], counted["TM"]) == (34, 28, 22)


@pytest.mark.parametrize("kind", COUNTED)
def test_every_acuity_statement_is_cited_by_a_criterion(rule_set: RuleSet, kind: str) -> None:
    assert of_kinds(rule_set, kind) - cited_by_criteria(rule_set) == set()


def test_every_cause_test_and_substance_is_cited(rule_set: RuleSet) -> None:
    by_conditions = {source for condition in rule_set.conditions.values() for source in condition.sources}
    by_tests = {source for test in rule_set.tests.values() for source in test.sources}
    by_evidence = {
        source for condition in rule_set.conditions.values() for one in condition.evidence for source in one.sources
    }
    assert of_kinds(rule_set, "C") - by_conditions == LOST
    assert of_kinds(rule_set, "M") - by_evidence == set()
    asked = {source for c in rule_set.conditions.values() for ask in c.tests for source in ask.sources}
    asked |= {source for c in rule_set.criteria for ask in c.tests for source in ask.sources}
    assert of_kinds(rule_set, "T") - by_tests - asked == NOT_TESTS
    assert of_kinds(rule_set, "TM") - asked == set()


def test_a_source_states_the_level_of_its_kind(rule_set: RuleSet) -> None:
    for criterion in rule_set.criteria:
        for source in criterion.sources:
            kind = rule_set.statements[source.id].kind
            assert source.states == STATED.get(kind, "none"), (criterion.id, source.id)


def test_a_criterion_is_never_below_what_all_its_sources_state(rule_set: RuleSet) -> None:
    for criterion in rule_set.criteria:
        stated = [
            Level.of(source.states)
            for source in criterion.sources
            if source.states in STATED.values() and source.states != "unstated"
        ]
        if stated and criterion.level < max(stated):
            assert criterion.why, f"{criterion.id} is below a source and says no reason"
            assert criterion.settles, f"{criterion.id} is below a source and settles no conflict"


def test_every_conflict_and_gap_has_a_case(rule_set: RuleSet, cases: tuple[Case, ...]) -> None:
    covered = {covered for case in cases for covered in case.covers}
    assert of_kinds(rule_set, "CF UN") - covered == set()


def test_every_criterion_has_a_case_that_fires_it_and_one_that_keeps_it_silent(
    rule_set: RuleSet, cases: tuple[Case, ...]
) -> None:
    ids = {criterion.id for criterion in rule_set.criteria}
    assert ids - {name for case in cases for name in case.expect.fires} == set()
    assert ids - {name for case in cases for name in case.expect.silent} == set()


def test_the_cases_hold(rules: CompiledRuleSet, cases: tuple[Case, ...]) -> None:
    assert [failure.text for failure in run_cases(rules, cases)] == []


def test_no_problem_is_found_in_the_rules(folder: Path) -> None:
    assert [problem.text for problem in check_rule_set(folder)] == []


def test_every_agreed_question_stands_with_its_type_and_options(rule_set: RuleSet) -> None:
    agreed = [item for items in contract("items")["groups"].values() for item in items]
    for item in agreed:
        ours = rule_set.items[item["linkId"]]
        assert (ours.kind, ours.repeats) == (item["type"], item.get("repeats", False)), item["linkId"]
        assert {option.code for option in ours.options} == set(item.get("options", [])), item["linkId"]


@pytest.mark.parametrize("name", ["conditions", "tests"])
def test_every_agreed_code_stands(rule_set: RuleSet, name: str) -> None:
    ours = {"conditions": rule_set.conditions, "tests": rule_set.tests}[name]
    for entry in contract(name):
        assert entry["code"] in ours
        assert set(entry["catalogue"]) - {
            s for s in entry["catalogue"] if rule_set.statements[s].kind in ("M",)
        } <= set(ours[entry["code"]].sources), entry["code"]


def test_every_agreed_test_carries_its_category_and_codings(rule_set: RuleSet) -> None:
    terminology = yaml.safe_load((CONTRACT.parents[2] / "rules/limb_numbness/terminology.yaml").read_text("utf-8"))
    for entry in contract("tests"):
        ours = rule_set.tests[entry["code"]]
        assert ours.category == entry["category"]
        wanted = {(terminology[coding]["system"], terminology[coding]["code"]) for coding in entry["coding"]}
        assert {(chosen.coding.system, chosen.coding.code) for chosen in ours.codings} == wanted


def test_every_test_is_asked_for_and_every_condition_can_be_suspected(rule_set: RuleSet) -> None:
    asked = {ask.test for condition in rule_set.conditions.values() for ask in condition.tests}
    asked |= {ask.test for criterion in rule_set.criteria for ask in criterion.tests}
    assert set(rule_set.tests) - asked == set()
    reached = {code for criterion in rule_set.criteria for code in criterion.suspects}
    reached |= {code for code, condition in rule_set.conditions.items() if condition.evidence}
    assert set(rule_set.conditions) - reached == {"spinal-deformity", "arteriovenous-malformation"}


def test_what_the_person_is_told_is_short(rule_set: RuleSet) -> None:
    for criterion in rule_set.criteria:
        sentences = [part for part in criterion.tell.replace("?", ".").split(".") if part.strip()]
        assert sentences, criterion.id
        assert max(len(sentence.split()) for sentence in sentences) <= 22, criterion.id
