"""Which FHIR version and format a request brings and wants (FHIR R4, http.html#mime-type and #version-parameter)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request
from werkzeug.http import parse_options_header

from service.fhir_io.versions import DEFAULT, VERSIONS, FhirVersion
from service.problems import Kind, Problem, Refused

FHIR_JSON = "application/fhir+json"
FORMATS = {FHIR_JSON: FHIR_JSON, "application/json": "application/json", "text/json": "application/json"}
WILDCARDS = {"*/*": FHIR_JSON, "application/*": FHIR_JSON, "json": FHIR_JSON}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The format and, if the caller names one, the FHIR version of the answer."""

    media_type: str
    version: FhirVersion | None

    def content_type(self, version: FhirVersion) -> str:
        """The Content-Type of an answer of `version`."""
        return f"{self.media_type}; fhirVersion={version.code}"


def body_version(request: Request) -> FhirVersion:
    """The FHIR version of the body; Refused as 415 when its type or version is not served."""
    media_type, options = parse_options_header(request.content_type)
    if media_type not in FORMATS:
        raise _refusal(Kind.MEDIA_TYPE, "Content-Type is missing or not served.", f"Send {FHIR_JSON}.")
    if options.get("charset", "utf-8").lower() != "utf-8":
        raise _refusal(Kind.MEDIA_TYPE, "Content-Type names a charset that is not served.", "Send UTF-8.")
    if request.content_encoding not in (None, "", "identity"):
        raise _refusal(Kind.MEDIA_TYPE, "Content-Encoding is not served.", "Send the body without compression.")
    code = options.get("fhirversion", options.get("fhirVersion", DEFAULT.code))
    if code not in VERSIONS:
        raise _refusal(Kind.MEDIA_TYPE, "The fhirVersion of Content-Type is not served.", _versions_served())
    return VERSIONS[code]


def wanted(request: Request) -> Wanted:
    """What the answer should be: `_format` before Accept; Refused as 406 when nothing that is wanted is served."""
    asked = request.args.get("_format") or request.headers.get("Accept") or "*/*"
    offers = [_offer(entry) for entry in asked.split(",")]
    served = [offer for offer in offers if offer is not None]
    if not served:
        raise _refusal(
            Kind.NOT_ACCEPTABLE,
            "Nothing that Accept or _format asks for is served.",
            f"Ask for {FHIR_JSON}. {_versions_served()}",
        )
    return max(served, key=lambda offer: offer[0])[1]


def agreed(request: Request) -> Wanted:
    """What a refusal should look like: as wanted, else as the body, else a default."""
    try:
        asked = wanted(request)
    except Refused:
        asked = Wanted(FHIR_JSON, None)
    try:
        return asked if asked.version or not request.content_type else Wanted(asked.media_type, body_version(request))
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
