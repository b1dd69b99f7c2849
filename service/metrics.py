"""What is counted, and how it is told to Prometheus; nothing of it can hold what a caller wrote.

Counting is a plain addition in this process. Everything that takes longer is done when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Labels = tuple[str, ...]

BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper bounds of what a request may take, in seconds."""

COUNTERS: Mapping[str, tuple[Labels, str]] = {
    "triage_requests": (("operation", "status"), "Requests answered."),
    "triage_refusals": (("operation", "kind"), "Requests refused, by the kind of the first problem."),
    "triage_decisions": (
        ("level", "status", "rule_set", "version"),
        "Triages, by level; status is preliminary while an unanswered question could raise the level.",
    ),
    "triage_criteria_fired": (("rule_set", "version", "criterion"), "Criteria that fired."),
    "triage_unanswered_red_flags": (
        ("rule_set", "version", "link_id"),
        "Questions left open that could still raise the level to urgent or emergency.",
    ),
    "triage_worker_starts": ((), "Worker processes started."),
    "triage_reloads": ((), "Reloads of the rules that have ended, well or not."),
}

GAUGES: Mapping[str, tuple[Labels, str]] = {
    "triage_build_info": (("version", "python"), "1; which version of the service this is."),
    "triage_rule_set_info": (("rule_set", "version", "sha256"), "1 for each rule set that is served."),
    "triage_workers": ((), "Worker processes that serve."),
    "triage_requests_in_flight": ((), "Requests whose turn has come and that are not yet answered."),
    "triage_requests_waiting": ((), "Requests that are there and wait for their turn."),
    "triage_requests_waiting_limit": ((), "How many may wait; who comes when so many do is refused with 503."),
    "triage_connections": ((), "Connections that are open, with those that wait for their next request."),
    "triage_connections_limit": ((), "Connections that may be open on one address; more wait."),
    "triage_last_reload_refused": ((), "1 while the last reload was refused: rules of before are in force."),
    "triage_last_reload_timestamp_seconds": ((), "When the last reload ended; 0 when there was none."),
    "triage_fast_admission": (("fhir_version",), "1 when the fast way in could be made, 0 when it is out of use."),
    "triage_canary_vignettes": (("rule_set", "version"), "Known vignettes that are triaged again and again."),
    "triage_canary_failed": (
        ("rule_set", "version", "vignette"),
        "Worker processes in which a known vignette did not get its level at the last try.",
    ),
    "triage_canary_timestamp_seconds": ((), "When the worker that is furthest behind tried all vignettes."),
}

LATENCY = "triage_request_duration_seconds"
LATENCY_SAYS = "From when the head of a request was read, with its wait for a turn, to the beginning of its reply."

Gauges = Mapping[str, Mapping[Labels, float]]


@dataclass(slots=True)
class Tally:
    """What one process has counted: for each counter and its labels, and for each operation how long requests took.

    A latency is a number for each bucket and one for all that took longer, and last the sum of seconds.
    """

    counts: dict[str, Counter[Labels]] = field(default_factory=lambda: {name: Counter() for name in COUNTERS})
    latencies: dict[str, list[float]] = field(default_factory=dict)
    in_flight: int = 0


def count_request(tally: Tally, operation: str, status: str, seconds: float) -> None:
    """Count a request that is answered. `operation` and `status` must be words of ours, never of a caller."""
    tally.counts["triage_requests"][operation, status] += 1
    row = tally.latencies.get(operation)
    if row is None:
        row = tally.latencies[operation] = [0.0] * (len(BUCKETS) + 2)
    row[bisect_left(BUCKETS, seconds)] += 1
    row[-1] += seconds


def count_unread(tally: Tally, operation: str, status: str) -> None:
    """Count a request that was answered without being looked at, so that nothing is known of how long it took."""
    tally.counts["triage_requests"][operation, status] += 1


def count_refusal(tally: Tally, operation: str, kind: str) -> None:
    """Count a refusal."""
    tally.counts["triage_refusals"][operation, kind] += 1


def count_decision(
    tally: Tally,
    rule_set: tuple[str, str],
    *,
    level: str,
    complete: bool,
    fired: Iterable[str],
    red_flags: Iterable[str],
) -> None:
    """Count a triage by a rule set, given by id and version; all else are ids that stand in the rule set."""
    counts = tally.counts
    counts["triage_decisions"][level, "final" if complete else "preliminary", *rule_set] += 1
    fires, flags = counts["triage_criteria_fired"], counts["triage_unanswered_red_flags"]
    for criterion in fired:
        fires[*rule_set, criterion] += 1
    for link_id in red_flags:
        flags[*rule_set, link_id] += 1


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum of what several processes counted."""
    whole = Tally()
    for tally in tallies:
        whole.in_flight += tally.in_flight
        for name, counts in tally.counts.items():
            whole.counts[name].update(counts)
        for operation, row in tally.latencies.items():
            before = whole.latencies.get(operation) or [0.0] * len(row)
            whole.latencies[operation] = [one + other for one, other in zip(before, row, strict=True)]
    return whole


def exposition(tally: Tally, gauges: Gauges, accept: str) -> tuple[bytes, str]:
    """The metrics as text, and its content type, in the format of Prometheus that `accept` prefers."""
    from prometheus_client import CollectorRegistry  # with a web server of its own, which only this needs
    from prometheus_client.exposition import choose_encoder

    registry = CollectorRegistry()
    registry.register(_Collector(tally, gauges))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Collector:
    """Gives Prometheus' library the metrics when it collects them; it asks for a class."""

    def __init__(self, tally: Tally, gauges: Gauges) -> None:
        self._tally = tally
        self._gauges = gauges

    def collect(self) -> Iterator[Any]:
        """Every metric, in the order of the tables."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        for name, (labels, says) in COUNTERS.items():
            counter = CounterMetricFamily(name, says, labels=labels)
            counts = self._tally.counts[name]
            for key, count in (sorted(counts.items()) or [((), 0)]) if not labels else sorted(counts.items()):
                counter.add_metric(key, count)
            yield counter
        latency = HistogramMetricFamily(LATENCY, LATENCY_SAYS, labels=("operation",))
        for operation, (*each, seconds) in sorted(self._tally.latencies.items()):
            latency.add_metric((operation,), list(_buckets(each)), seconds)
        yield latency
        for name, (labels, says) in GAUGES.items():
            gauge = GaugeMetricFamily(name, says, labels=labels)
            for key, value in sorted(self._gauges.get(name, {}).items()):
                gauge.add_metric(key, value)
            yield gauge


def _buckets(counts: list[float]) -> Iterator[tuple[str, float]]:
    """Each upper bound with how many took no longer, as Prometheus has it."""
    so_far = 0.0
    for bound, count in zip((*map(repr, BUCKETS), "+Inf"), counts, strict=True):
        so_far += count
        yield bound, so_far
