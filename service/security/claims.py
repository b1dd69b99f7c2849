"""What a token says of itself, held to who issued it, for whom and until when; what is left is what it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from service.security.refusal import TokenRefused, Why

LEEWAY_SECONDS = 30
"""By how much the issuer's clock and ours may differ."""

_WHY = {"iss": Why.ISSUER, "aud": Why.AUDIENCE, "nbf": Why.NOT_YET_VALID, "iat": Why.NOT_YET_VALID}


@dataclass(frozen=True, slots=True)
class Granted:
    """What a good token allows, until when (seconds since 1970), the certificate it is bound to, and whose it is."""

    scopes: frozenset[str]
    expires: float
    certificate: str | None
    client: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: its issuer, its audience; and the claim that its scopes are in."""

    issuer: str
    audience: str
    scope_claim: str


def granted(claims: Mapping[str, Any], expected: Expected, *, now: float, introspected: bool = False) -> Granted:
    """What these claims allow; TokenRefused when they are not for us, now.

    Of a token that the issuer was asked about, issuer and audience may be left out (RFC 7662, section 2.2): that it
    is active for us is the answer to our question. When they are there, they must fit.
    """
    needed = not introspected
    registry = JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": needed, "value": expected.issuer},
        aud={"essential": needed, "value": expected.audience},
        exp={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError:
        raise TokenRefused(Why.EXPIRED) from None
    except InvalidClaimError as invalid:
        raise TokenRefused(_WHY.get(invalid.claim, Why.CLAIMS)) from None
    except JoseError:
        raise TokenRefused(Why.CLAIMS) from None
    return Granted(
        _scopes(claims.get(expected.scope_claim)), float(claims["exp"]), _certificate(claims), _client(claims)
    )


def _client(claims: Mapping[str, Any]) -> str:
    """Whom the token was given to (RFC 9068, section 2.2; azp of OpenID Connect); empty if it does not say."""
    named = (claims.get(name) for name in ("client_id", "azp", "sub"))
    return next((one for one in named if isinstance(one, str) and one), "")


def _scopes(said: object) -> frozenset[str]:
    """Scopes parted by spaces (RFC 6749, section 3.3), or as a list, as some issuers write them; none if neither."""
    listed = said.split(" ") if isinstance(said, str) else said
    return frozenset(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else frozenset()


def _certificate(claims: Mapping[str, Any]) -> str | None:
    """The thumbprint that the token is bound to (RFC 8705, section 3.1).

    A token that is bound in another way (DPoP, RFC 9449), or in two, is refused: taken as if it were not bound it
    would serve whoever stole it.
    """
    if "cnf" not in claims:
        return None
    bound = claims["cnf"]
    if not isinstance(bound, dict) or set(bound) != {"x5t#S256"} or not isinstance(bound["x5t#S256"], str):
        raise TokenRefused(Why.CERTIFICATE)
    return str(bound["x5t#S256"])
