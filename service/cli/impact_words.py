"""What a change of rules does, in words: the table and lists of `impact`, and the sentences that its page shares."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from service.ruleset.impact import Impact, Move
from service.triage.model import Level, RuleSet

LEVELS = tuple(sorted(Level, reverse=True))
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Report:
    """An impact, with the versions compared, where the responses come from, and those that could not be read."""

    old: RuleSet
    new: RuleSet
    drawn_from: str
    impact: Impact
    unreadable: tuple[str, ...]

    @property
    def title(self) -> str:
        """The two versions; their digests where the versions do not tell them apart."""
        old, new = self.old.version, self.new.version
        if old == new:
            old, new = (f"{one.version} (SHA-256 {one.digest[:12]}…)" for one in (self.old, self.new))
        return f"{self.old.id} {old} → {new}"

    @property
    def on(self) -> str:
        """How many responses, and from where."""
        return f"{_people(len(self.impact.shifts), 'response', 'responses')} {self.drawn_from}"


def in_words(report: Report) -> str:
    """The whole report as plain text for a terminal."""
    impact = report.impact
    lines = [f"{report.title}, on {report.on}", "", *_table(impact), "", summary(impact)]
    for heading, up in (("Moved down", False), ("Moved up", True)):
        lines += ["", heading]
        for move in impact.moves(up=up):
            lines += [_wrapped(move_in_words(move), "  "), _wrapped(", ".join(move.ids), "    ")]
        lines += [] if impact.moves(up=up) else ["  nobody"]
    for heading, told in sections(report):
        lines += ["", heading, *(_wrapped(line, "  ") for line in told)]
    if found := verdicts(report):
        lines += ["", *(text for _, text in found)]
    return "\n".join(lines) + "\n"


def summary(impact: Impact) -> str:
    """How many move each way."""
    down, up = (sum(len(move.ids) for move in impact.moves(up=way)) for way in (False, True))
    return f"{down} moved down, {up} moved up, {len(impact.shifts) - down - up} stayed at their level."


def move_in_words(move: Move) -> str:
    """From where to where, how many, by which criteria, and whether that is intended."""
    verb = "now raised by" if move.after > move.before else "no longer raised by"
    by = f", {verb} {', '.join(move.causes)}" if move.causes else ", by unanswered questions"
    if move.needs_a_reason:
        return f"{move.before.code} → {move.after.code}: {len(move.ids)}{by}. NOT INTENDED."
    reasons = " ".join(f"Intended ({change.words}): {change.reason}" for change in move.intended)
    return f"{move.before.code} → {move.after.code}: {len(move.ids)}{by}. {reasons}".strip()


def sections(report: Report) -> list[tuple[str, list[str]]]:
    """Everything beside the levels, each as a heading and its lines; what there is none of is left out."""
    impact = report.impact
    causes = [f"{name}: {_both(up, 'up', down, 'down')}" for name, (up, down) in impact.causes.items()]
    tests = [f"{name}: {_both(more, 'more', less, 'fewer')}" for name, (more, less) in impact.tests.items()]
    found = [
        ("Criteria responsible", causes),
        ("Status", list(_status(impact))),
        ("Recommended tests", tests),
        ("Answers that a version does not know, and did not read", list(_unread(report))),
        ("Intended changes that move nobody here", [f"{c.words}: {c.reason}" for c in impact.unneeded]),
        ("Responses that could not be read", list(report.unreadable)),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def verdicts(report: Report) -> list[tuple[bool, str]]:
    """What the change must not be taken with, each with True, as all of it makes the command fail."""
    found = []
    if lost := report.impact.lost:
        people = _people(lost, "response is", "responses are")
        remedy = "List the change under intended_changes in ruleset.yaml with its reason, or take it back."
        found.append((True, f"{people} moved down from emergency without being intended. {remedy}"))
    if report.unreadable:
        people = _people(len(report.unreadable), "response is", "responses are")
        found.append((True, f"{people} not counted, as nothing could be read."))
    return found


def table(impact: Impact) -> list[tuple[Level, list[int], int]]:
    """Each level before, how many of it are at each level after, and how many they are."""
    rows = [(before, [impact.levels[before, after] for after in LEVELS]) for before in LEVELS]
    return [(before, counts, sum(counts)) for before, counts in rows]


def totals(impact: Impact) -> list[int]:
    """How many are at each level after, and how many there are."""
    after = [sum(counts) for counts in zip(*(counts for _, counts, _ in table(impact)), strict=True)]
    return [*after, sum(after)]


def _table(impact: Impact) -> list[str]:
    rows = [["before ↓  after →", *(level.code for level in LEVELS), "all"]]
    rows += [[before.code, *map(str, counts), str(all_of_it)] for before, counts, all_of_it in table(impact)]
    rows += [["all", *map(str, totals(impact))]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]


def _status(impact: Impact) -> Iterable[str]:
    for to_final, told in ((True, "preliminary → final"), (False, "final → preliminary")):
        if ids := impact.status_changes(to_final=to_final):
            yield f"{told}: {len(ids)} ({', '.join(ids)})"


def _unread(report: Report) -> Iterable[str]:
    names = [rule_set.version for rule_set in (report.old, report.new)]
    for name, side, counted in zip(names, ("old", "new"), report.impact.unread, strict=True):
        if counted:
            told = ", ".join(f"{link_id} in {times}" for link_id, times in sorted(counted.items()))
            yield f"by the {side} version, {name}: {told}"


def _both(first: int, is_first: str, second: int, is_second: str) -> str:
    return ", ".join(f"{number} {told}" for number, told in ((first, is_first), (second, is_second)) if number)


def _people(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
