"""The hazard log: what could harm a person, what is done against it, and what is left to the hospital."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOG = Path(__file__).parent / "hazards.toml"

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
RISKS = (
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (2, 2, 3, 3, 4),
    (2, 3, 3, 4, 5),
    (3, 4, 4, 5, 5),
)
"""Risk by likelihood and severity, 1 to 5: the matrix usual with DCB0129. From 4 on a risk is not acceptable."""

NOT_ACCEPTABLE = 4


@dataclass(frozen=True, slots=True)
class Control:
    """What is done against a hazard, the test that shows it (path::name), and the live check that does, if one can."""

    does: str
    test: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard. Likelihoods are judged without and with the controls; `left` is what only the hospital can do."""

    id: str
    title: str
    harm: str
    causes: str
    severity: str
    before: str
    after: str
    controls: tuple[Control, ...]
    left: str

    def risk(self, likelihood: str) -> int:
        """The risk at a likelihood."""
        return RISKS[LIKELIHOODS.index(likelihood)][SEVERITIES.index(self.severity)]

    @property
    def acceptable(self) -> bool:
        """Whether the controls of the service alone make the risk acceptable; otherwise the hospital's own must."""
        return self.risk(self.after) < NOT_ACCEPTABLE


def hazards() -> tuple[Hazard, ...]:
    """The log, in its order."""
    listed: list[dict[str, Any]] = _read()["hazard"]
    return tuple(
        Hazard(**{**one, "controls": tuple(Control(**control) for control in one["controls"])}) for one in listed
    )


def _read() -> dict[str, Any]:
    return tomllib.loads(LOG.read_text("utf-8"))


def document(log: tuple[Hazard, ...]) -> str:
    """The log as Markdown."""
    return (
        "\n".join([_read()["introduction"].strip(), "", *_table(log), *(line for one in log for line in _section(one))])
        + "\n"
    )


def _table(log: tuple[Hazard, ...]) -> Iterator[str]:
    yield "| hazard | | severity | likelihood before → after | risk before → after |"
    yield "|---|---|---|---|---|"
    for one in log:
        before, after = one.risk(one.before), one.risk(one.after)
        anchor = f"[{one.id}](#{one.id.lower()})"
        yield f"| {anchor} | {one.title} | {one.severity} | {one.before} → {one.after} | {before} → {after} |"


def _section(one: Hazard) -> Iterator[str]:
    yield from ("", f"## {one.id}", f"**{one.title}**", "", f"- Harm: {one.harm}", f"- Causes: {one.causes}")
    yield "- Controls:"
    for control in one.controls:
        live = f"; live: `{control.check}`" if control.check else ""
        yield f"  - {control.does} Shown by `{control.test}`{live}."
    yield f"- Left to the hospital: {one.left}"
    if not one.acceptable:
        yield "- **Not acceptable by these controls alone: what is left to the hospital must be in place.**"
