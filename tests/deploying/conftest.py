"""The tools that look at deploy/, and the chart rendered with each example of values."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
VARIANTS = sorted((ROOT / "deploy/helm/variants").glob("*.yaml"))
DEBIAN = "deploy/debian_tools.sh"
MADE_BY = {"checkov": "make .venv-checkov/installed", "docker-compose": DEBIAN, "promtool": DEBIAN}


def tool(name: str) -> Path:
    """Where a tool is. It fails, rather than skips, when there is none: nobody would see that nothing was looked at."""
    places = (ROOT / ".venv-deploy/bin" / name, ROOT / ".venv-checkov/bin" / name, shutil.which(name))
    found = next((Path(place) for place in places if place and Path(place).exists()), None)
    assert found, f"{name} is needed for this test: {MADE_BY.get(name, 'make .venv-deploy/installed')}"
    return found


def run(name: str, *arguments: str | Path) -> tuple[int, str]:
    """Exit code and all that a tool said."""
    command = [tool(name), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the manifests of each example of values."""
    folder = tmp_path_factory.mktemp("manifests")
    code, said = run("python", "deploy/render.py", folder)
    assert code == 0, said
    assert sorted(file.name for file in folder.iterdir()) == [file.name for file in VARIANTS]
    return folder


@pytest.fixture
def render(tmp_path: Path) -> Callable[[Any], tuple[int, str, dict[str, Any]]]:
    """Renders values of a test: exit code, what was said, and the objects by kind."""

    def do(values: Any) -> tuple[int, str, dict[str, Any]]:
        file = tmp_path / "values.yaml"
        file.write_text(yaml.safe_dump(values), "utf-8")
        code, said = run("python", "deploy/render.py", tmp_path / "out", file)
        return code, said, objects(tmp_path / "out" / file.name) if code == 0 else {}

    return do


def objects(file: Path) -> dict[str, Any]:
    """The objects of a file of manifests by kind; of ConfigMaps, by kind and name."""
    found = [one for one in yaml.safe_load_all(file.read_text("utf-8")) if one]
    named = {(f"ConfigMap {x['metadata']['name']}" if x["kind"] == "ConfigMap" else x["kind"]): x for x in found}
    assert len(named) == len(found)
    return named
