"""Finds the values of a kind in the files of a rule set, by patterns such as `*/tests/*/test`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from service.ruleset.positions import Path, Sheet

Sheets = Mapping[str, Sheet]
"""The files that could be read and have the right shape, by their name within the folder."""

KEYS = "@"
"""The end of a pattern that means the keys of the mapping, not its values."""


def find(sheets: Sheets, files: str, pattern: str) -> Iterator[tuple[Sheet, Path, Any]]:
    """Every value that the pattern reaches in the files; `*` is any index or key. What is left out is passed over."""
    for name in sorted(sheets):
        if fnmatchcase(name, files):
            sheet = sheets[name]
            for path, value in _reach(sheet.data, tuple(pattern.split("/")), ()):
                yield sheet, path, value


def _reach(data: Any, steps: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    if not steps or steps == ("",):
        yield path, data
    elif steps[0] == KEYS:
        yield from (((*path, key), key) for key in data)
    elif steps[0] == "*":
        for key, below in enumerate(data) if isinstance(data, list) else data.items():
            yield from _reach(below, steps[1:], (*path, key))
    elif isinstance(data, dict) and steps[0] in data:
        yield from _reach(data[steps[0]], steps[1:], (*path, steps[0]))
