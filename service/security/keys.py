"""The issuer's keys as they were fetched last: kept, renewed and, for a key that is new, fetched at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from service.observe import log
from service.security.key_set import Key, KeySet, find
from service.security.refusal import Unavailable

FRESH_SECONDS = 600
"""Keys older than this are renewed, while they serve on."""

UNKNOWN_EVERY_SECONDS = 10
"""A key that is not known makes us ask, but no more often than this, whoever makes up names of keys."""

LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 2, 60
"""After a failure we pause, each time twice as long, before the issuer is asked again."""

WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class _Fetched:
    keys: KeySet
    at: float


class Keys:
    """The keys of one issuer. Safe to use from several threads; no lock is held while the issuer is asked.

    `fetch` asks the issuer, and raises Unavailable. `clock` counts seconds and never goes back. Keys that were fetched
    `max_age` seconds ago are used no more, however long the issuer is away.
    """

    def __init__(self, fetch: Callable[[], KeySet], clock: Callable[[], float], *, max_age: float) -> None:
        self._fetch, self._clock, self._max_age = fetch, clock, max_age
        self._turn = threading.Lock()
        self._fetched: _Fetched | None = None
        self._under_way: threading.Event | None = None
        self._failures = 0
        self._not_before = self._unknown_not_before = float("-inf")

    def at_hand(self, kid: str | None, kind: str) -> Key | None:
        """The key, if we have it; never waits."""
        fetched = self._usable()
        key = find(fetched.keys, kid, kind) if fetched else None
        if key and fetched and self._clock() - fetched.at >= FRESH_SECONDS:
            self._begin(unknown=False)
        return key

    def wait_for(self, kid: str | None, kind: str) -> Key | None:
        """The key, after asking the issuer if need be; None when it has none such, Unavailable when it cannot say."""
        for _ in range(2):  # one that was under way already may have been answered before the key was there
            if key := self.at_hand(kid, kind):
                return key
            event, is_ours = self._begin(unknown=self._usable() is not None)
            if event is None:
                break
            event.wait(WAIT_SECONDS)
            if is_ours:
                break
        if key := self.at_hand(kid, kind):
            return key
        if self._failures or self._usable() is None:
            raise Unavailable("no keys at hand")
        return None

    def _usable(self) -> _Fetched | None:
        fetched = self._fetched
        return fetched if fetched and self._clock() - fetched.at < self._max_age else None

    def _begin(self, *, unknown: bool) -> tuple[threading.Event | None, bool]:
        """The fetch that is under way, and whether it was begun here and now; None when it is too early for one."""
        with self._turn:
            if self._under_way:
                return self._under_way, False
            now = self._clock()
            if now < max(self._not_before, self._unknown_not_before if unknown else self._not_before):
                return None, False
            if unknown:
                self._unknown_not_before = now + UNKNOWN_EVERY_SECONDS
            event = self._under_way = threading.Event()
        threading.Thread(target=self._run, args=(event,), name="keys", daemon=True).start()
        return event, True

    def _run(self, event: threading.Event) -> None:
        try:
            keys = self._fetch()
        except Exception as failed:  # whatever it is, in this thread nobody else would count it
            self._failures += 1
            pause = min(LEAST_PAUSE_SECONDS * 2 ** (self._failures - 1), MOST_PAUSE_SECONDS)
            self._not_before = self._clock() + pause
            log(
                "keys not fetched",
                severity=logging.WARNING,
                provider=str(failed) if isinstance(failed, Unavailable) else type(failed).__name__,
            )
        else:
            self._fetched = _Fetched(keys, self._clock())
            self._failures = 0
        finally:
            with self._turn:
                self._under_way = None
            event.set()
