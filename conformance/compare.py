"""What of the judges' verdicts is not as it must be: pure comparison, and the two tables that explain what differs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from conformance.judges import Finding, Judged

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Known:
    """An error that a judge gives for our own output without being right; `*` in file and message is any text."""

    judge: str
    file: str
    message: str
    reason: str

    def covers(self, judge: str, found: Finding) -> bool:
        """Whether this is the error meant."""
        return judge == self.judge and fnmatchcase(found.file, self.file) and fnmatchcase(found.message, self.message)


@dataclass(frozen=True, slots=True)
class Difference:
    """Files of the corpora of which `who` says otherwise than we do, who is right, and by which sentence."""

    who: str
    says: str
    files: tuple[str, ...]
    right: str
    reason: str


Verdicts = Mapping[str, Mapping[str, str]]
"""For each file of the corpora, `valid` or `invalid` by each of those who say so; `us` is one of them."""


def load_known(path: Path = HERE / "known.toml") -> list[Known]:
    """The table of errors that are none."""
    return [Known(**entry) for entry in tomllib.loads(path.read_text("utf-8"))["known"]]


def load_differences(path: Path = HERE / "differences.toml") -> list[Difference]:
    """The table of verdicts that differ from ours."""
    entries = tomllib.loads(path.read_text("utf-8"))["difference"]
    return [Difference(**{**entry, "files": tuple(entry["files"])}) for entry in entries]


def unjudged(files: Iterable[str], judges: Mapping[str, Judged]) -> Iterator[str]:
    """Each file that a judge has left out."""
    for file in sorted(files):
        for judge, judged in judges.items():
            if file not in judged.files:
                yield f"{judge} has not judged {file}"


def errors_in_ours(judges: Mapping[str, Judged], known: Iterable[Known]) -> Iterator[str]:
    """Each error in what we made that is not known as none, and each entry of the table that is needed no more."""
    unused = list(known)
    table = tuple(unused)
    for judge, judged in judges.items():
        for found in judged.errors:
            if is_ours(found.file):
                covering = [entry for entry in table if entry.covers(judge, found)]
                unused = [entry for entry in unused if entry not in covering]
                if not covering:
                    yield f"{judge}: {found.file}: {found.path}: {found.message}"
    for entry in unused:
        yield f"known.toml: {entry.judge} no longer says “{entry.message}” of {entry.file}: remove the entry"


def unfound(files: Iterable[str], judges: Mapping[str, Judged]) -> Iterator[str]:
    """Each planted fault that no judge has found: a judge that finds nothing proves nothing."""
    found = {error.file for judged in judges.values() for error in judged.errors}
    for file in sorted(files):
        if is_planted(file) and file not in found:
            yield f"no judge finds the fault planted in {file}"


def unexplained(verdicts: Verdicts, differences: Iterable[Difference]) -> Iterator[str]:
    """Each verdict that differs from ours and is in no entry, and each file of an entry that does not differ so."""
    explained = [(entry.who, file, entry.says) for entry in differences for file in entry.files]
    differing = {
        (who, file, says)
        for file, said in verdicts.items()
        for who, says in said.items()
        if who != "us" and says != said["us"]
    }
    for who, file, says in sorted(differing - set(explained)):
        yield f"{file}: {who} says {says}, we do not, and differences.toml does not say why"
    for who, file, says in sorted(set(explained) - differing):
        yield f"differences.toml: {who} and we agree on {file}, which is said to be {says}: remove it there"
    for who, file, says in sorted({entry for entry in explained if explained.count(entry) > 1}):
        yield f"differences.toml: more than one entry explains that {who} says {says} of {file}"


def is_planted(file: str) -> bool:
    """Whether a fault was put into the file on purpose."""
    return "/ours/planted/" in file


def is_ours(file: str) -> bool:
    """Whether we made the file, and stand for it."""
    return not is_planted(file) and file.split("/")[1] in ("definitions", "ours")
