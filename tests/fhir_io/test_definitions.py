"""The definitions as a FHIR client meets them: valid in every version, and consistent with each other."""

import json
import re
from dataclasses import replace

import pytest
from definitions_rule_set import CANON, CODE_SYSTEMS, LOINC, RULE_SET, SNOMED, made

from service.fhir_io.capability import SERVED, capability_statement, versions_parameters
from service.fhir_io.versions import R4, VERSIONS

EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
KEYS = [
    ("Questionnaire", "limb-numbness"),
    *(("CodeSystem", name) for name in CODE_SYSTEMS),
    *(("ValueSet", name) for name in CODE_SYSTEMS),
    ("OperationDefinition", "QuestionnaireResponse-triage"),
    ("PlanDefinition", "limb-numbness"),
    ("StructureDefinition", "triage-explanation"),
]


def statement(version=R4):
    return capability_statement(
        canonical_base=CANON,
        version=version,
        base_url="https://here.example/fhir",
        software_version="1.2.3",
        date="2026-01-15",
    )


def within(value):
    """The value and everything inside it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield from within(part)


# Every definition


def test_what_is_defined():
    assert sorted(made()) == sorted(KEYS)


@EVERY_VERSION
@pytest.mark.parametrize("key", KEYS, ids="/".join)
def test_each_definition_is_valid_and_survives_json(key, version):
    resource = json.loads(json.dumps(made(version)[key]))
    read = version.model(key[0]).model_validate(resource)
    assert json.loads(read.model_dump_json()) == resource == made(version)[key]


@EVERY_VERSION
def test_the_statement_and_the_versions_are_valid(version):
    version.model("CapabilityStatement").model_validate(statement(version))
    version.model("Parameters").model_validate(versions_parameters())


@EVERY_VERSION
def test_made_twice_they_are_the_same_bytes(version):
    assert json.dumps([*made(version).values(), statement(version)]) == json.dumps(
        [*made(version).values(), statement(version)]
    )


@EVERY_VERSION
def test_nothing_is_empty(version):
    everything = [*made(version).values(), statement(version), versions_parameters()]
    assert not [part for part in within(everything) if part in ("", [], {}) or part is None]


@pytest.mark.parametrize("key", KEYS, ids="/".join)
def test_each_definition_names_itself(key):
    resource = made()[key]
    assert resource["url"] == f"{CANON}/{key[0]}/{key[1]}"
    assert (resource["version"], resource["date"], resource["publisher"]) == ("1.2.0", "2026-01-15", "The publisher")
    assert (resource["status"], resource["experimental"]) == ("active", True)
    assert re.fullmatch(r"[A-Z][A-Za-z0-9_]+", resource["name"])
    assert resource["title"]
    assert resource["description"]


@pytest.mark.parametrize("status", ["draft", "active", "retired"])
def test_a_definition_has_the_status_of_the_rules(status):
    resources = made(rule_set=replace(RULE_SET, status=status)).values()
    assert {resource["status"] for resource in resources} == {status}


def test_a_rule_set_without_publisher_and_copyright_leaves_them_out():
    rule_set = replace(RULE_SET, publisher="", copyright="")
    value_set = made(rule_set=rule_set)["ValueSet", "triage-level"]
    assert "publisher" not in value_set
    assert "copyright" not in value_set


@EVERY_VERSION
@pytest.mark.parametrize(("system", "notice"), [(SNOMED, "SNOMED International"), (LOINC, "Regenstrief Institute")])
def test_a_notice_stands_exactly_where_codes_of_its_system_stand(system, notice, version):
    resources = made(version)
    holding = {
        key
        for key, resource in resources.items()
        if system in [part for part in within(resource) if isinstance(part, str)]
    }
    assert holding
    assert holding == {key for key, resource in resources.items() if notice in resource.get("copyright", "")}


def test_the_copyright_of_the_rules_stands_before_the_notices():
    assert made()["CodeSystem", "recommended-test"]["copyright"].startswith("Rules © the authors.\n\nThis material")
    assert made()["ValueSet", "triage-level"]["copyright"] == "Rules © the authors."


# $triage


@EVERY_VERSION
def test_the_operation(version):
    operation = made(version)["OperationDefinition", "QuestionnaireResponse-triage"]
    assert operation["code"] == "triage"
    assert operation["resource"] == ["QuestionnaireResponse"]
    assert (operation["system"], operation["type"], operation["instance"]) == (False, True, False)
    assert operation["affectsState"] is False
    assert [(p["name"], p["use"], p["min"], p["max"], p["type"]) for p in operation["parameter"]] == [
        ("questionnaireResponse", "in", 1, "1", "QuestionnaireResponse"),
        ("subject", "in", 0, "1", "Reference"),
        ("encounter", "in", 0, "1", "Reference"),
        ("bundleType", "in", 0, "1", "code"),
        ("explain", "in", 0, "1", "boolean"),
        ("questionnaire", "in", 0, "1", "Questionnaire"),
        ("return", "out", 1, "1", "Bundle"),
    ]
    bundle_type = next(p for p in operation["parameter"] if p["name"] == "bundleType")
    assert bundle_type["binding"]["valueSet"] == f"http://hl7.org/fhir/ValueSet/bundle-type|{version.release}"


# CapabilityStatement and $versions


@EVERY_VERSION
def test_the_statement_says_which_release_it_speaks(version):
    told = statement(version)
    assert told["fhirVersion"] == version.release
    assert told["kind"] == "instance"
    assert told["implementation"]["url"] == "https://here.example/fhir"
    assert told["format"] == ["application/fhir+json", "json"]
    assert told["software"] == {"name": "numbness-triage", "version": "1.2.3"}


def test_every_definition_that_is_made_is_told_of_and_can_be_read_and_found():
    told = {resource["type"]: resource for resource in statement()["rest"][0]["resource"]}
    assert list(told) == [served.resource_type for served in SERVED]
    for resource_type in {resource_type for resource_type, _ in made()}:
        assert told[resource_type]["interaction"] == [{"code": "read"}, {"code": "search-type"}]
        assert told[resource_type]["searchParam"] == [{"name": "url", "type": "uri"}]


def test_operations_have_absolute_definitions_and_ours_is_served():
    (response,) = [r for r in statement()["rest"][0]["resource"] if r["type"] == "QuestionnaireResponse"]
    assert response["operation"] == [
        {"name": "triage", "definition": made()["OperationDefinition", "QuestionnaireResponse-triage"]["url"]},
        {"name": "validate", "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate"},
    ]
    assert statement()["rest"][0]["operation"] == [
        {
            "name": "versions",
            "definition": "http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions",
        }
    ]


def test_versions_names_each_version_and_the_default():
    assert versions_parameters()["parameter"] == [
        {"name": "version", "valueCode": "4.0"},
        {"name": "version", "valueCode": "4.3"},
        {"name": "version", "valueCode": "5.0"},
        {"name": "default", "valueCode": "4.0"},
    ]
