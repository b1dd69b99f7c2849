"""The lists that the image is built from: complete, held to hashes, and of this pyproject.toml."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from deploying.conftest import ROOT, run

LOCK = ROOT / "deploy/lock"
COMPILE = ("--quiet", "--generate-hashes", "--no-annotate", "--python-version", "3.12")
LINUX = ("--python-platform", "x86_64-unknown-linux-gnu")
(EXTRAS,) = (
    found.split() for found in re.findall(r"^IMAGE_EXTRAS :=(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
)
LISTS = {"service.txt": ROOT / "pyproject.toml", "build.txt": LOCK / "build.in"}


def pinned(name: str) -> dict[str, str]:
    """Name and version of all that a list holds."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (LOCK / name).read_text("utf-8"), re.M))


@pytest.mark.parametrize("name", LISTS)
def test_each_package_is_held_to_a_version_and_hashes(name: str) -> None:
    entries = re.split(r"^(?=\S)", (LOCK / name).read_text("utf-8"), flags=re.M)
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert len(packages) == len(pinned(name)) > 0
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in packages)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_all_that_is_asked_for_within_its_bounds(name: str, tmp_path: Path) -> None:
    """Made again with the versions that it has: nothing is added, left out or changed, or `make lock` is due."""
    shutil.copy(LOCK / name, tmp_path / name)
    extras = [word for extra in EXTRAS for word in ("--extra", extra)] if name == "service.txt" else []
    code, said = run("uv", "pip", "compile", *COMPILE, *LINUX, *extras, LISTS[name], "--output-file", tmp_path / name)
    assert code == 0, said
    again = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (tmp_path / name).read_text("utf-8"), re.M))
    assert again == pinned(name), "make lock"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("name", LISTS)
def test_each_machine_finds_all_of_it_built_already(name: str, machine: str, tmp_path: Path) -> None:
    asked = ("--python-version", "3.12", "--python-platform", f"{machine}-unknown-linux-gnu", "--target", tmp_path)
    only = ("--dry-run", "--require-hashes", "--only-binary", ":all:", "--requirements", LOCK / name)
    code, said = run("uv", "pip", "install", *asked, *only)
    assert code == 0, said
    assert f"Would install {len(pinned(name))} packages" in said or "Would install 1 package" in said
