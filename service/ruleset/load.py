"""From a folder of rule files to a rule set, or to every problem that the files have."""

from __future__ import annotations

from pathlib import Path

from service.problems import Problem
from service.ruleset.build import build
from service.ruleset.folder import RuleSetInvalid, read_folder
from service.triage.model import RuleSet

__all__ = ["RuleSetInvalid", "check_rule_set", "load_rule_set"]


def load_rule_set(folder: Path) -> RuleSet:
    """The rule set in the folder, without its cases; RuleSetInvalid with all problems of all files if it has any."""
    contents = read_folder(folder, cases=False)
    if contents.problems:
        raise RuleSetInvalid(contents.problems)
    return build(contents)


def check_rule_set(folder: Path) -> list[Problem]:
    """Every problem of the rule files and of cases.yaml, sorted by file, line and column."""
    return list(read_folder(folder, cases=True).problems)
