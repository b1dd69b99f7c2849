"""Bytes → an admitted body: by the fast way where it is plain, else by the thorough one, which says what is wrong."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.fhir_io.admission.body import Limits, parse_body
from service.fhir_io.admission.fast import FastAdmission, fast_admission
from service.fhir_io.versions import FhirVersion
from service.observe import log


@dataclass(frozen=True, slots=True)
class Admitted:
    """The JSON object of a body; `plain`: its structure is known to be valid and need not be looked at again."""

    body: dict[str, Any]
    plain: bool


def admitted(raw: bytes, version: FhirVersion, limits: Limits) -> Admitted:
    """The body; Refused when it is not one JSON object that FHIR allows (see `parse_body`)."""
    fast = fast_way(version, limits)
    body = fast(raw) if fast else None
    return Admitted(parse_body(raw, limits), False) if body is None else Admitted(body, True)


@cache
def fast_way(version: FhirVersion, limits: Limits) -> FastAdmission | None:
    """The fast way, made once; None when it cannot be made: the log says so, and every body takes the thorough one."""
    try:
        return fast_admission(version, limits)
    except Exception as error:  # whatever another version of the library brings: the thorough way needs none of it
        log("no fast admission", severity=logging.WARNING, error_type=type(error).__name__, fhir_version=version.code)
        return None
