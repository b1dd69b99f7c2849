"""What Node's engines are given, and how they are started."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench import doors
from bench.peers import built
from bench.peers.cqf import cql, generate
from bench.peers.node import fhirpath


def fhirpath_command(folder: Path) -> list[str]:
    """The process that evaluates FHIRPath."""
    return _command("fhirpath", fhirpath.write(folder))


def cql_command(folder: Path, java: list[str]) -> list[str]:
    """The process that evaluates the same CQL as cqf's, translated to ELM by its translator."""
    generate.write(folder)
    elm = folder / "elm.json"
    subprocess.run([*java, "bench.Elm", str(folder / f"{cql.NAME}.cql"), str(elm)], check=True, capture_output=True)
    rules = doors.rule_set()
    given = {
        "elm": json.loads(elm.read_text("utf-8")),
        "floor": rules.open_floor.code,
        "criteria": [{"id": one.id, "level": one.level.code} for one in rules.criteria],
    }
    path = folder / "cql.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return _command("cql", path)


def _command(engine: str, path: Path) -> list[str]:
    return ["node", str(built.NODE / "window.mjs"), engine, str(path)]
