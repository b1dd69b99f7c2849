"""No caller asks more often than is allowed: 429 for who does, and on every reply what is left."""

from __future__ import annotations

import ipaddress

from flask import Flask, Response, current_app

from service.problems import Kind, Problem
from service.settings import Settings
from service.web.edges import outcome_reply, passing, the_service
from service.web.negotiation import Sent
from service.web.rates import Count, Rates
from service.web.turns import is_probe

CLIENT = "triage.client"
"""Where access control writes who the token says is asking; without it, callers are told apart by their addresses."""

_COUNTED = "triage.counted"


def keep(app: Flask, settings: Settings) -> None:
    """Hold callers to the rate, if one is set; called after access control has been put before the doors.

    What access control refuses never reaches the first hook, so it is counted in the second one: by address, since a
    token that is not valid says nothing.
    """
    if settings.rate_limit:
        app.before_request(_count)
        app.after_request(_tell)


def _count() -> Response | None:
    sent = passing().sent
    if is_probe(sent):
        return None
    count = sent[_COUNTED] = _rates().count(client_of(sent))
    return None if count.is_within else _throttled(count)


def _tell(reply: Response) -> Response:
    sent = passing().sent
    if is_probe(sent):
        return reply
    count: Count = sent.get(_COUNTED) or _rates().count(_by_address(sent))
    return _told(reply if count.is_within or _COUNTED in sent else _throttled(count), count)


def _rates() -> Rates:
    """The counts of this process, made by the worker itself: threads and connections do not outlive a fork."""
    kept = current_app.extensions
    if "rates" not in kept:
        kept["rates"] = Rates(the_service().settings)
    rates: Rates = kept["rates"]
    return rates


def client_of(sent: Sent) -> str:
    """Who is asking: by the token, else by the address."""
    named = sent.get(CLIENT, "")
    return f"client {named}" if named else _by_address(sent)


def _by_address(sent: Sent) -> str:
    """Of an IPv6 address the network of the site (RFC 6177): each machine there has as many addresses as it likes."""
    said = sent.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return f"address {said}"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return f"address {ipaddress.ip_network((int(address), 64), strict=False)}"
        address = address.ipv4_mapped
    return f"address {address}"


def _throttled(count: Count) -> Response:
    said = f"You have asked more than {count.allowed} times in {count.window} seconds. Nothing was triaged."
    return outcome_reply([Problem(Kind.THROTTLED, "", said, f"Ask again in {count.seconds} seconds.")])


def _told(reply: Response, count: Count) -> Response:
    """What is left, as draft-ietf-httpapi-ratelimit-headers-10 has it."""
    reply.headers["RateLimit-Policy"] = f'"requests";q={count.allowed};w={count.window}'
    reply.headers["RateLimit"] = f'"requests";r={count.left};t={count.seconds}'
    if reply.status_code == 429:
        reply.headers["Retry-After"] = str(count.seconds)
    return reply
