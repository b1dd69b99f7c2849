"""The plots of growth, as SVG that is the same for the same results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot

Rows = list[dict[str, Any]]


def plots(growth: dict[str, Rows], folder: Path) -> None:
    """One plot for items, one for criteria, one for workers."""
    mpl.rcParams["svg.hashsalt"] = "numbness-triage"
    _lines(
        growth["items"],
        "items",
        {"triage_us": "triage", "orjson_us": "orjson.loads of the same body"},
        folder / "growth-items.svg",
    )
    _lines(
        growth["criteria"],
        "criteria",
        {"triage_us": "triage", "decide_us": "decide alone"},
        folder / "growth-criteria.svg",
    )
    _workers(growth["workers"], folder / "growth-workers.svg")


def _lines(rows: Rows, along: str, lines: dict[str, str], target: Path) -> None:
    """Processor time against size, both logarithmic, so that a straight line of slope 1 is in proportion."""
    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    for key, label in lines.items():
        sizes, found = [row[along] for row in rows], [row[key] for row in rows]
        axes.plot(sizes, [one["median"] for one in found], marker="o", label=label)
        axes.fill_between(sizes, [one["low"] for one in found], [one["high"] for one in found], alpha=0.2)
    axes.set(xscale="log", yscale="log", xlabel=along, ylabel="processor time in µs")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    _save(figure, target)


def _workers(rows: Rows, target: Path) -> None:
    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    for place, name in enumerate(("ours", "echo")):
        found = [row[f"{name}_against_one"] for row in rows]
        heights = [one["median"] for one in found]
        errors = [[one["median"] - one["low"] for one in found], [one["high"] - one["median"] for one in found]]
        places = [number + place * 0.35 for number in range(len(rows))]
        axes.bar(places, heights, width=0.33, yerr=errors, capsize=4, label=name)
    axes.set(xticks=[number + 0.175 for number in range(len(rows))], ylabel="requests a second, one worker = 1")
    axes.set_xticklabels([f"{row['workers']} worker{'s' if row['workers'] > 1 else ''}" for row in rows])
    axes.legend()
    _save(figure, target)


def _save(figure: Any, target: Path) -> None:
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})
    pyplot.close(figure)
    text = target.read_text("utf-8")
    target.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8")
