"""Print a constraints file that pins every dependency in pyproject.toml to the lower bound given there."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def lowest(dependencies: list[str]) -> list[str]:
    """`name==version` for each `name[extra]>=version…`; ValueError for a dependency without a lower bound."""
    pinned = []
    for dependency in dependencies:
        bound = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,-]+\])?>=([0-9.]+)(,.*)?", dependency)
        if bound is None:
            raise ValueError(f"no lower bound: {dependency}")
        pinned.append(f"{bound[1]}=={bound[2]}")
    return pinned


if __name__ == "__main__":
    print("\n".join(lowest(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"])))
