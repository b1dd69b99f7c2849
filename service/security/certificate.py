"""The client certificate of a caller, as a proxy passes it on in a header: who is believed, and its thumbprint."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from urllib.parse import unquote

from service.edge_settings import networks_of

LONGEST_CERTIFICATE = 16_384
_HASH = re.compile(r"Hash=([0-9A-Fa-f]{64})")
_CERT = re.compile(r'Cert="([^"]*)"')
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SEQUENCE = b"\x30"  # what each certificate begins with
_LITERAL = re.compile(r":([A-Za-z0-9+/=]+):")


def is_trusted(address: str, proxies: str) -> bool:
    """Whether the address, that of whoever is connected to us, is one of the proxies set."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer  # as an IPv6 socket gives an IPv4 address
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
    bare = _QUOTED.sub("", value)  # a name in the certificate, which its owner chose, stands in quotes
    hashes, certificates = _HASH.findall(bare), _CERT.findall(value)
    if "," in bare or len(hashes) > 1 or len(certificates) > 1:
        return None
    if hashes:
        return _coded(bytes.fromhex(hashes[0]))
    return _of_pem(certificates[0]) if certificates else None


def of_certificate(der: bytes) -> str:
    """The same of the certificate itself, as it was shown to us."""
    return _coded(hashlib.sha256(der).digest())


def _of_pem(value: str) -> str | None:
    found = _PEM.fullmatch(unquote(value).strip())
    return _of_der("".join(found[1].split())) if found else None


def _of_der(value: str) -> str | None:
    try:
        der = base64.b64decode(value, validate=True)
    except ValueError:
        return None
    return _coded(hashlib.sha256(der).digest()) if der.startswith(_SEQUENCE) else None


def _coded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_same(bound: str, shown: str | None) -> bool:
    """Whether a token's certificate is the one that was shown; how long that takes tells nothing of either."""
    return hmac.compare_digest(bound.encode("utf-8", "replace"), (shown or "").encode())
