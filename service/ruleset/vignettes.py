"""The vignettes beside a rule set: a few cases that a running service triages again and again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.problems import Problem
from service.ruleset.cases import Case, load_cases, run_cases
from service.ruleset.folder import VIGNETTES, RuleSetInvalid, read_file
from service.ruleset.positions import Sheet
from service.triage.compiled import compile_rules
from service.triage.model import RuleSet

__all__ = ["VIGNETTES", "check_vignettes", "load_vignettes"]


def load_vignettes(folder: Path, rule_set: RuleSet) -> tuple[Case, ...]:
    """The vignettes in the folder of this rule set, which needs none; RuleSetInvalid with all problems of the file."""
    return load_cases(folder, rule_set, VIGNETTES) if (folder / VIGNETTES).exists() else ()


def check_vignettes(folder: Path, rule_set: RuleSet) -> list[Problem]:
    """What is wrong with the vignettes: with the file, with what they expect, and a level that none of them has."""
    try:
        vignettes = load_vignettes(folder, rule_set)
    except RuleSetInvalid as invalid:
        return list(invalid.problems)
    sheet, problems = read_file(folder, VIGNETTES) if vignettes else (None, [])
    return problems if sheet is None else [*_misses(sheet, vignettes, rule_set), *_untried(sheet, vignettes, rule_set)]


def _misses(sheet: Sheet, vignettes: tuple[Case, ...], rule_set: RuleSet) -> Iterator[Problem]:
    places = {vignette.id: index for index, vignette in enumerate(vignettes)}
    for miss in run_cases(compile_rules(rule_set), vignettes):
        said = f"The vignette “{miss.case.id}” does not hold: {miss.message}"
        yield sheet.problem((places[miss.case.id],), said, "Correct the rules, or what it expects.")


def _untried(sheet: Sheet, vignettes: tuple[Case, ...], rule_set: RuleSet) -> Iterator[Problem]:
    tried = {vignette.expect.level for vignette in vignettes}
    for level in sorted({criterion.level for criterion in rule_set.criteria} - tried, reverse=True):
        said = f"No vignette has the level “{level.code}”."
        yield sheet.problem((), said, "Add one: each level that the rules can give must be tried.")
