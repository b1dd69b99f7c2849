"""Where the peers that are not Python are built, and why one of them cannot be."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
CQF, NODE = HERE / "cqf", HERE / "node"
JAR = CQF / "target/bench-cqf-1.jar"
CLASSES = f"{JAR}:{CQF}/target/lib/*"


def without_cqf() -> str:
    """Builds cqf's peer if need be; why that cannot be done, or nothing."""
    if not (shutil.which("java") and shutil.which("mvn")):
        return "java 17 and mvn are not installed"
    sources = [CQF / "pom.xml", *CQF.glob("src/**/*.java")]
    if not JAR.exists() or JAR.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        return _failure(["mvn", "-q", "-B", "package"], CQF)
    return ""


def without_node() -> str:
    """Installs the packages of Node's peers if need be; why that cannot be done, or nothing."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node 20 and npm are not installed"
    if not (NODE / "node_modules/fhirpath").exists():
        return _failure(["npm", "ci", "--no-audit", "--no-fund"], NODE)
    return ""


def without_rego() -> str:
    """Why there is no engine for Rego, or nothing."""
    return "" if importlib.util.find_spec("regopy") else "regopy is not installed"


def _failure(command: list[str], folder: Path) -> str:
    """Runs a command; the end of what it said when it failed."""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).strip()[-300:] or "it failed and said nothing" if ran.returncode else ""
