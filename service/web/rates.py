"""How often each caller has asked: counted in this process, or in Redis for all of them."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import gevent
from gevent.threadpool import ThreadPool

from service.observe import log
from service.settings import Settings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage

REDIS_SECONDS = 0.1
"""How long one exchange with Redis may take; it is on the way of every request."""

PATIENCE_SECONDS = 0.2
"""How long a request waits for its count, however long it takes to find the address of Redis and to connect."""

LOOK_AGAIN_SECONDS = 2.0
THREADS = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Count:
    """Whether a request is within the rate, what is left, and when the window ends, in seconds from now."""

    is_within: bool
    allowed: int
    window: int
    left: int
    seconds: int


class Rates:
    """The counts of one worker, begun when it first needs them.

    While Redis does not answer, each worker counts for itself: nobody is turned away for it, or waits.
    """

    def __init__(self, settings: Settings) -> None:
        from limits import parse  # only who sets a rate needs it, here and below
        from limits.storage import MemoryStorage

        self._rate = parse(settings.rate_limit)
        self._own = MemoryStorage()
        self._shared = _Shared(settings) if settings.rate_limit_storage else None
        self.is_alone = False

    def count(self, client: str) -> Count:
        """Count a request of this client's, and say what is left of its rate."""
        key = hashlib.blake2b(client.encode(), digest_size=16).hexdigest()  # it says nothing of who it was
        if self._shared and not self.is_alone:
            try:
                return self._shared.count(self._rate, key)
            except Exception as error:  # whatever it is, it is no fault of the caller's
                self._go_alone(self._shared, error)
        return _counted(self._own, self._rate, key)

    def _go_alone(self, shared: _Shared, error: Exception) -> None:
        if not self.is_alone:
            self.is_alone = True
            log("rates counted alone", severity=logging.WARNING, error_type=type(error).__name__)
            gevent.spawn(self._come_back, shared)

    def _come_back(self, shared: _Shared) -> None:
        while not shared.answers():
            gevent.sleep(LOOK_AGAIN_SECONDS)
        self.is_alone = False
        log("rates counted together again", severity=logging.WARNING)


class _Shared:
    """The counts in Redis, asked in threads of their own, since its client would hold up all other requests."""

    def __init__(self, settings: Settings) -> None:
        self._storage = _redis(settings)
        self._threads = ThreadPool(THREADS)

    def count(self, rate: RateLimitItem, key: str) -> Count:
        """Count there; an exception of Redis's, or of time that has run out, when it cannot be."""
        return self._aside(lambda: _counted(self._storage, rate, key))

    def answers(self) -> bool:
        """Whether Redis is there."""
        try:
            return bool(self._aside(self._storage.check))
        except Exception:
            return False

    def _aside(self, ask: Callable[[], T]) -> T:
        try:
            done: T = self._threads.spawn(ask).get(timeout=PATIENCE_SECONDS)
        except gevent.Timeout:  # which is no Exception, and so nothing that anyone within the request expects
            raise TimeoutError from None
        return done


def _counted(storage: Storage, rate: RateLimitItem, key: str) -> Count:
    """Count one more; in a fixed window, which begins with its first request.

    This is what the library's FixedWindowRateLimiter does, without asking for the number that it has just been told.
    """
    named, window = rate.key_for(key), rate.get_expiry()
    number = storage.incr(named, window)
    ends = storage.get_expiry(named)
    seconds = min(max(1, math.ceil(ends - time.time())), window)
    return Count(number <= rate.amount, rate.amount, window, max(0, rate.amount - number), seconds)


def _redis(settings: Settings) -> Any:
    """The storage in Redis; it connects when it is first asked, and tries nothing twice."""
    from limits.storage import RedisStorage
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    password = settings.rate_limit_password_file
    options: dict[str, Any] = {
        "key_prefix": "numbness-triage",
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    if password:
        options["password"] = password.read_text("utf-8").strip()
    return RedisStorage(settings.rate_limit_storage, **options)
