"""A JWK Set (RFC 7517) read into the keys that may sign access tokens; all others in it are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import base64_to_int

from service.security.refusal import Unavailable

Key = RSAKey | ECKey
KeySet = Mapping[tuple[str, str], Key]
"""(kid, kty) → key; a key without a kid has the kid "". """

MOST_KEYS = 100
LEAST_RSA_BITS = 2048
_TAKEN = ("kty", "kid", "alg", "use", "key_ops", "n", "e", "crv", "x", "y")
"""The public members: what a provider shows by mistake of a private key is not even looked at."""


def key_set(document: Mapping[str, Any]) -> KeySet:
    """The keys of a JWK Set; Unavailable when it is none, or has no key that could be used."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise Unavailable("no keys")
    keys: dict[tuple[str, str], Key] = {}
    for entry in listed[:MOST_KEYS]:
        key = _key(entry) if isinstance(entry, dict) else None
        if key:
            keys.setdefault((key.kid or "", key.key_type), key)
    if not keys:
        raise Unavailable("no keys")
    return keys


def _key(entry: Mapping[str, Any]) -> Key | None:
    """The key of one entry; None when it does not sign, is too short, or is not understood (RFC 7517, section 5)."""
    public = {name: entry[name] for name in _TAKEN if name in entry}
    if public.get("use", "sig") != "sig" or "verify" not in public.get("key_ops", ["verify"]):
        return None
    try:
        if public.get("kty") == "EC":
            return ECKey.import_key(public)
        if public.get("kty") == "RSA" and base64_to_int(public["n"]).bit_length() >= LEAST_RSA_BITS:
            return RSAKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None


def find(keys: KeySet, kid: str | None, kind: str) -> Key | None:
    """The key that a token names by `kid` (no more than a name), or the only one of its kind when it names none."""
    if kid is not None:
        return keys.get((kid, kind))
    of_kind = [key for (_, kty), key in keys.items() if kty == kind]
    return of_kind[0] if len(of_kind) == 1 else None
