"""Where the issuer keeps its keys: as set, or as its own metadata say (RFC 8414, OpenID Connect Discovery)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import urllib3

from service.access_settings import is_provider_url
from service.security.asking import asked
from service.security.key_set import KeySet, key_set
from service.security.refusal import Unavailable
from service.settings import Settings


def fetching(settings: Settings, pool: urllib3.PoolManager) -> Callable[[], KeySet]:
    """What fetches the keys; it raises Unavailable."""

    def fetch() -> KeySet:
        return key_set(asked(pool, settings.auth_jwks_url or _discovered(pool, settings.auth_issuer)))

    return fetch


def _discovered(pool: urllib3.PoolManager, issuer: str) -> str:
    """The jwks_uri of the issuer's metadata, which must name the same issuer (RFC 8414, section 3.3)."""
    parts = urlsplit(issuer)
    inserted = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path.rstrip('/')}"
    try:
        told = asked(pool, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except Unavailable:
        told = asked(pool, inserted)
    found = told.get("jwks_uri")
    if told.get("issuer") != issuer:
        raise Unavailable("metadata of another issuer")
    if not isinstance(found, str) or not is_provider_url(found):
        raise Unavailable("metadata without an address of keys")
    return found
