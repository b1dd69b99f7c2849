"""The fast way takes nothing that the thorough one refuses, and reads it the same; planted faults are noticed."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import pytest
from near_misses import EVERYTHING, EVERYTHING_IN_R5, near_misses

from service.fhir_io.admission import admit, fast
from service.fhir_io.admission.body import Limits, parse_body
from service.fhir_io.admission.schema import PRIMITIVES, plain_schemas
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.versions import R4, R5, VERSIONS, FhirVersion
from service.problems import Refused

BODIES = int(os.environ.get("ADMISSION_BODIES", "20000" if os.environ.get("CI") else "3000"))
EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)


def thorough(raw: bytes, version: FhirVersion) -> Any:
    """The body as the thorough way reads it; None when it refuses."""
    try:
        body = parse_body(raw)
    except Refused:
        return None
    return None if structural_problems(body, version, str(body["resourceType"])) else body


def unsound(version: FhirVersion, seed: int, most: int) -> tuple[int, bytes | None]:
    """How many bodies the fast way took, and the first that it should not have taken or read otherwise."""
    way = fast.fast_admission(version, Limits())
    assert way
    taken = 0
    for raw in islice(near_misses(seed), most):
        body = way(raw)
        if body is not None:
            taken += 1
            if thorough(raw, version) != body:
                return taken, raw
    return taken, None


@EVERY_VERSION
def test_what_is_taken_is_valid_and_read_the_same(version: FhirVersion) -> None:
    taken, wrong = unsound(version, 1, BODIES)
    assert wrong is None, wrong
    assert taken > BODIES / 20  # else the bodies would show nothing


@EVERY_VERSION
def test_a_body_of_all_that_is_plain_is_taken(version: FhirVersion) -> None:
    way = fast.fast_admission(version, Limits())
    body = copy.deepcopy(EVERYTHING_IN_R5 if version is R5 else EVERYTHING)
    assert way and way(json.dumps(body).encode()) == body
    assert way(json.dumps({"resourceType": "Parameters", "parameter": [
        {"name": "questionnaireResponse", "resource": body},
        {"name": "subject", "valueReference": {"reference": "Patient/1"}},
        {"name": "bundleType", "valueCode": "transaction"},
        {"name": "explain", "valueBoolean": False},
    ]}).encode())  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [b'"two \\" marks"', b'"a\\nb"', '"Schädel, 頭"'.encode(), b'"back\\\\slash"', b'"\\/"', b'"\\u00e9"'],
    ids=["escaped marks", "line end", "not ASCII", "backslash", "slash", "u escape"],
)
def test_what_is_escaped_is_read_or_left_to_the_thorough_way(said: bytes) -> None:
    raw = b'{"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"x","text":' + said + b"}]}"
    way = fast.fast_admission(R4, Limits())
    assert way
    assert way(raw) in (None, parse_body(raw))
    assert admit.admitted(raw, R4, Limits()).body == parse_body(raw)


@EVERY_VERSION
def test_what_a_look_cannot_compare_is_left_to_the_thorough_way(version: FhirVersion) -> None:
    way = fast.fast_admission(version, Limits())
    two = [{"linkId": "x", "answer": [{"valueBoolean": True}]}] * 2
    group = {"linkId": "g", "item": [{"linkId": "h", "item": two}]}
    plain = {"resourceType": "QuestionnaireResponse", "questionnaire": "http://x.example/q", "status": "completed"}
    identifier = {"value": "1", "period": {"start": "2024", "end": "2023"}}
    assert way
    assert way(json.dumps(plain | {"item": two}).encode())
    repeated = plain | {"item": [group]}
    inside = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": repeated}]}
    for body in (repeated, inside):
        assert way(json.dumps(body).encode()) == (None if version is R5 else body)
    assert way(json.dumps(plain | {"subject": {"identifier": identifier}}).encode()) is None
    assert way(json.dumps(plain | {"subject": {"type": "Patient"}}).encode()) is None


# Limits


def test_more_objects_than_allowed_are_counted_by_the_thorough_way() -> None:
    limits = Limits(max_items=10)
    items = [{"linkId": str(number)} for number in range(11)]
    raw = json.dumps({"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}).encode()
    with pytest.raises(Refused, match="more than 10 items"):
        admit.admitted(raw, R4, limits)


def test_with_a_narrow_depth_there_is_no_fast_way() -> None:
    assert fast.fast_admission(R4, Limits(max_depth=20)) is None
    assert admit.admitted(b'{"resourceType":"QuestionnaireResponse"}', R4, Limits(max_depth=20)).plain is False


def test_a_library_that_cannot_be_read_leaves_the_thorough_way_and_a_word_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[tuple[str, object]] = []

    def fails(_: FhirVersion) -> None:
        raise AttributeError("fields_set")

    monkeypatch.setattr(fast, "plain_schemas", fails)
    monkeypatch.setattr(admit, "log", lambda event, **fields: logged.append((event, fields["error_type"])))
    admit.fast_way.cache_clear()
    try:
        taken = admit.admitted(json.dumps(EVERYTHING).encode(), R4, Limits())
    finally:
        admit.fast_way.cache_clear()
    assert taken == admit.Admitted(EVERYTHING, plain=False)
    assert logged == [("no fast admission", "AttributeError")]


# Faults planted in the generator: were they made by mistake, the comparison above would show them

Schemas = dict[str, dict[str, Any]]


def everywhere(schemas: Schemas, change: Callable[[dict[str, Any]], None]) -> None:
    for part in schemas["QuestionnaireResponse"]["definitions"].values():
        change(part)


def without(key: str, name: str = "") -> Callable[[Schemas], None]:
    """A keyword left out wherever it stands in a definition, or only in definitions whose name begins so."""

    def plant(schemas: Schemas) -> None:
        for own, part in schemas["QuestionnaireResponse"]["definitions"].items():
            if own.startswith(name):
                part.pop(key, None)

    return plant


def any_text_for(primitive: str) -> Callable[[Schemas], None]:
    """A primitive's pattern is forgotten."""

    def plant(schemas: Schemas) -> None:
        _replaced(schemas, PRIMITIVES[primitive], {"type": "string"})

    return plant


def other(old: dict[str, Any], new: dict[str, Any]) -> Callable[[Schemas], None]:
    return lambda schemas: _replaced(schemas, old, new)


def _replaced(value: Any, old: Any, new: Any) -> None:
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if inner == old:
            value[key] = new
        elif isinstance(inner, dict | list):
            _replaced(inner, old, new)


def empty_lists(schemas: Schemas) -> None:
    def change(part: dict[str, Any]) -> None:
        for member in part.get("properties", {}).values():
            member.pop("minItems", None)

    everywhere(schemas, change)


def two_values(schemas: Schemas) -> None:
    without("maxProperties", "answer")(schemas)
    without("anyOf", "answer")(schemas)


def reversed_periods(schemas: Schemas) -> None:
    del schemas["QuestionnaireResponse"]["definitions"]["Period"]["not"]


STATUS = {"enum": ["amended", "completed", "entered-in-error", "in-progress", "stopped"]}

FAULTS: dict[str, Callable[[Schemas], None]] = {
    "unknown elements": without("additionalProperties"),
    "empty objects": without("minProperties", "Coding"),
    "what is required": without("required"),
    "item and answer": without("not"),
    "two values": two_values,
    "empty lists": empty_lists,
    "blank strings": any_text_for("string"),
    "codes with spaces": any_text_for("code"),
    "uris with spaces": any_text_for("uri"),
    "days that are not": any_text_for("date"),
    "times that are not": any_text_for("dateTime"),
    "clocks that are not": any_text_for("time"),
    "ids": any_text_for("id"),
    "large integers": other(PRIMITIVES["integer"], {"type": "integer"}),
    "fractions": other(PRIMITIVES["integer"], {"type": "number"}),
    "booleans": other(PRIMITIVES["boolean"], {}),
    "any status": other(STATUS, {"type": "string"}),
    "periods that end before they start": reversed_periods,
    "references to nothing": without("anyOf", "Reference"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_generator_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(version: FhirVersion) -> Schemas:
        schemas = copy.deepcopy(plain_schemas(version))
        before = copy.deepcopy(schemas)
        FAULTS[fault](schemas)
        assert schemas != before
        return schemas

    monkeypatch.setattr(fast, "plain_schemas", planted)
    assert noticed(R5 if fault == "references to nothing" else R4), fault


@pytest.mark.parametrize("fault", ["repeated keys", "control characters", "how keys are counted", "repeated answers"])
def test_a_fault_beside_the_schema_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault == "repeated keys":
        monkeypatch.setattr(fast, "_repeats_keys", lambda *_, **__: False)
    elif fault == "control characters":
        monkeypatch.setattr(fast, "_ESCAPES", ())
    elif fault == "repeated answers":
        monkeypatch.setattr(fast, "_repeats_answers", lambda _: False)
    else:
        monkeypatch.setattr(fast, "_repeats_keys", partial(_only_when_spaced, fast._repeats_keys))
    assert noticed(R5 if fault == "repeated answers" else R4), fault


def _only_when_spaced(real: Callable[..., bool], raw: bytes, body: dict[str, Any], *, escaped: bool) -> bool:
    return b": " in raw and escaped and real(raw, body, escaped=escaped)


def noticed(version: FhirVersion) -> bool:
    return any(unsound(version, seed, 20_000)[1] is not None for seed in range(3))
