"""A signed access token (JWT, RFC 7519, 8725 and 9068): who is said to have signed it, and whether they did."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact

from service.security.key_set import Key
from service.security.refusal import TokenRefused, Why

_PART = re.compile(r"[A-Za-z0-9_-]+")
_TYPES = ("", "jwt", "at+jwt", "application/at+jwt")
"""Types of an access token; an issuer that leaves the type out, or calls each token JWT, is told by the audience."""

_KINDS = {"RS": "RSA", "ES": "EC"}


@dataclass(frozen=True, slots=True)
class Signed:
    """A token that is not believed yet: the key that it names, the kind of key its algorithm needs, and the rest."""

    kid: str | None
    kind: str
    algorithm: str
    signature: CompactSignature


def looks_signed(token: str) -> bool:
    """Whether a token is a JWT by its looks: three parts, of which the first is a JSON object."""
    head, *others = token.split(".")
    try:
        return len(others) == 2 and isinstance(
            json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))), dict
        )
    except (ValueError, RecursionError):
        return False


def signed(token: str, algorithms: Collection[str]) -> Signed:
    """The token taken apart; TokenRefused when its header asks for anything but a signature by one of the algorithms.

    The header says which key; it never brings one: `jwk`, `jku`, `x5c` and `x5u` are not read. Nothing that it calls
    critical is understood here.
    """
    parts = token.split(".")
    if len(parts) != 3 or not all(map(_PART.fullmatch, parts)):
        raise TokenRefused(Why.MALFORMED)
    try:
        signature = extract_compact(token.encode("ascii"))
        header = signature.headers()
        JWSRegistry(algorithms=algorithms, strict_check_header=False).check_header(header)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenRefused(Why.HEADER) from None
    if header["alg"] not in algorithms:
        raise TokenRefused(Why.ALGORITHM)
    if "crit" in header or "b64" in header or str(header.get("typ", "")).lower() not in _TYPES:
        raise TokenRefused(Why.HEADER)
    return Signed(header.get("kid"), _KINDS[header["alg"][:2]], header["alg"], signature)


def verified(token: Signed, key: Key) -> dict[str, Any]:
    """The claims, if the key signed them; TokenRefused otherwise."""
    registry = JWSRegistry(algorithms=[token.algorithm], strict_check_header=False)
    if key.alg not in (None, token.algorithm):
        raise TokenRefused(Why.ALGORITHM)
    try:
        is_good = validate_compact(token.signature, key, registry=registry)
        claims = json.loads(token.signature.payload or b"") if is_good else None
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenRefused(Why.SIGNATURE) from None
    if not is_good:
        raise TokenRefused(Why.SIGNATURE)
    if not isinstance(claims, dict):
        raise TokenRefused(Why.CLAIMS)
    return claims
