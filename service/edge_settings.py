"""What the settings of the edges may hold, and which of them go together: proxies, origins, rates, TLS."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_RATE = re.compile(r"[1-9][0-9]{0,6}/(?:second|minute|hour|day)")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def networks(value: str) -> None:
    """A list of addresses and networks, parted by spaces."""
    try:
        given = networks_of(value)
    except ValueError:
        said = "must be addresses or networks, such as 10.0.0.7 or 10.1.0.0/16, parted by spaces"
        raise ValidationError(said) from None
    if any(network.prefixlen == 0 for network in given):
        raise ValidationError("must not be everyone: name the proxies")


def networks_of(value: str) -> tuple[Network, ...]:
    """The networks of such a list; ValueError when one is none."""
    return tuple(ipaddress.ip_network(one) for one in value.split())


def rate(value: str) -> None:
    """A number of requests in a unit of time."""
    if value and not _RATE.fullmatch(value):
        raise ValidationError("must be a number of requests for each second, minute, hour or day, such as 600/minute")


def redis_url(value: str) -> None:
    """Where Redis is."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if value and not is_one:
        raise ValidationError("must be where a Redis is, such as redis://redis:6379/0, or rediss:// for TLS")


def origins(value: str) -> None:
    """A list of origins as browsers write them (RFC 6454, section 6.2), parted by spaces."""
    if not all(_ORIGIN.fullmatch(one) for one in value.split()):
        raise ValidationError(
            "must be origins, each exactly as a browser sends it, such as https://ehr.example.org, parted by spaces; "
            "there is no sign for all"
        )


def edge_discords(settings: Any) -> Iterator[str]:
    """What does not go together: half a protection must not look like a whole one."""
    yield from _shared_rates(settings)
    yield from _tls(settings)


def _shared_rates(settings: Any) -> Iterator[str]:
    password = settings.rate_limit_password_file
    if settings.rate_limit_storage and find_spec("redis") is None:
        yield "TRIAGE_RATE_LIMIT_STORAGE: needs the client of Redis: pip install 'numbness-triage[redis]'"
    if settings.rate_limit_storage and not settings.rate_limit:
        yield "TRIAGE_RATE_LIMIT: must be set when TRIAGE_RATE_LIMIT_STORAGE is"
    if not password:
        return
    if not settings.rate_limit_storage:
        yield "TRIAGE_RATE_LIMIT_STORAGE: must be set when TRIAGE_RATE_LIMIT_PASSWORD_FILE is"
    elif urlsplit(settings.rate_limit_storage).password:
        yield "TRIAGE_RATE_LIMIT_PASSWORD_FILE: there is a password in TRIAGE_RATE_LIMIT_STORAGE, too"
    if not _text(password):
        yield "TRIAGE_RATE_LIMIT_PASSWORD_FILE: must be a file with a password in it"


def _tls(settings: Any) -> Iterator[str]:
    files = {name: getattr(settings, name) for name in ("tls_certificate", "tls_key", "tls_client_ca")}
    missing = [name for name, path in files.items() if path and not _text(path)]
    for name in missing:
        yield f"TRIAGE_{name.upper()}: must be a file that can be read"
    if settings.tls_certificate and not settings.tls_key:
        yield "TRIAGE_TLS_KEY: must be set when TRIAGE_TLS_CERTIFICATE is"
    for name in ("tls_key", "tls_client_ca"):
        if files[name] and not settings.tls_certificate:
            yield f"TRIAGE_TLS_CERTIFICATE: must be set when TRIAGE_{name.upper()} is"
    if settings.tls_certificate and settings.tls_key and not missing:
        yield from _unfit(settings)


def _unfit(settings: Any) -> Iterator[str]:
    """What OpenSSL does not take; it says so in numbers, so we say which file."""
    import ssl  # only who sets a certificate needs it

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
            yield "TRIAGE_TLS_KEY: is not the key of TRIAGE_TLS_CERTIFICATE"
        else:
            yield "TRIAGE_TLS_CERTIFICATE, TRIAGE_TLS_KEY: must be PEM, the key without a passphrase"
    try:
        if settings.tls_client_ca:
            context.load_verify_locations(settings.tls_client_ca)
    except ssl.SSLError:
        yield "TRIAGE_TLS_CLIENT_CA: must be certificates in PEM"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
