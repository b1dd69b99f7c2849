"""The chart of a change of rules: levels before on the left, levels after on the right, and bands of people between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.cli.impact_words import LEVELS
from service.triage.model import Level

WIDTH, HEIGHT, GAP, BAR, MARGIN = 960, 420, 26, 18, 190
THINNEST = 3.0
"""A band is never so thin that one person among thousands could not be seen."""

Counts = Mapping[tuple[Level, Level], int]


@dataclass(frozen=True, slots=True)
class Band:
    """People who go from one level to another: its middle on each side, and its height."""

    before: Level
    after: Level
    count: int
    left: float
    right: float
    height: float


def chart(counts: Counts) -> str:
    """The chart as SVG, with a title and a description for those who do not see it."""
    heights = {pair: max(THINNEST, HEIGHT * n / sum(counts.values())) for pair, n in counts.items() if n}
    left, right = (
        _tops([sum(h for pair, h in heights.items() if pair[side] is one) for one in LEVELS]) for side in (0, 1)
    )
    bands = _bands(counts, heights, left, right)
    bars = [*_bars(counts, heights, left, side=0), *_bars(counts, heights, right, side=1)]
    bottom = max([*(b.left + b.height / 2 for b in bands), *(b.right + b.height / 2 for b in bands), HEIGHT / 2])
    drawn = "\n".join([*(_path(band) for band in sorted(bands, key=lambda b: b.before is not b.after)), *bars])
    told = "; ".join(f"{b.count} from {b.before.code} to {b.after.code}" for b in bands) or "no responses"
    return (
        f'<svg viewBox="0 0 {WIDTH} {bottom + GAP:.0f}" role="img" aria-labelledby="chart-title chart-told">\n'
        f'<title id="chart-title">Levels before and after</title>\n'
        f'<desc id="chart-told">{told}.</desc>\n{drawn}\n</svg>'
    )


def _tops(heights: list[float]) -> dict[Level, float]:
    """Where the bar of each level begins."""
    tops, top = {}, GAP / 2
    for level, height in zip(LEVELS, heights, strict=True):
        tops[level] = top
        top += height + GAP
    return tops


def _bands(
    counts: Counts, heights: Mapping[tuple[Level, Level], float], left: dict[Level, float], right: dict[Level, float]
) -> list[Band]:
    """The bands in the order of the levels, so that those of one bar do not cross each other on it."""
    on_left, on_right = dict(left), dict(right)
    bands = []
    for pair in ((before, after) for before in LEVELS for after in LEVELS):
        if height := heights.get(pair):
            before, after = pair
            middles = on_left[before] + height / 2, on_right[after] + height / 2
            bands.append(Band(before, after, counts[pair], *middles, height))
            on_left[before] += height
            on_right[after] += height
    return bands


def _path(band: Band) -> str:
    start, end, middle = MARGIN + BAR, WIDTH - MARGIN - BAR, WIDTH / 2
    way = "" if band.before is band.after else " up" if band.after > band.before else " down"
    line = f"M{start} {band.left:.1f}C{middle} {band.left:.1f} {middle} {band.right:.1f} {end} {band.right:.1f}"
    told = f"{band.before.code} → {band.after.code}: {band.count}"
    return f'<path class="flow{way}" stroke-width="{band.height:.1f}" d="{line}"><title>{told}</title></path>'


def _bars(
    counts: Counts, heights: Mapping[tuple[Level, Level], float], tops: dict[Level, float], *, side: int
) -> list[str]:
    """The bars of one side with their names and numbers beside them."""
    x, text_x, anchor = [(MARGIN, MARGIN - 10, "end"), (WIDTH - MARGIN - BAR, WIDTH - MARGIN + 10, "start")][side]
    drawn = []
    for level in LEVELS:
        height = sum(h for pair, h in heights.items() if pair[side] is level)
        count = sum(n for pair, n in counts.items() if pair[side] is level)
        y = tops[level] + height / 2 + 5
        drawn.append(
            f'<rect class="node-{level.code}" x="{x}" y="{tops[level]:.1f}" '
            f'width="{BAR}" height="{max(height, 1):.1f}"/>'
            f'<text x="{text_x}" y="{y:.1f}" text-anchor="{anchor}">{level.code} '
            f'<tspan class="count">{count}</tspan></text>'
        )
    return drawn
