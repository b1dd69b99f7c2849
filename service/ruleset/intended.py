"""The changes that a version of a rule set declares as intended: criteria that give a lower level than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.problems import Problem
from service.ruleset.folder import RuleSetInvalid, read_file
from service.ruleset.places import Sheets, find
from service.triage.model import Level

RULE_SET = "ruleset.yaml"


@dataclass(frozen=True, slots=True)
class IntendedChange:
    """Whom this criterion alone put at the first level may now be as low as the second."""

    criterion: str
    before: Level
    after: Level
    reason: str

    @property
    def words(self) -> str:
        """The change without its reason."""
        return f"{self.criterion} from {self.before.code} to {self.after.code}"


def newly_intended(old: Path, new: Path) -> tuple[IntendedChange, ...]:
    """The changes that the rule set in the new folder declares and the one in the old folder does not.

    What the old one declares too was changed by then: left standing, it must not excuse another change later on.
    """
    made = {(change.criterion, change.before, change.after) for change in load_intended(old)}
    return tuple(change for change in load_intended(new) if (change.criterion, change.before, change.after) not in made)


def load_intended(folder: Path) -> tuple[IntendedChange, ...]:
    """The intended changes of the rule set in the folder; RuleSetInvalid when they, or its ruleset.yaml, are wrong."""
    sheet, problems = read_file(folder, RULE_SET)
    if sheet is not None:
        problems += intended_problems({RULE_SET: sheet})
    if sheet is None or problems:
        raise RuleSetInvalid(problems)
    return tuple(
        IntendedChange(entry["criterion"], Level.of(entry["from"]), Level.of(entry["to"]), entry["reason"])
        for entry in sheet.data["intended_changes"]
    )


def intended_problems(sheets: Sheets) -> Iterator[Problem]:
    """An intended change that lowers nothing. A raised level needs no reason, so that none can be listed."""
    for sheet, path, entry in find(sheets, RULE_SET, "intended_changes/*"):
        if Level.of(entry["to"]) >= Level.of(entry["from"]):
            said = f"“{entry['to']}” is not below “{entry['from']}”: this change lowers nothing."
            yield sheet.problem((*path, "to"), said, "Correct one of the two, or remove the entry.")
