"""From files to the bindings that are served, or to every problem that they have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.problems import Kind, Problem
from service.ruleset.bindings.build import build
from service.ruleset.bindings.checks import check
from service.ruleset.bindings.checks.repeated_questionnaires import ACTIVE
from service.ruleset.bindings.draft import Draft
from service.ruleset.bindings.schema import shaped
from service.ruleset.checks import found_by
from service.ruleset.folder import RuleSetInvalid, in_order
from service.ruleset.positions import Sheet, read_sheet
from service.triage.binding import Binding
from service.triage.model import RuleSet

PAGE = "docs/writing-bindings.md"


@dataclass(frozen=True, slots=True)
class Read:
    """One file that could be read, and the binding in it when nothing is wrong with it."""

    draft: Draft
    binding: Binding | None


def load_bindings(path: Path | None, rule_sets: Sequence[RuleSet]) -> tuple[Binding, ...]:
    """The active bindings in a folder; RuleSetInvalid with the problems of all of its files when one has any."""
    read, problems = read_bindings(path, rule_sets) if path else ([], [])
    if problems:
        raise RuleSetInvalid(problems)
    return tuple(one.binding for one in read if one.binding and one.binding.status == ACTIVE)


def read_bindings(path: Path, rule_sets: Sequence[RuleSet]) -> tuple[list[Read], list[Problem]]:
    """Every binding in a folder, or that in one file, and every problem, sorted by file, line and column."""
    read: list[Read] = []
    problems: list[Problem] = []
    paths = binding_paths(path)
    if not paths:
        said = "The folder holds no binding." if path.is_dir() else "There is no such file or folder."
        problems += found_by("missing-file", [_about(path, said, f"Add one, written as {PAGE} says.")])
    for each in paths:
        content, sheet, found = _sheet(each)
        if sheet is not None:
            named = _rule_set(sheet, rule_sets)
            draft = Draft(sheet, named, tuple(rule_sets), tuple(one.draft.sheet for one in read))
            found = check(draft)
            digest = hashlib.sha256(content).hexdigest()
            read.append(Read(draft, None if found or named is None else build(draft, named, digest)))
        problems += found
    return read, in_order(problems)


def binding_paths(path: Path) -> list[Path]:
    """The YAML files in a folder, or the file itself."""
    if path.is_dir():
        return sorted(each for each in path.glob("*.y*ml") if each.is_file())
    return [path] if path.is_file() else []


def _sheet(path: Path) -> tuple[bytes, Sheet | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        gone = _about(path, f"Cannot be read: {error.strerror}.", "Let the service read it, or remove it.")
        return b"", None, found_by("missing-file", [gone])
    sheet, problems = read_sheet(_name(path), content, page=PAGE)
    if sheet is None:
        return content, None, found_by("unreadable", problems)
    shapely, problems = shaped(sheet)
    return content, shapely, found_by("shape", problems)


def _rule_set(sheet: Sheet, rule_sets: Iterable[RuleSet]) -> RuleSet | None:
    """The rule set that the binding names: the newest of its id when it names no version."""
    wanted = sheet.data["rules"]
    named = (one for one in rule_sets if one.id == wanted["id"])
    return next((one for one in named if wanted.get("version", one.version) == one.version), None)


def _about(path: Path, message: str, remedy: str) -> Problem:
    return Problem(Kind.NOT_FOUND, f"{_name(path)}:1:1", message, remedy)


def _name(path: Path) -> str:
    return f"{path.resolve().parent.name}/{path.name}"
