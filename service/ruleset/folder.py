"""Reads the folder of a rule set: every file strictly, every shape checked, every problem kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.problems import Kind, Problem
from service.ruleset.checks import check, found_by
from service.ruleset.known import Known, known_in
from service.ruleset.lock import LOCK
from service.ruleset.places import Sheets
from service.ruleset.positions import Sheet, read_sheet
from service.ruleset.schema import SHAPES, shaped
from service.ruleset.shapes import LEVELS

CASES = "cases.yaml"
WEIGHTS = "weights.yaml"
VIGNETTES = "vignettes.yaml"
CRITERIA_FILES = tuple(f"criteria/{level}.yaml" for level in LEVELS)
BESIDE = (CASES, WEIGHTS, VIGNETTES, LOCK, "criteria")
RULE_FILES = (*(name for name in SHAPES if name not in BESIDE), *CRITERIA_FILES)


class RuleSetInvalid(Exception):  # noqa: N818 - named for what it says of the rule set
    """Raised when a rule set cannot be used; carries every problem found, sorted by file, line and column."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(in_order(problems))
        super().__init__("\n".join(problem.text for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files of a rule set say, what they define, and the digest of the rule files."""

    sheets: Sheets
    known: Known
    digest: str
    problems: tuple[Problem, ...]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file, line and column, each once."""

    def key(problem: Problem) -> tuple[str, int, int, str]:
        file, line, column = problem.where.rsplit(":", 2)
        return file, int(line), int(column), problem.message

    return sorted(dict.fromkeys(problems), key=key)


def read_folder(folder: Path, *, cases: bool) -> Contents:
    """Everything in the folder, with or without its cases and its lock, and every problem that it has."""
    if not folder.is_dir():
        gone = Problem(
            Kind.NOT_FOUND, f"{folder.name}:1:1", "There is no such folder.", "Name the folder of a rule set."
        )
        return Contents({}, known_in({}, frozenset()), "", tuple(found_by("no-folder", [gone])))
    names = _names(folder) if cases else RULE_FILES
    problems = found_by("stray-file", _strangers(folder))
    contents: dict[str, bytes] = {}
    sheets: dict[str, Sheet] = {}
    for name in names:
        content, sheet, found = _read(folder, name)
        problems += found
        if content is not None:
            contents[name] = content
        if sheet is not None:
            sheets[name] = sheet
    known = known_in(sheets, frozenset(names) - frozenset(sheets))
    problems += check(sheets, known)
    return Contents(sheets, known, _digest(contents), tuple(in_order(problems)))


def digest_now(folder: Path) -> str:
    """The digest of the rule files as they stand in the folder at this moment."""
    if not folder.is_dir():
        return ""
    return _digest({name: (folder / name).read_bytes() for name in RULE_FILES if (folder / name).is_file()})


def _names(folder: Path) -> tuple[str, ...]:
    """All the files of a rule set; a draft may have no lock."""
    return (*RULE_FILES, CASES, LOCK) if (folder / LOCK).exists() else (*RULE_FILES, CASES)


def read_file(folder: Path, name: str) -> tuple[Sheet | None, list[Problem]]:
    """One file of the folder, or what is wrong with it."""
    _, sheet, problems = _read(folder, name)
    return sheet, problems


def _read(folder: Path, name: str) -> tuple[bytes | None, Sheet | None, list[Problem]]:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        said = "The file is missing." if isinstance(error, FileNotFoundError) else f"Cannot be read: {error.strerror}."
        gone = _about(folder, name, said, "Add it, and fill it as docs/writing-rules.md says.")
        return None, None, found_by("missing-file", [gone])
    sheet, problems = read_sheet(f"{_root(folder)}/{name}", content)
    if sheet is None:
        return content, None, found_by("unreadable", problems)
    shapely, problems = shaped(name, sheet)
    return content, shapely, found_by("shape", problems)


def _strangers(folder: Path) -> list[Problem]:
    """YAML files that no one reads: most likely a misspelt name."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*.y*ml") if path.is_file()]
    found = [name for name in found if not name.startswith(".")]  # Kubernetes keeps what it mounts in ..data
    known = {*RULE_FILES, CASES, WEIGHTS, VIGNETTES}
    remedy = f"Rename it to one of: {', '.join(sorted(known))}; or remove it."
    return [_about(folder, name, "This file belongs to no rule set.", remedy) for name in found if name not in known]


def _about(folder: Path, name: str, message: str, remedy: str) -> Problem:
    return Problem(Kind.NOT_FOUND, f"{_root(folder)}/{name}:1:1", message, remedy)


def _root(folder: Path) -> str:
    return folder.resolve().name


def _digest(contents: Mapping[str, bytes]) -> str:
    """SHA-256 over names and bytes of the rule files, each preceded by its length, so that none runs into the next."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        if name not in (CASES, LOCK):
            for part in (name.encode(), contents[name]):
                digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
