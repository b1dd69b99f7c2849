"""How the service is: what this process counts and tries, and what all of its processes together know."""

from __future__ import annotations

import logging
import pickle
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from service import __version__
from service.canary import Miss, miss_of
from service.fhir_io.admission.admit import fast_way
from service.fhir_io.versions import VERSIONS
from service.metrics import Gauges, Tally, together
from service.observe import log
from service.web.in_force import InForce
from service.web.seats import PageTooSmall, Seats
from service.wiring import Service


@dataclass(slots=True)
class Canary:
    """How the vignettes did when this process last tried all of them, and when that was; 0: not yet."""

    misses: tuple[Miss, ...] = ()
    tried_at: float = 0.0


@dataclass(slots=True)
class Watch:
    """What is watched in this process. Without seats it is the only one."""

    in_force: InForce
    tally: Tally = field(default_factory=Tally)
    canary: Canary = field(default_factory=Canary)
    seats: Seats | None = None
    seat: int | None = None
    connections: int = 0
    waiting: Callable[[], int] = lambda: 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker tells the others."""

    tally: Tally
    canary: Canary
    connections: int
    waiting: int


def sit_down(watch: Watch, seat: int | None) -> None:
    """Begin as a worker, in a seat that the master gave, and go on from what was counted there before."""
    watch.seat = seat
    if watch.seats is None or seat is None:
        log("no seat", severity=logging.WARNING)
        return
    before = _unpacked(watch.seats.told(seat))
    if before is not None:
        watch.tally.counts.update(before.tally.counts)
        watch.tally.latencies.update(before.tally.latencies)
    tell(watch)


def tell(watch: Watch) -> None:
    """Tell the other workers how this one is."""
    if watch.seats is not None and watch.seat is not None:
        try:
            watch.seats.tell(watch.seat, pickle.dumps(_own(watch)))
        except PageTooSmall:
            log("too many metrics", severity=logging.ERROR)


def try_vignettes(watch: Watch, pause: Callable[[], object] = lambda: None) -> None:
    """Triage every vignette by the rules in force, pausing after each; the log names those that fail anew."""
    service = watch.in_force.now()
    before = {miss.vignette.name for miss in watch.canary.misses}
    misses = []
    for vignette in service.vignettes:
        if miss := miss_of(service.triage, vignette):
            misses.append(miss)
        pause()
    _log_misses([miss for miss in misses if miss.vignette.name not in before])
    recovered = before - {miss.vignette.name for miss in misses}
    if recovered:
        log("canary recovered", vignettes=sorted(recovered))
    watch.canary.misses, watch.canary.tried_at = tuple(misses), time.time()
    tell(watch)


def misses_of(service: Service) -> list[Miss]:
    """The vignettes of a service that do not get their levels."""
    return [miss for vignette in service.vignettes if (miss := miss_of(service.triage, vignette))]


def _log_misses(misses: Iterable[Miss]) -> None:
    for miss in misses:
        log(
            "canary failed",
            severity=logging.ERROR,
            rule_set=miss.vignette.rule_set,
            rule_set_version=miss.vignette.version,
            vignette=miss.vignette.id,
            expected_level=miss.vignette.level,
            level=miss.got,
        )


def failed_vignettes(watch: Watch) -> list[str]:
    """The names of the vignettes that do not get their levels in any worker that serves, each once."""
    return sorted({miss.vignette.name for told in _serving(watch) for miss in told.canary.misses})


def counted(watch: Watch) -> Tally:
    """What all workers counted, with those that are gone.

    This one tells before it sums, so that no other, asked next, tells of less: Prometheus would take it for a restart.
    """
    tell(watch)
    tallies = [told.tally for told in _serving(watch)]
    if watch.seats is not None:
        silent = set(range(watch.seats.count)) - set(watch.seats.speaking()) - {watch.seat}
        gone = [told.tally for seat in silent if (told := _unpacked(watch.seats.told(seat)))]
        tallies += [Tally(one.counts, one.latencies) for one in gone]
    whole = together(tallies)
    whole.counts["triage_worker_starts"][()] = watch.seats.starts if watch.seats else 1
    if watch.in_force.board:
        whole.counts["triage_reloads"][()] = watch.in_force.board.read().number
    return whole


def make_ready(watch: Watch) -> None:
    """Make what the metrics tell of before it is asked for, so that nobody waits for it."""
    for version in VERSIONS.values():
        fast_way(version, watch.in_force.service.triage.limits)


def gauges(watch: Watch) -> Gauges:
    """How things are at this moment, for the metrics."""
    service, serving, last = watch.in_force.now(), list(_serving(watch)), watch.in_force.last_reload()
    settings, limits, served = service.settings, service.triage.limits, service.triage.served
    failed: dict[tuple[str, ...], float] = {(one.rule_set, one.version, one.id): 0 for one in service.vignettes}
    for told in serving:
        for miss in told.canary.misses:
            key = (miss.vignette.rule_set, miss.vignette.version, miss.vignette.id)
            failed[key] = failed.get(key, 0) + 1
    vignettes: dict[tuple[str, ...], float] = {(one.id, one.version): 0 for one in served}
    for vignette in service.vignettes:
        vignettes[vignette.rule_set, vignette.version] += 1
    return {
        "triage_build_info": {(__version__, platform.python_version()): 1},
        "triage_rule_set_info": {(one.id, one.version, one.digest): 1 for one in served},
        "triage_workers": {(): len(serving)},
        "triage_requests_in_flight": {(): sum(told.tally.in_flight for told in serving)},
        "triage_requests_waiting": {(): sum(told.waiting for told in serving)},
        "triage_requests_waiting_limit": {(): settings.max_waiting * len(serving)},
        "triage_connections": {(): sum(told.connections for told in serving)},
        "triage_connections_limit": {(): settings.connections * len(serving)},
        "triage_last_reload_refused": {(): float(last.get("state") == "refused")},
        "triage_last_reload_timestamp_seconds": {(): _seconds(last.get("at", ""))},
        "triage_fast_admission": {
            (version.code,): float(fast_way(version, limits) is not None) for version in VERSIONS.values()
        },
        "triage_canary_vignettes": vignettes,
        "triage_canary_failed": failed,
        "triage_canary_timestamp_seconds": {(): min(told.canary.tried_at for told in serving)},
    }


def _serving(watch: Watch) -> Iterator[Told]:
    """How this process is, and every other that serves."""
    yield _own(watch)
    for seat in watch.seats.speaking() if watch.seats else ():
        if seat != watch.seat and (told := _unpacked(watch.seats.told(seat) if watch.seats else b"")):
            yield told


def _own(watch: Watch) -> Told:
    return Told(watch.tally, watch.canary, watch.connections, watch.waiting())


def _unpacked(raw: bytes) -> Told | None:
    """What a worker told. The bytes come from memory of our own, to which nobody else can write."""
    told: Told | None = pickle.loads(raw) if raw else None  # noqa: S301
    return told


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp() if instant else 0.0
