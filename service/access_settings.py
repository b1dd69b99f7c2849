"""What the settings of access may hold, and which of them go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

ALGORITHMS = ("RS384", "ES384", "RS256", "ES256")
"""What may be asked for: signatures by a key of which we know the public half only."""

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_HEADER = re.compile(r"[A-Za-z0-9-]+")

_NEEDED = {
    "smart": ("auth_issuer", "auth_audience", "auth_token_url"),
    "introspection": ("auth_issuer", "auth_audience", "auth_token_url", "auth_introspection_url"),
}


def is_provider_url(value: str) -> bool:
    """Whether an address may be one of the identity provider's: what it says is believed, so https, or this machine."""
    try:
        parts = urlsplit(value)
        is_one = bool(parts.hostname) and parts.port != 0 and parts.username is None and not parts.fragment
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    return is_one and is_safe and value.isascii() and value.isprintable() and " " not in value


def provider_url(value: str) -> None:
    """An address of the identity provider's."""
    if value and not is_provider_url(value):
        raise ValidationError("must be an https address (http only on this machine, such as http://127.0.0.1:8090)")


def algorithms(value: str) -> None:
    """A list of algorithms, parted by spaces."""
    if not value.split() or set(value.split()) - set(ALGORITHMS):
        raise ValidationError(f"must be one or more of {', '.join(ALGORITHMS)}, parted by spaces")


def header_name(value: str) -> None:
    """The name of a header."""
    if value and not _HEADER.fullmatch(value):
        raise ValidationError("must be the name of a header: letters, digits and hyphens")


def access_discords(settings: Any) -> Iterator[str]:
    """What does not go together in the settings; half an access control must not look like a whole one."""
    for name in _NEEDED.get(settings.auth, ()):
        if not getattr(settings, name):
            yield f"{_variable(name)}: must be set when TRIAGE_AUTH is {settings.auth}"
    if not settings.auth:
        for name in ("auth_issuer", "auth_audience", "auth_token_url", "auth_introspection_url"):
            if getattr(settings, name):
                yield f"{_variable(name)}: is set, so TRIAGE_AUTH must say what for: smart, introspection, or none"
    if settings.auth_introspection_url:
        yield from _introspection(settings)
    for name in ("auth_ca_file", "auth_introspection_secret_file"):
        path = getattr(settings, name)
        if path and not path.is_file():
            yield f"{_variable(name)}: there is no such file"
    if settings.auth_certificate_header and not settings.trusted_proxies:
        yield "TRIAGE_TRUSTED_PROXIES: must be set when TRIAGE_AUTH_CERTIFICATE_HEADER is: anyone could send the header"


def _introspection(settings: Any) -> Iterator[str]:
    if not settings.auth_introspection_client_id:
        yield "TRIAGE_AUTH_INTROSPECTION_CLIENT_ID: must be set when TRIAGE_AUTH_INTROSPECTION_URL is"
    if bool(settings.auth_introspection_secret) == bool(settings.auth_introspection_secret_file):
        yield (
            "TRIAGE_AUTH_INTROSPECTION_SECRET: either this or TRIAGE_AUTH_INTROSPECTION_SECRET_FILE must be set "
            "when TRIAGE_AUTH_INTROSPECTION_URL is"
        )


def _variable(name: str) -> str:
    return f"TRIAGE_{name.upper()}"
