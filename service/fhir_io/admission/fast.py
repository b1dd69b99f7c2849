"""Bytes → a body that is certainly valid, or nothing: then the thorough way decides and says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import orjson

from service.fhir_io.admission.body import Limits, has_more_parts
from service.fhir_io.admission.repeated_answers import repeated_answers
from service.fhir_io.admission.schema import DEEPEST, plain_schemas
from service.fhir_io.versions import FhirVersion

_ESCAPES = (b"\\u00", b"\\b", b"\\f")
"""Escapes of control characters, some of which FHIR forbids, and of the quotation mark; left to the thorough way."""

_LINK_ID = re.compile(rb'"linkId"\s*:\s*"([^"]*)"')

FastAdmission = Callable[[bytes], dict[str, Any] | None]
"""The parsed body when it is plainly valid FHIR; None says nothing about it."""


def fast_admission(version: FhirVersion, limits: Limits) -> FastAdmission | None:
    """The fast way for one FHIR version; None when the limits are so narrow that the thorough way must count.

    Raises whatever comes of models that are built otherwise than those we know.
    """
    if limits.max_depth < DEEPEST:
        return None
    valid = _validators(version)
    combined = version.combines_repeated_answers
    most = min(limits.max_items, limits.max_objects)

    def admit(raw: bytes) -> dict[str, Any] | None:
        escaped = b"\\" in raw
        if raw.count(b"{") > most or (escaped and any(escape in raw for escape in _ESCAPES)):
            return None
        if has_more_parts(raw, limits.max_parts):
            return None
        try:
            body = orjson.loads(raw)
        except ValueError:
            return None
        is_valid = valid.get(str(body.get("resourceType"))) if isinstance(body, dict) else None
        if is_valid is None or not is_valid(body) or _repeats_keys(raw, body, escaped=escaped):
            return None
        if combined and (escaped or _repeats_link_ids(raw)) and _repeats_answers(body):
            return None
        return body  # type: ignore[no-any-return]  # orjson gives Any; it is a dict by now

    return admit


def _validators(version: FhirVersion) -> dict[str, Callable[[Any], bool]]:
    options = jsonschema_rs.RegexOptions()  # linear time, whatever the text
    return {
        name: jsonschema_rs.Draft4Validator(schema, pattern_options=options).is_valid
        for name, schema in plain_schemas(version).items()
    }


def _repeats_link_ids(raw: bytes) -> bool:
    """Whether any linkId stands twice in a body without escapes; mostly none does, and there is nothing to compare."""
    link_ids = _LINK_ID.findall(raw)
    return len(set(link_ids)) != len(link_ids)


def _repeats_answers(body: dict[str, Any]) -> bool:
    """Whether a response in a valid body answers a question in two items (qrs-2): a schema cannot compare them."""
    responses = (one["resource"] for one in body["parameter"] if "resource" in one) if "parameter" in body else (body,)
    return any(where for response in responses for where in repeated_answers(response))


def _repeats_keys(raw: bytes, body: dict[str, Any], *, escaped: bool) -> bool:
    """Whether a key may stand twice: the parser keeps the last and says nothing.

    A valid body has no fractions, so without escapes it is as long as before when written anew, if nothing was dropped
    and no white space was in it. Else the quotation marks are counted: every key and string has two, and each escaped
    one inside is there again; only \\u0022, which is among the escapes, could make up for what was dropped.
    """
    anew = orjson.dumps(body)
    return (escaped or len(anew) != len(raw)) and anew.count(b'"') != raw.count(b'"')
