"""The rule set that ships, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.ruleset.cases import Case, load_cases
from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import CompiledRuleSet, compile_rules
from service.triage.model import RuleSet

FOLDER = packaged("rules") / "limb_numbness"


@pytest.fixture(scope="session")
def folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    return load_rule_set(FOLDER)


@pytest.fixture(scope="session")
def rules(rule_set: RuleSet) -> CompiledRuleSet:
    return compile_rules(rule_set)


@pytest.fixture(scope="session")
def cases(rule_set: RuleSet) -> tuple[Case, ...]:
    return load_cases(FOLDER, rule_set)
