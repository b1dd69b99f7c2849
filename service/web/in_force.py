"""Which rules this process triages by: those it began with, until the board tells of others."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.triage.model import RuleSet
from service.web.board import Board
from service.wiring import Knowledge, Service, service_of


@dataclass(slots=True)
class InForce:
    """The service of this process and the reload that its rules come from; 0 is the start."""

    service: Service
    board: Board | None = None
    rules_from: int = 0
    _taking: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> Service:
        """The service for a request that begins now: once the master has told of new rules, no one gets the old."""
        if self.board is not None and self.board.rules_from != self.rules_from:
            with self._taking:
                self._take_over(self.board)
        return self.service

    def put(self, service: Service, rules_from: int) -> None:
        """Put another service in force; the number last, since it tells other threads that the service is there."""
        self.service = service
        self.rules_from = rules_from

    def last_reload(self) -> dict[str, Any]:
        """How the last reload ended; empty when there was none."""
        return self.board.read().outcome if self.board else {}

    def _take_over(self, board: Board) -> None:
        told = board.read()
        if told.rules_from != self.rules_from:
            self.put(service_of(self.service.settings, unpacked(told.rules)), told.rules_from)


def packed(knowledge: Knowledge) -> bytes:
    """Rules and bindings as bytes for another process of ours; what they are compiled to cannot be sent."""
    return pickle.dumps(knowledge)


def unpacked(raw: bytes) -> Knowledge:
    """The same again. The bytes come from the master's own memory, to which nobody else can write."""
    knowledge: Knowledge = pickle.loads(raw)  # noqa: S301
    return knowledge


def named(rule_sets: Sequence[RuleSet]) -> list[dict[str, str]]:
    """Each rule set by id, version and digest."""
    return [{"id": one.id, "version": one.version, "sha256": one.digest} for one in rule_sets]
