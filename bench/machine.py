"""What was measured and on what: the commit, the machine, and the versions of all that takes part."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.processes import ROOT

PACKAGES = ("flask", "gunicorn", "granian", "fhir.resources", "pydantic", "orjson", "msgspec", "regopy")
COMMANDS = {"java": ["java", "-version"], "node": ["node", "--version"], "wrk": ["wrk", "--version"]}


def commit() -> str:
    """The commit that is checked out, and whether anything but the results differs from it."""
    said = _said(["git", "rev-parse", "--short", "HEAD"])
    changed = _said(["git", "status", "--porcelain", "--", "service", "rules", "bench", "pyproject.toml"])
    return said + (" and changes" if changed else "")


def machine() -> dict[str, str]:
    """The machine, its load before anything was measured, and versions."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    about = {
        "processor": model[0].partition(":")[2].strip() if model else platform.processor(),
        "cores": str(os.cpu_count()),
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            about[name] = version(name)
        except PackageNotFoundError:
            continue
    return about | {name: _said(command) for name, command in COMMANDS.items() if shutil.which(command[0])}


def _said(command: list[str]) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (ran.stdout + ran.stderr).strip().splitlines()
    return lines[0].strip() if lines else ""
