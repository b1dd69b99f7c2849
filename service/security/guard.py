"""The guard: from an access token to what it allows, by the issuer's keys or the issuer's word."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import urllib3
from cachetools import TLRUCache

from service.security.asking import connections
from service.security.claims import Expected, Granted, granted
from service.security.discovery import fetching
from service.security.introspection import introspected
from service.security.keys import Keys
from service.security.refusal import TokenRefused, Why
from service.security.signed import looks_signed, signed, verified
from service.settings import Settings

LONGEST_TOKEN = 8_000
"""Letters of the longest token that is looked at; a server takes no longer header than about as much anyway."""

KEPT_SECONDS = 60
"""How long a token is believed without another look, if it does not expire sooner: so long at most a token serves on
whose key was withdrawn, or that was revoked."""

KEPT_TOKENS = 4_096


class Guard:
    """Takes tokens or refuses them. Safe to use from several threads; made once, before worker processes are forked."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._settings, self._clock = settings, clock
        self._algorithms = tuple(settings.auth_algorithms.split())
        self._expected = Expected(settings.auth_issuer, settings.auth_audience, settings.auth_scope_claim)
        self._pool: urllib3.PoolManager = connections(settings.auth_ca_file)
        self._keys = Keys(fetching(settings, self._pool), monotonic, max_age=settings.auth_jwks_max_age)
        self._known: TLRUCache[bytes, Granted] = TLRUCache(
            KEPT_TOKENS, ttu=lambda _, found, now: min(found.expires, now + KEPT_SECONDS), timer=clock
        )
        self._turn = threading.Lock()

    def at_hand(self, token: str) -> Granted | None:
        """What the token allows; None when the issuer must be asked, TokenRefused when it is not taken. Never waits."""
        return self._judged(token, may_wait=False)

    def ask(self, token: str) -> Granted:
        """What the token allows, after asking the issuer if need be; TokenRefused, or Unavailable without an answer."""
        found = self._judged(token, may_wait=True)
        if found is None:
            raise TokenRefused(Why.UNKNOWN_KEY)
        return found

    def _judged(self, token: str, *, may_wait: bool) -> Granted | None:
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused(Why.TOO_LONG)
        name = hashlib.sha256(token.encode()).digest()  # the token itself is not kept
        with self._turn:
            found = self._known.get(name)
        if found is None and (found := self._looked_at(token, may_wait=may_wait)):
            with self._turn:
                self._known[name] = found
        return found

    def _looked_at(self, token: str, *, may_wait: bool) -> Granted | None:
        if self._settings.auth == "smart":
            if looks_signed(token):
                return self._by_key(token, may_wait=may_wait)
            if not self._settings.auth_introspection_url:
                raise TokenRefused(Why.OPAQUE)
        if not may_wait:
            return None
        said = introspected(token, self._settings, self._pool)
        return granted(said, self._expected, now=self._clock(), introspected=True)

    def _by_key(self, token: str, *, may_wait: bool) -> Granted | None:
        apart = signed(token, self._algorithms)
        key = self._keys.wait_for(apart.kid, apart.kind) if may_wait else self._keys.at_hand(apart.kid, apart.kind)
        return granted(verified(apart, key), self._expected, now=self._clock()) if key else None
