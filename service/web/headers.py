"""The headers of every reply that protect whoever gets it."""

from __future__ import annotations

from service.web.negotiation import Sent

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every reply, of the page and of the API (OWASP, HTTP Headers Cheat Sheet)."""

_FIXED = tuple(SECURITY_HEADERS.items())
_NOT_STORED = ("Cache-Control", "no-store")

Headers = list[tuple[str, str]]


def protect(headers: Headers, sent: Sent, *, hsts_seconds: int) -> None:
    """Add to a reply what protects it; what speaks of a patient is kept by nobody on the way.

    Only over TLS is a browser told to come by TLS from then on (RFC 6797, section 7.2).
    """
    headers += _FIXED
    if hsts_seconds and sent["wsgi.url_scheme"] == "https":
        headers.append(("Strict-Transport-Security", f"max-age={hsts_seconds}"))
    if sent["PATH_INFO"].startswith("/fhir/QuestionnaireResponse"):
        headers.append(_NOT_STORED)
