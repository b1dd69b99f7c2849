"""Pages of other origins: closed to them all, unless an origin is named (CORS, https://fetch.spec.whatwg.org)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.web.edges import Wsgi

EXPOSED = (
    "ETag, RateLimit, RateLimit-Policy, Retry-After, traceresponse, WWW-Authenticate, X-Correlation-Id, X-Request-Id"
)
"""What a page may read of a reply beyond what it always may."""

_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST"),
    (
        "Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, If-None-Match, traceparent, tracestate, X-Correlation-Id, X-Request-Id",
    ),
    ("Access-Control-Max-Age", "600"),
)
_VARY = ("Vary", "Origin")


def opened(inner: Wsgi, origins: Sequence[str]) -> Wsgi:
    """Let pages of these origins read replies, refusals too, and answer what their browsers ask before.

    An origin is compared as a whole. Nothing is said of credentials, so browsers send no cookies; a token in
    Authorization is none. Every reply varies by Origin, else a cache could give one page's reply to another.
    """
    if not origins:
        return inner
    known = frozenset(origins)

    def around(sent: dict[str, Any], start_response: Any) -> Any:
        origin = sent.get("HTTP_ORIGIN", "")
        allowed = (("Access-Control-Allow-Origin", origin),) if origin in known else ()

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers.append(_VARY)
            if allowed:
                headers += (*allowed, ("Access-Control-Expose-Headers", EXPOSED))
            return start_response(status, headers, exc_info)

        is_preflight = sent["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in sent
        if allowed and is_preflight:
            start_response("204 No Content", [*allowed, *_PREFLIGHT, _VARY])
            return []
        return inner(sent, begin)

    return around
