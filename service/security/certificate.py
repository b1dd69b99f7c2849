"""The client certificate of a caller, as a proxy passes it on in a header: who is believed, and its thumbprint."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import ssl
from urllib.parse import unquote

from service.access_settings import networks_of

LONGEST_CERTIFICATE = 16_384
_HASH = re.compile(r"Hash=([0-9A-Fa-f]{64})")
_CERT = re.compile(r'Cert="([^"]*)"')
_LITERAL = re.compile(r":([A-Za-z0-9+/=]+):")


def is_trusted(address: str, proxies: str) -> bool:
    """Whether the address, that of whoever is connected to us, is one of the proxies set."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in networks_of(proxies))


def thumbprint(value: str) -> str | None:
    """The SHA-256 of a certificate in a header, as a token names it (RFC 8705, section 3.1); None when it is none.

    A header may be as nginx ($ssl_client_escaped_cert) and others write it, a PEM that is URL-encoded; as Envoy does
    (x-forwarded-client-cert, with Hash or Cert), if it tells of one caller only; or as RFC 9440 has it (Client-Cert).
    """
    if len(value) > LONGEST_CERTIFICATE:
        return None
    if literal := _LITERAL.fullmatch(value):
        return _of_der(literal[1])
    if "=" in value and not value.startswith("-"):
        return _forwarded(value)
    return _of_pem(value)


def _forwarded(value: str) -> str | None:
    """Of x-forwarded-client-cert. One that tells of several could hold what a caller wrote in front of the proxy's."""
    elements = re.sub(r'"(?:[^"\\]|\\.)*"', "", value).count(",")
    hashes, certificates = _HASH.findall(value), _CERT.findall(value)
    if elements or len(hashes) > 1 or len(certificates) > 1:
        return None
    if hashes:
        return _coded(bytes.fromhex(hashes[0]))
    return _of_pem(certificates[0]) if certificates else None


def _of_pem(value: str) -> str | None:
    try:
        return _coded(hashlib.sha256(ssl.PEM_cert_to_DER_cert(unquote(value).strip())).digest())
    except ValueError:
        return None


def _of_der(value: str) -> str | None:
    try:
        return _coded(hashlib.sha256(base64.b64decode(value, validate=True)).digest())
    except ValueError:
        return None


def _coded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_same(bound: str, shown: str | None) -> bool:
    """Whether a token's certificate is the one that was shown; how long that takes tells nothing of either."""
    return hmac.compare_digest(bound.encode(), (shown or "").encode())
