"""The lock of a rule set: the version and digest of every criterion, so that none changes without a new version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from service.ruleset.positions import Path, Sheet
from service.ruleset.whole import Whole, entry_at
from service.triage.model import Criterion
from service.triage.questions import AllOf, AtLeast, Condition, Is

LOCK = "lock.json"
UPDATE = "numbness-triage check --update-lock"


class Change(Enum):
    """How a criterion differs from what is locked."""

    NEW = "new"
    RAISED = "raised"  # it has a higher version, and may say something else
    UNRAISED = "unraised"  # it says something else under the version that is locked, or has a lower one
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Changed:
    """A criterion that differs from what is locked, with both versions (0: there is none) and where it stands."""

    id: str
    change: Change
    before: int
    now: int
    sheet: Sheet
    path: Path


def locked_version(whole: Whole) -> str | None:
    """The version of the rule set that is locked; None when nothing is."""
    sheet = whole.sheets.get(LOCK)
    return None if sheet is None else str(sheet.data["version"])


def changes(whole: Whole) -> list[Changed]:
    """Every criterion that differs from what is locked; all are new when nothing is."""
    sheet = whole.sheets.get(LOCK)
    locked: Mapping[str, Any] = {} if sheet is None else sheet.data["criteria"]
    found = list(_differing(whole, locked))
    if sheet is not None:
        ids = {criterion.id for criterion in whole.rule_set.criteria}
        gone = [(name, entry["version"]) for name, entry in locked.items() if name not in ids]
        found += [Changed(name, Change.GONE, version, 0, sheet, ("criteria", name)) for name, version in gone]
    return found


def is_set_unraised(whole: Whole, found: list[Changed]) -> bool:
    """Whether criteria differ from what is locked under the same version of the rule set, or its version went down."""
    before = locked_version(whole)
    if before is None:
        return False
    now, then = _numbers(whole.rule_set.version), _numbers(before)
    return now < then or (now == then and bool(found))


def lock_text(whole: Whole) -> str:
    """What lock.json must hold to lock the rules as they are."""
    entries = {
        criterion.id: {"version": entry_at(sheet, path)["version"], "digest": digest_of(criterion)}
        for sheet, path, criterion in whole.criteria()
    }
    content = {"version": whole.rule_set.version, "criteria": dict(sorted(entries.items()))}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def changes_in_words(whole: Whole) -> list[str]:
    """What locking the rules as they are would change, a line each."""
    before, now = locked_version(whole), whole.rule_set.version
    told = [] if before == now else [f"rule set: {now}" if before is None else f"rule set: {before} to {now}"]
    for one in changes(whole):
        versions = f"version {one.now or one.before}"
        if one.change is Change.RAISED:
            versions = f"version {one.before} to {one.now}"
        told.append(f"{one.id}: {one.change.value}, {versions}")
    return told


def digest_of(criterion: Criterion) -> str:
    """SHA-256 of everything about a criterion that a decision, or what the person is told, depends on."""
    content = {
        "level": criterion.level.code,
        "when": _content(criterion.when),
        "unless": {qualifier.id: _content(qualifier.when) for qualifier in criterion.unless},
        "suspects": sorted(criterion.suspects),
        "tests": {ask.test: [ask.soonest.code, *sorted(ask.sources)] for ask in criterion.tests},
        "tell": criterion.tell,
        "sources": {source.id: source.states for source in criterion.sources},
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _differing(whole: Whole, locked: Mapping[str, Any]) -> Iterator[Changed]:
    for sheet, path, criterion in whole.criteria():
        now = entry_at(sheet, path)["version"]
        entry = locked.get(criterion.id)
        if entry is None:
            yield Changed(criterion.id, Change.NEW, 0, now, sheet, path)
            continue
        before = entry["version"]
        if now > before:
            yield Changed(criterion.id, Change.RAISED, before, now, sheet, path)
        elif now < before or entry["digest"] != digest_of(criterion):
            yield Changed(criterion.id, Change.UNRAISED, before, now, sheet, path)


def _content(condition: Condition) -> Any:
    if isinstance(condition, Is):
        return {"item": condition.item, condition.operator: list(condition.values)}
    parts = [_content(part) for part in condition.parts]
    if isinstance(condition, AtLeast):
        return {"at_least": condition.count, "of": parts}
    return {"all" if isinstance(condition, AllOf) else "any": parts}


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
