"""Which version and format a caller brings, and which it gets back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

FHIR = "application/fhir+json"
NOT_ACCEPTED = (
    "Nothing that Accept or _format asks for is served. Ask for application/fhir+json. Served versions: 4.0, 4.3, 5.0."
)


@pytest.fixture
def body(respond: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return respond({"numbness": True, "confusion": True})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", f"{FHIR}; fhirVersion=4.0"),
        ("application/*", f"{FHIR}; fhirVersion=4.0"),
        (FHIR, f"{FHIR}; fhirVersion=4.0"),
        (f"{FHIR}; fhirVersion=4.3", f"{FHIR}; fhirVersion=4.3"),
        (f"{FHIR}; fhirVersion=5.0", f"{FHIR}; fhirVersion=5.0"),
        (f'{FHIR}; fhirVersion="5.0"', f"{FHIR}; fhirVersion=5.0"),
        ("application/json", "application/json; fhirVersion=4.0"),  # MedplumClient
        ("text/json", "application/json; fhirVersion=4.0"),
        (  # HAPI FHIR's client lists XML and JSON as equals
            f"application/fhir+xml;q=1.0, {FHIR};q=1.0, application/xml+fhir;q=0.9, application/json+fhir;q=0.9",
            f"{FHIR}; fhirVersion=4.0",
        ),
        (f"{FHIR};q=0.5, application/json;q=0.9", "application/json; fhirVersion=4.0"),
        (f"{FHIR}; fhirVersion=4.0;q=0.5, {FHIR}; fhirVersion=5.0", f"{FHIR}; fhirVersion=5.0"),
        (f"{FHIR}; fhirVersion=9.9, {FHIR}; fhirVersion=4.3;q=0.1", f"{FHIR}; fhirVersion=4.3"),
        ("text/html, application/xhtml+xml, */*;q=0.8", f"{FHIR}; fhirVersion=4.0"),
    ],
)
def test_accept_chooses_format_and_version(
    post: Callable[..., Any], body: dict[str, Any], accept: str, expected: str
) -> None:
    reply = post(body, Accept=accept)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == expected


@pytest.mark.parametrize(
    "accept",
    [
        "application/pdf",
        "application/fhir+xml",
        f"{FHIR}; fhirVersion=3.0",
        f"{FHIR};q=0",
        f"{FHIR};q=none",
        "text/html",
        ",",
    ],
)
def test_what_is_not_served_is_406(
    post: Callable[..., Any], texts: Callable[..., list[str]], body: dict[str, Any], accept: str
) -> None:
    reply = post(body, Accept=accept)
    assert reply.status_code == 406
    assert reply.headers["Content-Type"] == f"{FHIR}; fhirVersion=4.0"
    assert texts(reply.json) == [NOT_ACCEPTED]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("json", f"{FHIR}; fhirVersion=4.0"),
        ("application/fhir%2Bjson", f"{FHIR}; fhirVersion=4.0"),
        ("application/fhir+json", f"{FHIR}; fhirVersion=4.0"),  # + is a space in a query, and meant as a plus
        ("application/json", "application/json; fhirVersion=4.0"),
        ("application/fhir%2Bjson;fhirVersion=5.0", f"{FHIR}; fhirVersion=5.0"),
    ],
)
def test_format_in_the_address_goes_before_accept(
    post: Callable[..., Any], body: dict[str, Any], asked: str, expected: str
) -> None:
    reply = post(body, query=f"?_format={asked}", Accept="application/fhir+xml")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == expected


def test_format_xml_is_406_even_when_accept_asks_for_json(
    post: Callable[..., Any], texts: Callable[..., list[str]], body: dict[str, Any]
) -> None:
    reply = post(body, query="?_format=xml", Accept=FHIR)
    assert (reply.status_code, texts(reply.json)) == (406, [NOT_ACCEPTED])


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("text/plain", "Content-Type is missing or not served. Send application/fhir+json."),
        ("application/fhir+xml", "Content-Type is missing or not served. Send application/fhir+json."),
        ("", "Content-Type is missing or not served. Send application/fhir+json."),
        (
            f"{FHIR}; fhirVersion=1.0",
            "The fhirVersion of Content-Type is not served. Served versions: 4.0, 4.3, 5.0.",
        ),
        (f"{FHIR}; charset=latin-1", "Content-Type names a charset that is not served. Send UTF-8."),
    ],
)
def test_a_body_that_is_not_served_is_415(
    post: Callable[..., Any], texts: Callable[..., list[str]], body: dict[str, Any], content_type: str, said: str
) -> None:
    reply = post(body, Content_Type=content_type)
    assert (reply.status_code, texts(reply.json)) == (415, [said])


def test_a_compressed_body_is_415(
    post: Callable[..., Any], texts: Callable[..., list[str]], body: dict[str, Any]
) -> None:
    reply = post(body, Content_Encoding="gzip")
    said = "Content-Encoding is not served. Send the body without compression."
    assert (reply.status_code, texts(reply.json)) == (415, [said])


@pytest.mark.parametrize("content_type", ["application/json", f"{FHIR}; charset=UTF-8", f"{FHIR};fhirVersion=4.0"])
def test_a_body_of_fhir_json_is_taken_by_any_of_its_names(
    post: Callable[..., Any], body: dict[str, Any], content_type: str
) -> None:
    assert post(body, Content_Type=content_type).status_code == 200


@pytest.mark.parametrize("version", ["4.0", "4.3", "5.0"])
def test_the_answer_is_of_the_version_of_the_body_unless_another_is_accepted(
    post: Callable[..., Any], body: dict[str, Any], version: str
) -> None:
    sent = f"{FHIR}; fhirVersion={version}"
    assert post(body, Content_Type=sent).headers["Content-Type"] == sent
    other = post(body, Content_Type=sent, Accept=f"{FHIR}; fhirVersion=5.0")
    assert other.headers["Content-Type"] == f"{FHIR}; fhirVersion=5.0"
    assert "concept" in other.json["entry"][1]["resource"]["code"]


def test_the_ids_do_not_depend_on_the_version(post: Callable[..., Any], body: dict[str, Any]) -> None:
    r4, r5 = (post(body, Accept=f"{FHIR}; fhirVersion={code}").json for code in ("4.0", "5.0"))
    assert [entry["fullUrl"] for entry in r4["entry"]] == [entry["fullUrl"] for entry in r5["entry"]]


def test_definitions_are_negotiated_likewise(client: FlaskClient) -> None:
    reply = client.get("/fhir/metadata", headers={"Accept": f"{FHIR}; fhirVersion=5.0"})
    assert reply.headers["Content-Type"] == f"{FHIR}; fhirVersion=5.0"
    assert json.loads(reply.data)["fhirVersion"] == "5.0.0"
    assert client.get("/fhir/metadata?_format=xml").status_code == 406
