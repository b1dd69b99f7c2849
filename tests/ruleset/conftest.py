"""The tiny rule set, whole or with one file replaced."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TINY = Path(__file__).parent / "tiny"


@pytest.fixture
def tiny() -> Path:
    return TINY


@pytest.fixture
def tiny_with(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the tiny rule set in which the named files have other bytes; None removes a file."""

    def make(files: dict[str, str | bytes | None]) -> Path:
        folder = tmp_path / "tiny"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TINY, folder)
        for name, content in files.items():
            path = folder / name
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return make
