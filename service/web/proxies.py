"""Who asks, and by which address: what a proxy says of it is believed of trusted proxies only."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from werkzeug.http import parse_list_header, parse_options_header
from werkzeug.middleware.proxy_fix import ProxyFix

from service.edge_settings import Network, networks_of
from service.settings import Settings
from service.web.edges import Wsgi
from service.web.negotiation import Sent

PEER = "triage.peer"
"""Where the address that the connection came from is kept, once REMOTE_ADDR is the caller's."""

SAID = ("FOR", "PROTO", "HOST", "PREFIX")

_SCHEME = re.compile("https?", re.IGNORECASE)
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")

Hops = list[str]


def peer_of(sent: Sent) -> str:
    """The address at the other end of the connection: the caller, or the proxy that it came by."""
    peer: str = sent.get(PEER) or sent.get("REMOTE_ADDR", "")
    return peer


def trusting(inner: Wsgi, settings: Settings) -> Wsgi:
    """Take over what trusted proxies say; without any, nothing here reads their headers.

    Of the addresses that were passed through, the last one counts that is not a trusted proxy's own: what stands before
    it was written by whoever that is (RFC 7239, section 8.1). werkzeug's ProxyFix counts proxies and asks for no
    address, so it is only told what was found out here.
    """
    networks = networks_of(settings.trusted_proxies)
    if not networks:
        return inner
    said_by = _forwarded if settings.proxy_headers == "forwarded" else _x_forwarded
    fixed = ProxyFix(inner, x_for=1, x_proto=1, x_host=1, x_port=0, x_prefix=1)

    def around(sent: dict[str, Any], start_response: Any) -> Any:
        peer = sent["REMOTE_ADDR"]
        if not is_within(peer, networks):
            return inner(sent, start_response)
        hops, last = said_by(sent)
        told = {"FOR": _caller(peer, hops, lambda one: is_within(one, networks)), **_well_formed(last)}
        for name in SAID:
            sent.pop(f"HTTP_X_FORWARDED_{name}", None)
        sent.update({f"HTTP_X_FORWARDED_{name}": value for name, value in told.items()})
        sent[PEER] = peer
        return fixed(sent, start_response)

    return around


@lru_cache(1024)
def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address, as text, is in one of the networks."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def _caller(peer: str, hops: Sequence[str], is_trusted: Callable[[str], bool]) -> str:
    """The address nearest to us that is no trusted proxy; of a chain that cannot be read, the last that can."""
    caller = peer
    for hop in reversed(hops):
        address = _address(hop)
        if address is None:
            break
        caller = str(address)
        if not is_trusted(caller):
            break
    return caller


def _x_forwarded(sent: Sent) -> tuple[Hops, dict[str, str]]:
    """The addresses of X-Forwarded-For, and what the proxy next to us says in the other headers."""
    given = {name: [one.strip() for one in sent.get(f"HTTP_X_FORWARDED_{name}", "").split(",")] for name in SAID}
    return given["FOR"], {name: given[name][-1] for name in SAID[1:]}


def _forwarded(sent: Sent) -> tuple[Hops, dict[str, str]]:
    """The same of Forwarded (RFC 7239), which knows no prefix."""
    elements = [parse_options_header(f"element;{one}")[1] for one in _elements(sent.get("HTTP_FORWARDED", ""))]
    last = elements[-1]
    hops = [one.get("for", "") for one in elements]
    return hops, {name.upper(): last[name] for name in ("proto", "host") if name in last}


def _elements(header: str) -> list[str]:
    """The elements of the list; only the last one, which is the proxy's, when a caller has left a quote open."""
    return parse_list_header(header) or [header.rpartition(",")[2]]


def _well_formed(said: dict[str, str]) -> dict[str, str]:
    """What may stand in an address that we give of ourselves."""
    prefix = said.get("PREFIX", "").rstrip("/")
    kept = {
        "PROTO": said.get("PROTO", "").lower() if _SCHEME.fullmatch(said.get("PROTO", "")) else "",
        "HOST": said.get("HOST", "") if _HOST.fullmatch(said.get("HOST", "")) else "",
        "PREFIX": prefix if _PREFIX.fullmatch(prefix) else "",
    }
    return {name: value for name, value in kept.items() if value}


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address with or without port (RFC 7239, section 6); None for a name, `unknown` or nonsense."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
