"""Measure and write: `python -m bench [--only SECTION,…] [--quick] [--every-pair] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import cost, engines, flame, growth, parts, plots
from bench.machine import commit, machine
from bench.processes import ROOT
from bench.tables import quoted, tables, target_table

SECTIONS = ("parts", "start", "cost", "engines", "growth", "flame")


def main() -> int:
    """Measure the sections asked for; results of the other ones are kept as they were. 1 when one failed."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    kept = asked.out / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {"commits": {}}
    if asked.only:
        results["machine"] = machine()
    failed = False
    for name in asked.only:
        print(f"{name} …", file=sys.stderr)
        try:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                results[name] = _measured(name, Path(folder), asked)
        except (RuntimeError, OSError) as error:
            print(f"{name} failed: {error}", file=sys.stderr)
            failed = True
            continue
        results["commits"][name] = commit() + (", quick" if asked.quick else "")
        kept.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _write(results, asked.out)
    print(target_table(results))
    return int(failed)


def _measured(name: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    quick = asked.quick
    effort = cost.Effort(seconds=2 if quick else 3, rounds=3 if quick else 5, every_pair=asked.every_pair)
    effort = replace(effort, usual_only=asked.usual_only)
    if name == "parts":
        return parts.parts(rounds=15 if quick else 51)
    if name == "start":
        return cost.start(folder)
    if name == "cost":
        return cost.cost(folder, effort)
    if name == "engines":
        return engines.engines(folder, rounds=4 if quick else 12, seconds=1 if quick else 2)
    if name == "flame":
        return flame.flame(folder, asked.out / "flame.svg", seconds=8 if quick else 20)
    grown = {
        "items": growth.by_items(rounds=5 if quick else 15),
        "criteria": growth.by_criteria(rounds=5 if quick else 15),
        "workers": growth.by_workers(folder, effort),
    }
    plots.plots(grown, asked.out)
    return grown


def _write(results: dict[str, Any], folder: Path) -> None:
    """The tables, and those that the page beside the folder quotes, each between two comments."""
    (folder / "tables.md").write_text(tables(results), encoding="utf-8")
    page = folder.with_suffix(".md")
    if page.exists():
        page.write_text(quoted(page.read_text("utf-8"), results), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the service and its peers.")
    sections = f"some of {', '.join(SECTIONS)}; none measures nothing and writes the tables anew"
    parser.add_argument("--only", default=",".join(SECTIONS), type=_sections, help=sections)
    parser.add_argument("--quick", action="store_true", help="short runs, for a look; the results say that they were")
    parser.add_argument("--every-pair", action="store_true", help="every size at every number of connections")
    parser.add_argument("--usual-only", action="store_true", help="40 items at 16 connections and nothing else")
    parser.add_argument("--out", default=ROOT / "docs/performance", type=Path, help="where results are written")
    return parser.parse_args()


def _sections(given: str) -> list[str]:
    names = [] if given == "none" else given.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there is {', '.join(SECTIONS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
