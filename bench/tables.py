"""The results as Markdown: targets first, then a table for each section."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.targets import TARGETS

Results = dict[str, Any]


def tables(results: Results) -> str:
    """Every table for which there are results."""
    sections = [
        ("Targets", target_table(results)),
        *((title, make(results[name])) for name, title, make in SECTIONS if name in results),
        ("What was measured on what", _measured(results)),
    ]
    head = "# Tables\n\nMade by `make bench`; medians, with the least and the most in brackets.\n"
    return head + "".join(f"\n## {title}\n{text}\n" for title, text in sections)


def target_table(results: Results) -> str:
    """Wanted beside measured; what was not measured is left out."""
    rows = []
    for target in TARGETS:
        try:
            found = target.found(results)
        except KeyError:
            continue
        wanted = f"{'≥' if target.least else '≤'} {target.bound:g} {target.unit}"
        rows.append(
            [target.what, wanted, f"{_spread(found)} {target.unit}", "yes" if target.met(found["median"]) else "no"]
        )
    return _table(["target", "wanted", "measured", "met"], rows)


def quoted(page: str, results: Results) -> str:
    """The page with each table that it quotes made anew: what stands between `<!-- begin: NAME -->` and its end."""
    quotable = {
        "targets": target_table,
        **{name: lambda all_, n=name, m=make: m(all_[n]) for name, _, make in SECTIONS},
    }
    for name, make in quotable.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        if begin in page and (name == "targets" or name in results):
            before, _, rest = page.partition(begin)
            page = f"{before}{begin}\n{make(results)}\n{end}{rest.partition(end)[2]}"
    return page


def _parts(parts: Results) -> str:
    shares = parts["shares"]
    rows = [
        [name, _spread(found), f"{shares[name]['median']:.0%}" if name in shares else ""]
        for name, found in parts["microseconds"].items()
    ]
    said = (
        f"Processor time, with {parts['criteria']} criteria; shares of the whole without an explanation, of which "
        f"{parts['rest']['median']:.0%} is none of these parts.\n"
        f"The body has {parts['body_bytes']} bytes, the answer {parts['answer_bytes']}, "
        f"the small answer {parts['small_answer_bytes']}."
    )
    return said + "\n\n" + _table(["part", "µs", "share"], rows)


def _start(start: Results) -> str:
    return _table(["start to first answer", "s"], [[name, _spread(found)] for name, found in start.items()])


def _cost(cost: Results) -> str:
    rows, ratios = [], []
    for cell in cost["cells"]:
        where = [f"{cell['items']}", f"{cell['connections']}"]
        for name, found in cell["variants"].items():
            rows.append(
                [*where, name, *(_spread(found[key]) for key in ("per_second", "p50_ms", "p99_ms")), _cpu(found)]
            )
        for name, found in cell["ratios"].items():
            ratios.append(
                [*where, name, *(_spread(found[key]) for key in ("per_second", "p50_ms", "p99_ms", "cpu_us"))]
            )
    head = ["items", "connections", "server", "requests/s", "p50 ms", "p99 ms", "CPU ms a request"]
    compared = ["items", "connections", "ratio", "requests/s", "p50", "p99", "CPU"]
    memory = [[name, *(f"{mb:.0f}" for mb in found.values())] for name, found in cost["memory_mb"].items()]
    held = ["memory in MB after the load", "worker, resident", "worker, its share", "all processes"]
    answers = ", ".join(f"{name}: {size}" for name, size in cost["answers"].items())
    parts = [_table(head, rows), _table(compared, ratios), _table(held, memory), f"Bytes of the answers: {answers}."]
    return "\n\n".join(parts)


def _cpu(found: Results) -> str:
    return _spread({key: value / 1e3 for key, value in found["cpu_us"].items() if key != "rounds"})


def _engines(engines: Results) -> str:
    rows = [
        [
            name,
            _spread(found),
            *(_spread(engines[key][name]) for key in ("cpu_ms", "ours_is_faster", "ours_is_cheaper")),
        ]
        for name, found in engines["per_second"].items()
    ]
    timed = _table(["engine", "operations/s", "CPU ms", "ours is faster, x", "ours needs less CPU, x"], rows)
    judged = [
        [name, kind, found["responses"], found["same_level"], found["same_criteria"]]
        for name, kinds in engines["fidelity"].items()
        for kind, found in kinds.items()
    ]
    same = _table(["engine", "responses", "how many", "same level as ours", "same criteria"], judged)
    lacking = "".join(f"\n\nNot measured: {name}, because {why}." for name, why in engines["lacking"].items())
    return f"{timed}\n\n{same}{lacking}"


def _growth(growth: Results) -> str:
    items = [
        [row["items"], row["bytes"], _spread(row["triage_us"]), _spread(row["orjson_us"])] for row in growth["items"]
    ]
    criteria = [
        [row["criteria"], _spread(row["decide_us"]), _spread(row["triage_us"]), f"{row['compile_s']:.3f}"]
        for row in growth["criteria"]
    ]
    workers = [
        [row["workers"], *(_spread(row[f"{name}_{key}"]) for name in ("ours", "echo") for key in WORKER_FIGURES)]
        for row in growth["workers"]
    ]
    return "\n\n".join(
        (
            _table(["items", "bytes", "triage, µs", "orjson.loads, µs"], items),
            _table(["criteria", "decide, µs", "triage, µs", "compile once, s"], criteria),
            _table(["workers", "ours, requests/s", "against one", "echo, requests/s", "against one"], workers),
        )
    )


WORKER_FIGURES = ("per_second", "against_one")
SECTIONS = (
    ("cost", "Request cost over HTTP", _cost),
    ("engines", "The same criteria on other engines, in process", _engines),
    ("parts", "Parts", _parts),
    ("start", "Start", _start),
    ("growth", "Growth", _growth),
)


def _measured(results: Results) -> str:
    commits = _table(["section", "commit"], [[name, commit] for name, commit in results["commits"].items()])
    return commits + "\n\n" + _table(["", ""], [[name, said] for name, said in results["machine"].items()])


def _spread(found: Results) -> str:
    median, low, high = (_figure(found[key]) for key in ("median", "low", "high"))
    return median if low == high else f"{median} ({low} to {high})"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *(list(map(str, row)) for row in rows)]
    written = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(lines[0]), *written[1:]])
