"""The OpenAPI document: it is one, tells of every address and of none that is not there, and is true of the replies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir_io.near_misses import VALUES
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from service.cli import main
from service.fhir_io.admission.primitives import PRIMITIVES as TESTS
from service.fhir_io.type_schemas import PRIMITIVES
from service.settings import BESIDE, packaged
from service.web.app import create_app
from service.web.openapi import document
from service.wiring import Service

EXAMPLES = sorted(path.parent for path in packaged("fhir_examples").glob("*/response.json"))
TRIAGE = "/fhir/QuestionnaireResponse/$triage"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document()


@pytest.fixture(scope="module")
def fits(told: dict[str, Any]) -> Callable[[Any, dict[str, Any]], list[str]]:
    """What does not fit a schema of the document; empty when all does."""
    registry = Registry().with_resource("told:", Resource.from_contents(told, default_specification=DRAFT202012))

    def faults(value: Any, schema: dict[str, Any]) -> list[str]:
        anchored = json.loads(json.dumps(schema).replace('"#/', '"told:#/'))
        return [one.message for one in Draft202012Validator(anchored, registry=registry).iter_errors(value)]

    return faults


def test_it_is_an_openapi_document(told: dict[str, Any]) -> None:
    validate(told)


def test_every_address_is_told_of_and_no_other(told: dict[str, Any], service: Service) -> None:
    documented = {
        (re.sub("{.*?}", "{}", path), method.upper()) for path, methods in told["paths"].items() for method in methods
    }
    app = create_app(replace(service.settings, metrics_address=BESIDE), service)
    assert documented == set(_served(app))


def _served(app: Flask) -> list[tuple[str, str]]:
    """Path and method of every route; what Flask adds to each, HEAD and OPTIONS, is left out."""
    found = []
    for rule in app.url_map.iter_rules():
        parts = [
            [one.strip() for one in part[5:].partition(")")[0].split(",")] if part.startswith("<any(") else ["{}"]
            for part in re.findall("<.*?>", rule.rule)
        ]
        pattern = re.sub("<.*?>", "\0", rule.rule)
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for chosen in product(*parts):
            ahead = iter(chosen)
            path = re.sub("\0", lambda _, ahead=ahead: next(ahead), pattern)
            found += [(path, method) for method in methods]
    return found


def test_every_operation_has_a_name_of_its_own(told: dict[str, Any]) -> None:
    names = [asked["operationId"] for methods in told["paths"].values() for asked in methods.values()]
    assert len(names) == len(set(names))


def test_the_scopes_of_an_operation_are_told(told: dict[str, Any]) -> None:
    triage, read = told["paths"][TRIAGE]["post"], told["paths"]["/fhir/Questionnaire/{id}"]["get"]
    assert triage["security"] == [{}, {"token": ["system/QuestionnaireResponse.c", "system/RiskAssessment.r"]}]
    assert {"401", "403", "408", "429", "503"} <= set(triage["responses"])
    assert "security" not in read


def test_it_is_served_with_an_etag(client: FlaskClient, told: dict[str, Any]) -> None:
    first = client.get("/openapi.json")
    assert (first.status_code, first.content_type, first.json) == (200, "application/json", told)
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_written_beside_the_definitions(tmp_path: Path, told: dict[str, Any]) -> None:
    ran = CliRunner().invoke(main, ["definitions", str(tmp_path)])
    assert ran.exit_code == 0
    assert json.loads((tmp_path / "openapi.json").read_text("utf-8")) == told


def test_the_address_that_is_set_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIAGE_PUBLIC_BASE_URL", "https://triage.example.org/base")
    CliRunner().invoke(main, ["definitions", str(tmp_path)])
    written = json.loads((tmp_path / "openapi.json").read_text("utf-8"))
    assert written["servers"] == [{"url": "https://triage.example.org/base"}]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("operation", ["triage", "validate"])
def test_examples_and_the_replies_to_them_are_as_told(
    client: FlaskClient, told: dict[str, Any], fits: Callable[..., list[str]], folder: Path, operation: str
) -> None:
    version = json.loads((folder / "about.json").read_text("utf-8"))["fhirVersion"]
    kind = "application/fhir+json" + ("" if version == "4.0" else f"; fhirVersion={version}")
    raw = (folder / "response.json").read_bytes()
    asked = told["paths"][f"/fhir/QuestionnaireResponse/${operation}"]["post"]
    reply = client.post(f"/fhir/QuestionnaireResponse/${operation}", data=raw, headers={"Content-Type": kind})
    responses = asked["responses"][str(reply.status_code)]
    if "$ref" in responses:
        responses = told["components"]["responses"][responses["$ref"].rpartition("/")[2]]
    assert fits(reply.json, responses["content"][reply.mimetype]["schema"]) == []
    if reply.status_code == 200 and operation == "triage":
        assert fits(json.loads(raw), asked["requestBody"]["content"][kind]["schema"]) == []
        spoiled = reply.json
        spoiled["entry"][0]["resource"]["levels"] = []
        assert fits(spoiled, responses["content"][reply.mimetype]["schema"]) != []  # else the schema would say nothing


@pytest.mark.parametrize("name", sorted(TESTS))
def test_no_primitive_is_told_stricter_than_it_is_read(fits: Callable[..., list[str]], name: str) -> None:
    values = [value for value in VALUES if not isinstance(value, list | dict) and TESTS[name](value) == ""]
    refused = [value for value in values if fits(value, PRIMITIVES[name])]
    assert refused == []
    assert name in ("integer64", "uuid", "oid", "xhtml", "base64Binary") or values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("boolean", "true"), ("integer", "1"), ("integer", 2147483648), ("positiveInt", 0), ("string", " "),
        ("string", "a\x00"), ("code", " x"), ("id", "a" * 65), ("uri", "a b"), ("uri", "urn:uuid:x"),
        ("url", "urn:oid:9"),
        ("date", "2024-13"), ("date", "0000"), ("dateTime", "2024-01-01T10:00:00"), ("time", "10:00"), ("decimal", "1"),
        ("base64Binary", "A"), ("oid", "1.2"), ("instant", "2024-01-01"), ("integer64", 1), ("xhtml", 1),
        ("uuid", "x"), ("unsignedInt", -1), ("canonical", ""), ("markdown", ""),
    ],
)  # fmt: skip
def test_what_no_primitive_is_does_not_fit(fits: Callable[..., list[str]], name: str, value: Any) -> None:
    assert TESTS[name](value) != ""
    assert fits(value, PRIMITIVES[name]) != []
