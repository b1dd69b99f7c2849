"""The two judges as programs: each is given the folder, and its lines become findings."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CLASSES = HERE / "hapi/target"
RELEASES = ("R4", "R4B", "R5")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a judge says of a place in a file."""

    file: str
    severity: str
    path: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether the file is invalid for it."""
        return self.severity in ("error", "fatal")


@dataclass(frozen=True, slots=True)
class Judged:
    """The files that a judge has judged, and what it found."""

    files: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """The findings by which a file is invalid."""
        return [finding for finding in self.findings if finding.is_error]


def hapi(folder: Path) -> Judged:
    """What HL7's validator says, inside HAPI FHIR: one process for all files."""
    classpath = f"{CLASSES / 'classes'}:{(CLASSES / 'classpath').read_text('utf-8').strip()}"
    return read_lines(_run(["java", "-Xmx3g", "-cp", classpath, "Judge", str(folder)]))


def medplum(folder: Path) -> Judged:
    """What Medplum says, after `hapi` has left the definitions that it lacks: one process for each release."""
    command = ["node", str(HERE / "medplum/judge.mjs"), str(folder)]
    return read_lines("".join(_run([*command, release]) for release in RELEASES))


def read_lines(text: str) -> Judged:
    """Lines of file, severity, place and message, as both judges print them."""
    rows = [Finding(*line.split("\t")) for line in text.splitlines()]
    files = frozenset(row.file for row in rows if row.severity == "judged")
    return Judged(files, tuple(row for row in rows if row.severity != "judged"))


def _run(command: list[str]) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if ran.returncode:
        sys.exit(f"{command[0]} failed: {ran.stderr[-2000:]}")
    return ran.stdout
