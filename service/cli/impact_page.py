"""What a change of rules does, as one HTML page that needs nothing from anywhere else."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from service.cli.impact_chart import chart
from service.cli.impact_words import LEVELS, Report, sections, summary, table, totals, verdicts
from service.ruleset.impact import Impact, Move
from service.triage.model import Level

TEMPLATE = Path(__file__).with_name("impact_page.html")
SHOWN = 5
"""So many responses are named at once; more of them are folded away."""


def page(report: Report) -> str:
    """The report as HTML; every text of rules and responses is escaped."""
    impact = report.impact
    filled = {
        "title": escape(report.title),
        "on": escape(report.on),
        "verdicts": "\n".join(f'<p class="verdict bad">{escape(text)}</p>' for _, text in verdicts(report))
        or '<p class="verdict">Nobody is moved down from emergency without being intended.</p>',
        "summary": escape(summary(impact)),
        "chart": chart(impact.levels),
        "table": _table(impact),
        "down": _moves(impact.moves(up=False), heading="Moved down"),
        "up": _moves(impact.moves(up=True), heading="Moved up"),
        "sections": "\n".join(_section(heading, lines) for heading, lines in sections(report)),
        "old": escape(report.old.version),
        "new": escape(report.new.version),
        "old_digest": escape(report.old.digest),
        "new_digest": escape(report.new.digest),
    }
    return Template(TEMPLATE.read_text("utf-8")).substitute(filled)


def _table(impact: Impact) -> str:
    heads = "".join(f'<th scope="col">{_tag(level)}</th>' for level in LEVELS)
    rows = []
    for before, counts, all_of_it in table(impact):
        cells = "".join(_cell(before, after, count) for after, count in zip(LEVELS, counts, strict=True))
        rows.append(f'<tr><th scope="row">{_tag(before)}</th>{cells}<td>{all_of_it}</td></tr>')
    sums = "".join(f"<td>{number}</td>" for number in totals(impact))
    return (
        f'<thead><tr><th scope="col">before ↓ after →</th>{heads}<th scope="col">all</th></tr></thead>\n'
        f'<tbody>\n{chr(10).join(rows)}\n</tbody>\n<tfoot><tr><th scope="row">all</th>{sums}</tr></tfoot>'
    )


def _cell(before: Level, after: Level, count: int) -> str:
    kind = "none" if not count else "same" if before is after else "up" if after > before else "down"
    told = {"up": " ↑", "down": " ↓"}.get(kind, "")
    return f'<td class="{kind}">{count}{told}</td>'


def _moves(moves: tuple[Move, ...], *, heading: str) -> str:
    if not moves:
        return "<p>Nobody.</p>"
    heads = "".join(f'<th scope="col">{head}</th>' for head in _COLUMNS)
    rows = "\n".join(_move(move) for move in moves)
    table = f'<table class="words"><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{heading}">{table}</div>'


_COLUMNS = ("From", "To", "Number", "Criteria", "Intended", "Responses")


def _move(move: Move) -> str:
    ids = f'<span class="ids">{escape(", ".join(move.ids))}</span>'
    if len(move.ids) > SHOWN:
        ids = f"<details><summary>{len(move.ids)} responses</summary>{ids}</details>"
    causes = escape(", ".join(move.causes)) or "unanswered questions"
    cells = [_tag(move.before), _tag(move.after), str(len(move.ids)), causes, _intended(move), ids]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _intended(move: Move) -> str:
    if move.needs_a_reason:
        return '<span class="alarm">Not intended</span>'
    if move.after > move.before:
        return "needs no reason"
    return "<br>".join(f"{escape(change.words)}: {escape(change.reason)}" for change in move.intended) or "not declared"


def _section(heading: str, lines: list[str]) -> str:
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(heading)}</h2>\n<ul>{told}</ul>"


def _tag(level: Level) -> str:
    return f'<span class="tag {level.code}">{level.code}</span>'
