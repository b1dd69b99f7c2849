"""What the identity provider is asked over HTTP, with limits to how long it takes and how much it says."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from service.security.refusal import Unavailable

SECONDS_TO_CONNECT, SECONDS_TO_READ, SECONDS_IN_ALL = 2.0, 3.0, 6.0
LONGEST_ANSWER_BYTES = 262_144
CONNECTIONS = 8
_AT_ONCE = 16_384


def connections(ca_file: Path | None) -> urllib3.PoolManager:
    """Connections to the provider, kept between requests; the file, or else the system, names who may vouch for it."""
    return urllib3.PoolManager(
        num_pools=4,
        maxsize=CONNECTIONS,
        block=True,
        cert_reqs="CERT_REQUIRED",
        ca_certs=str(ca_file) if ca_file else None,
        timeout=urllib3.Timeout(connect=SECONDS_TO_CONNECT, read=SECONDS_TO_READ),
        retries=False,
    )


def asked(
    pool: urllib3.PoolManager,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object that comes back from a GET, or from a POST of a form; Unavailable when none does.

    Redirects are not followed: the provider's keys come from where the settings say and from nowhere else.
    """
    try:
        status, raw = _answer(pool, url, form=form, headers=headers or {})
        found = json.loads(raw) if status == 200 else None
    except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError) as error:
        raise Unavailable(type(error).__name__) from None
    if not isinstance(found, dict):
        raise Unavailable("not a JSON object" if status == 200 else f"status {status}")
    return found


def _answer(
    pool: urllib3.PoolManager, url: str, *, form: Mapping[str, str] | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    ends = time.monotonic() + SECONDS_IN_ALL
    answer = pool.request(
        "GET" if form is None else "POST",
        url,
        body=None if form is None else urlencode(form),
        headers=sent,
        redirect=False,
        preload_content=False,
        pool_timeout=SECONDS_TO_CONNECT,
    )
    try:
        raw = _read(answer, ends)
    except BaseException:
        answer.close()  # what is left unread would be taken for the next answer
        raise
    answer.release_conn()
    return answer.status, raw


def _read(answer: urllib3.BaseHTTPResponse, ends: float) -> bytes:
    """The body; Unavailable when it is too long, or drips so slowly that it is not there in time."""
    raw = b""
    while part := answer.read1(_AT_ONCE, decode_content=False):
        raw += part
        if len(raw) > LONGEST_ANSWER_BYTES:
            raise Unavailable("too long")
        if time.monotonic() > ends:
            raise Unavailable("too slow")
    return raw
