"""From folders to all the rule sets that are served side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from service.problems import Kind, Problem
from service.ruleset.load import RuleSetInvalid, load_checked_rule_set, load_rule_set
from service.triage.model import RuleSet

ACTIVE = "active"
NAME = "ruleset.yaml"


def checked_if_active(folder: Path) -> RuleSet:
    """The rule set in a folder; an active one is held to all that `check` calls an error.

    A draft may lack cases and much else; it is read, as at the start, so that its slips are told.
    """
    rule_set = load_rule_set(folder)
    return load_checked_rule_set(folder) if rule_set.status == ACTIVE else rule_set


def load_rule_sets(paths: Iterable[Path], *, load: Callable[[Path], RuleSet] = load_rule_set) -> tuple[RuleSet, ...]:
    """The active rule sets in the folders: each path is a rule set, or a folder of rule sets.

    In the order of the paths and of the names in them, the highest version of each id first. RuleSetInvalid with the
    problems of all of them, when one has any, when two claim the same id and version, or when none is active.
    """
    loaded: list[RuleSet] = []
    problems: list[Problem] = []
    for folder in dict.fromkeys(folder for path in paths for folder in rule_folders(path)):
        try:
            rule_set = load(folder)
        except RuleSetInvalid as invalid:
            problems += invalid.problems
            continue
        if rule_set.status == ACTIVE and rule_set.digest not in {other.digest for other in loaded}:
            problems += _clash(folder, rule_set, loaded)
            loaded.append(rule_set)
    if not loaded and not problems:
        remedy = "Give one the status active, or name another folder by TRIAGE_RULES_PATH."
        problems.append(Problem(Kind.NOT_FOUND, f"{NAME}:1:1", "There is no active rule set.", remedy))
    if problems:
        raise RuleSetInvalid(problems)
    return _newest_first(loaded)


def rule_folders(path: Path) -> list[Path]:
    """The rule sets at a path: those among its folders that hold a ruleset.yaml, or the path itself."""
    inside = [] if (path / NAME).exists() or not path.is_dir() else sorted(path.glob(f"*/{NAME}"))
    return [name.parent for name in inside] or [path]


def _clash(folder: Path, rule_set: RuleSet, loaded: list[RuleSet]) -> list[Problem]:
    """Why two different rule sets may not be served under one name."""
    if not any((other.id, other.version) == (rule_set.id, rule_set.version) for other in loaded):
        return []
    said = f"Another rule set is {rule_set.id} {rule_set.version}, too."
    remedy = "Raise the version of one, retire one, or set TRIAGE_SHIPPED_RULES=false if it is ours."
    return [Problem(Kind.STRUCTURE, f"{folder.name}/{NAME}:1:1", said, remedy)]


def _newest_first(loaded: list[RuleSet]) -> tuple[RuleSet, ...]:
    ids = list(dict.fromkeys(rule_set.id for rule_set in loaded))
    return tuple(sorted(loaded, key=lambda one: (ids.index(one.id), [-number for number in _numbers(one)])))


def _numbers(rule_set: RuleSet) -> list[int]:
    return [int(number) for number in rule_set.version.split("-")[0].split("+")[0].split(".")]
