"""Which FHIR version and format a request brings and wants (FHIR R4, http.html#mime-type and #version-parameter)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header

from service.fhir_io.versions import DEFAULT, VERSIONS, FhirVersion
from service.problems import Kind, Problem, Refused

FHIR_JSON = "application/fhir+json"
FORMATS = {FHIR_JSON: FHIR_JSON, "application/json": "application/json", "text/json": "application/json"}
WILDCARDS = {"*/*": FHIR_JSON, "application/*": FHIR_JSON, "json": FHIR_JSON}

KEPT = 256
"""How many spellings of a header are remembered: callers send the same ones over and over."""

Sent = dict[str, Any]
"""The request as WSGI has it (PEP 3333, environ)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The format and, if the caller names one, the FHIR version of the answer."""

    media_type: str
    version: FhirVersion | None

    def content_type(self, version: FhirVersion) -> str:
        """The Content-Type of an answer of `version`."""
        return f"{self.media_type}; fhirVersion={version.code}"


def body_version(sent: Sent) -> FhirVersion:
    """The FHIR version of the body; Refused as 415 when its type or version is not served."""
    return _version_of(sent.get("CONTENT_TYPE", ""), sent.get("HTTP_CONTENT_ENCODING", ""))


@lru_cache(KEPT)
def _version_of(content_type: str, content_encoding: str) -> FhirVersion:
    media_type, options = parse_options_header(content_type)
    if media_type not in FORMATS:
        raise _refusal(Kind.MEDIA_TYPE, "Content-Type is missing or not served.", f"Send {FHIR_JSON}.")
    if options.get("charset", "utf-8").lower() != "utf-8":
        raise _refusal(Kind.MEDIA_TYPE, "Content-Type names a charset that is not served.", "Send UTF-8.")
    if content_encoding not in ("", "identity"):
        raise _refusal(Kind.MEDIA_TYPE, "Content-Encoding is not served.", "Send the body without compression.")
    code = options.get("fhirversion", options.get("fhirVersion", DEFAULT.code))
    if code not in VERSIONS:
        raise _refusal(Kind.MEDIA_TYPE, "The fhirVersion of Content-Type is not served.", _versions_served())
    return VERSIONS[code]


def wanted(sent: Sent) -> Wanted:
    """What the answer should be: `_format` before Accept; Refused as 406 when nothing that is wanted is served."""
    return _best_of(parameter(sent, "_format") or sent.get("HTTP_ACCEPT") or "*/*")


@lru_cache(KEPT)
def _best_of(asked: str) -> Wanted:
    offers = [_offer(entry) for entry in asked.split(",")]
    served = [offer for offer in offers if offer is not None]
    if not served:
        raise _refusal(
            Kind.NOT_ACCEPTABLE,
            "Nothing that Accept or _format asks for is served.",
            f"Ask for {FHIR_JSON}. {_versions_served()}",
        )
    return max(served, key=lambda offer: offer[0])[1]


def parameter(sent: Sent, name: str) -> str | None:
    """The first value of a parameter of the address; None when it is not there."""
    query = sent.get("QUERY_STRING")
    return _parameters(query).get(name) if query else None


@lru_cache(KEPT)
def _parameters(query: str) -> dict[str, str]:
    pairs = parse_qsl(query.encode("latin-1").decode(errors="replace"), keep_blank_values=True)
    return dict(reversed(pairs))


def agreed(sent: Sent) -> Wanted:
    """What a refusal should look like: as wanted, else as the body, else a default."""
    try:
        asked = wanted(sent)
    except Refused:
        asked = Wanted(FHIR_JSON, None)
    try:
        return asked if asked.version or not sent.get("CONTENT_TYPE") else Wanted(asked.media_type, body_version(sent))
    except Refused:
        return asked


def _offer(entry: str) -> tuple[float, Wanted] | None:
    """The quality and meaning of one entry of Accept; None when it is not served."""
    media_type, options = parse_options_header(entry.strip().replace(" json", "+json"))
    served = FORMATS.get(media_type) or WILDCARDS.get(media_type)
    code = options.get("fhirversion", options.get("fhirVersion"))
    try:
        quality = float(options.get("q", "1"))
    except ValueError:
        quality = 0.0
    if served is None or quality <= 0 or (code is not None and code not in VERSIONS):
        return None
    return quality, Wanted(served, VERSIONS[code] if code else None)


def _versions_served() -> str:
    return f"Served versions: {', '.join(VERSIONS)}."


def _refusal(kind: Kind, message: str, remedy: str) -> Refused:
    return Refused([Problem(kind, "", message, remedy)])
