"""What is served beside triage: metadata, versions, definitions, health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.web.app import create_app
from service.wiring import Service

CANONICAL = "https://numbness-triage.example/fhir"


def test_metadata_names_the_operations_and_where_we_are(client: FlaskClient) -> None:
    statement = client.get("/fhir/metadata").json
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["implementation"]["url"] == "http://localhost/fhir"
    (response,) = [r for r in statement["rest"][0]["resource"] if r["type"] == "QuestionnaireResponse"]
    assert [operation["name"] for operation in response["operation"]] == ["triage", "validate"]


def test_metadata_names_the_public_address_when_one_is_set(service: Service) -> None:
    moved = replace(service.settings, public_base_url="https://triage.example.org/numb")
    client = create_app(moved, replace(service, settings=moved)).test_client()
    assert client.get("/fhir/metadata").json["implementation"]["url"] == "https://triage.example.org/numb/fhir"


@pytest.mark.parametrize("path", ["/fhir/metadata", "/fhir/$versions", "/fhir/Questionnaire/limb-numbness"])
def test_what_the_caller_has_already_is_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Vary"] == again.headers["Vary"] == "Accept"
    other = client.get(path, headers={"If-None-Match": '"something else"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_another_version_has_another_etag(client: FlaskClient) -> None:
    tags = {
        client.get("/fhir/metadata", headers={"Accept": f"application/fhir+json; fhirVersion={code}"}).headers["ETag"]
        for code in ("4.0", "4.3", "5.0")
    }
    assert len(tags) == 3


def test_versions(client: FlaskClient) -> None:
    assert client.get("/fhir/$versions").json == {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "version", "valueCode": "4.0"},
            {"name": "version", "valueCode": "4.3"},
            {"name": "version", "valueCode": "5.0"},
            {"name": "default", "valueCode": "4.0"},
        ],
    }


def test_every_definition_that_is_found_can_be_read_by_id_and_found_by_url(client: FlaskClient) -> None:
    for resource_type in (
        "Questionnaire",
        "CodeSystem",
        "ValueSet",
        "OperationDefinition",
        "PlanDefinition",
        "StructureDefinition",
    ):
        everything = client.get(f"/fhir/{resource_type}").json
        assert (everything["type"], everything["total"]) == ("searchset", len(everything["entry"]))
        assert everything["link"] == [{"relation": "self", "url": f"http://localhost/fhir/{resource_type}"}]
        for entry in everything["entry"]:
            resource = entry["resource"]
            assert client.get(entry["fullUrl"]).json == resource
            found = client.get(f"/fhir/{resource_type}", query_string={"url": resource["url"]}).json
            assert [e["resource"] for e in found["entry"]] == [resource]
            assert found["link"][0]["url"].endswith(f"/fhir/{resource_type}?url={resource['url']}")


def test_a_url_may_name_the_version(client: FlaskClient, service: Service) -> None:
    url = f"{CANONICAL}/Questionnaire/limb-numbness"
    version = service.triage.served[0].version
    assert client.get("/fhir/Questionnaire", query_string={"url": f"{url}|{version}"}).json["total"] == 1
    assert client.get("/fhir/Questionnaire", query_string={"url": f"{url}|0.0.9"}).json["total"] == 0


def test_what_is_not_found_is_an_empty_searchset_that_does_not_repeat_the_question(client: FlaskClient) -> None:
    assert client.get("/fhir/ValueSet?url=http://example.org/Example+Name").json == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [{"relation": "self", "url": "http://localhost/fhir/ValueSet"}],
    }


def test_an_unknown_id_is_404_and_says_which_there_are(client: FlaskClient, texts: Callable[..., list[str]]) -> None:
    reply = client.get("/fhir/Questionnaire/example-name")
    said = "There is no Questionnaire with this id. There are: limb-numbness."
    assert (reply.status_code, texts(reply.json)) == (404, [said])


def test_the_questionnaire_of_r5_is_valid_r5(client: FlaskClient) -> None:
    accept = {"Accept": "application/fhir+json; fhirVersion=5.0"}
    r4 = client.get("/fhir/Questionnaire/limb-numbness").json
    r5 = client.get("/fhir/Questionnaire/limb-numbness", headers=accept).json

    def types(resource: dict[str, Any]) -> set[str]:
        return {item["type"] for group in resource["item"] for item in group["item"]}

    assert (types(r4), types(r5)) == ({"boolean", "choice"}, {"boolean", "coding"})


def test_health(client: FlaskClient, service: Service) -> None:
    rule_set = service.triage.served[0]
    assert client.get("/health/live").json == {"status": "live"}
    assert client.get("/health/ready").json == {
        "status": "ready",
        "ruleSets": [{"id": "limb-numbness", "version": rule_set.version, "sha256": rule_set.digest}],
        "vignettes": len(service.vignettes),
    }
    assert len(service.vignettes) >= 4  # one for each level at least
