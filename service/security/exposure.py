"""Whether the service may be started as it is set: without access control only where nobody else comes near."""

from __future__ import annotations

import logging

from service.observe import log
from service.settings import Settings, is_loopback

UNSET = (
    "TRIAGE_AUTH is not set, and {host} can be reached from other machines. "
    "Set TRIAGE_AUTH=smart and the settings that go with it (docs/access.md). "
    "To try the service out, serve on 127.0.0.1, or set TRIAGE_AUTH=none and TRIAGE_INSECURE=true (or --insecure): "
    "then whoever reaches the port may use it."
)
OPEN = (
    "TRIAGE_AUTH is none, and {host} can be reached from other machines: whoever reaches the port may use it. "
    "Set TRIAGE_AUTH=smart (docs/access.md), or TRIAGE_INSECURE=true (or --insecure) if that is what you want."
)


def refusal_to_serve(settings: Settings) -> str:
    """Why the service must not be started so; empty when it may."""
    if settings.controls_access or is_loopback(settings.host):
        return ""
    if not settings.auth:
        return UNSET.format(host=settings.host)
    return "" if settings.insecure else OPEN.format(host=settings.host)


def log_access(settings: Settings) -> None:
    """Say in the log how access is controlled; loudly when it is not."""
    if settings.controls_access:
        log("access controlled", access=settings.auth)
    else:
        log("no access control", severity=logging.WARNING, access="none", reachable=not is_loopback(settings.host))
