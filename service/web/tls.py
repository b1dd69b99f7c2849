"""TLS without a proxy: what is agreed on with callers, and a renewed certificate without a restart."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from gevent.ssl import SSLContext

from service.observe import log
from service.settings import Settings

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption only, as TLS 1.3 has it by itself (RFC 9325, 4.2)."""

Stamps = tuple[tuple[int, int], ...]


class Tls:
    """The certificate of this process, by which connections are made until the files hold another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        chosen = (settings.tls_certificate, settings.tls_key, settings.tls_client_ca)
        self._files = [path for path in chosen if path]
        self._seen = self._stamps()
        self.context = make_context(settings)

    def look(self) -> None:
        """Take over a certificate that was renewed; the old one stays while the new files do not fit each other."""
        now = self._stamps()
        if now == self._seen:
            return
        self._seen = now
        try:
            self.context = make_context(self._settings)
        except (OSError, ValueError) as error:
            log("certificate refused", severity=logging.ERROR, error_type=type(error).__name__)
        else:
            log("certificate renewed")

    def _stamps(self) -> Stamps:
        return tuple(_stamp(path) for path in self._files)


def make_context(settings: Settings) -> SSLContext:
    """What to agree on with callers; OSError or ValueError when the files do not fit.

    A client certificate is asked for and held to its issuers here, but may be left out: whoever only watches the
    service has none, and who must have one is told so in HTTP, where it can be understood.
    """
    context = SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[settings.tls_minimum_version]
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: b"")
    if settings.tls_client_ca:
        context.load_verify_locations(settings.tls_client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the file does, or the link that leads to it; a file that is gone for a moment is another."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
