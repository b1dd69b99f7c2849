"""Tokens that only the issuer understands: it is asked about each (OAuth 2.0 Token Introspection, RFC 7662)."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus

import urllib3

from service.security.asking import asked
from service.security.refusal import TokenRefused, Unavailable, Why
from service.settings import Settings


def introspected(token: str, settings: Settings, pool: urllib3.PoolManager) -> dict[str, Any]:
    """What the issuer says of an active token; TokenRefused when it is not, Unavailable when there is no answer."""
    form = {"token": token, "token_type_hint": "access_token"}
    said = asked(pool, settings.auth_introspection_url, form=form, headers={"Authorization": _ourselves(settings)})
    if said.get("active") is not True:
        raise TokenRefused(Why.INACTIVE)
    return said


def _ourselves(settings: Settings) -> str:
    """Our own client id and secret, as in RFC 6749, section 2.3.1; the file is read each time, for it may change."""
    secret = settings.auth_introspection_secret
    if settings.auth_introspection_secret_file:
        try:
            secret = settings.auth_introspection_secret_file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise Unavailable(f"secret not read: {type(error).__name__}") from None
    pair = f"{quote_plus(settings.auth_introspection_client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
