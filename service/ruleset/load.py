"""From a folder of rule files to a rule set, or to every problem that the files have."""

from __future__ import annotations

from pathlib import Path

from service.problems import Kind, Problem
from service.ruleset.build import build
from service.ruleset.checks import SEVERITY, Severity, check_whole, found_by
from service.ruleset.folder import Contents, RuleSetInvalid, digest_now, in_order, read_folder
from service.ruleset.intended import intended_problems
from service.ruleset.lock import LOCK, changes_in_words, lock_text
from service.ruleset.vignettes import check_vignettes
from service.ruleset.weights import check_weights
from service.ruleset.whole import Whole
from service.triage.model import RuleSet

__all__ = ["RuleSetInvalid", "check_rule_set", "load_checked_rule_set", "load_rule_set", "load_whole", "lock_rule_set"]

READINGS = 3
"""How often a folder is read whose files change meanwhile."""


def load_rule_set(folder: Path) -> RuleSet:
    """The rule set in the folder, without its cases; RuleSetInvalid with all problems of all files if it has any."""
    return load_whole(folder).rule_set


def load_whole(folder: Path) -> Whole:
    """The same with the files, to tell where something stands."""
    contents = read_folder(folder, cases=False)
    if contents.problems:
        raise RuleSetInvalid(contents.problems)
    return Whole(contents.sheets, build(contents))


def check_rule_set(folder: Path) -> list[Problem]:
    """Every problem of the rule files, of what stands beside them, sorted by file, line and column.

    Whether the rules make sense is checked once their files hold together.
    """
    return _every_problem(folder, read_folder(folder, cases=True))


def load_checked_rule_set(folder: Path) -> RuleSet:
    """The rule set in the folder if `check_rule_set` finds no error in the very bytes that it is made of.

    RuleSetInvalid with every error, and when the files do not stand still: they could be half of one version, half of
    another.
    """
    for _ in range(READINGS):
        contents = read_folder(folder, cases=True)
        if contents.digest == digest_now(folder):
            errors = [p for p in _every_problem(folder, contents) if SEVERITY[p.check] is Severity.ERROR]
            if errors:
                raise RuleSetInvalid(errors)
            return build(contents)
    said, remedy = "The files changed while they were read.", "Reload once all of them are written."
    raise RuleSetInvalid([Problem(Kind.NOT_READY, f"{folder.name}:1:1", said, remedy, check="unreadable")])


def _every_problem(folder: Path, contents: Contents) -> list[Problem]:
    problems = list(contents.problems)
    if not problems:
        whole = Whole(contents.sheets, build(contents))
        problems += check_whole(whole)
        problems += found_by("vignettes", check_vignettes(folder, whole.rule_set))
    problems += found_by("intended-change", intended_problems(contents.sheets))
    problems += found_by("weights", check_weights(folder, contents.known))
    return in_order(problems)


def lock_rule_set(folder: Path) -> list[str]:
    """Write lock.json anew and say what changed; RuleSetInvalid with every problem that this does not put right."""
    problems = [problem for problem in check_rule_set(folder) if problem.check != "stale-lock"]
    if any(SEVERITY[problem.check] is Severity.ERROR for problem in problems):
        raise RuleSetInvalid(problems)
    contents = read_folder(folder, cases=True)
    whole = Whole(contents.sheets, build(contents))
    told = changes_in_words(whole)
    (folder / LOCK).write_text(lock_text(whole), encoding="utf-8")
    return told
