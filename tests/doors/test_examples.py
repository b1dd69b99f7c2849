"""Every example through every door gives the answer that stands beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from doors.regenerate import answer, golden_file
from flask.testing import FlaskClient

from service.assess import assess
from service.cli import EXIT_CODES, main
from service.fhir_io.outcome import fhir_path
from service.fhir_io.versions import VERSIONS, FhirVersion
from service.problems import Kind
from service.settings import packaged
from service.web.edges import STATUS
from service.wiring import Service

EXAMPLES = packaged("fhir_examples")
PLACE = re.compile(r"^(QuestionnaireResponse|Parameters)(\.\w+(\[\d+\])?)*: ")
LEVELS = {"emergency", "urgent", "routine", "self-care"}


class Example:
    """A folder of fhir_examples, read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about = json.loads((folder / "about.json").read_text("utf-8"))
        self.file = folder / "response.json"
        self.raw = self.file.read_bytes()
        self.golden_file = golden_file(folder, self.about["status"])
        self.golden = json.loads(self.golden_file.read_text("utf-8"))
        self.version: FhirVersion = VERSIONS[self.about["fhirVersion"]]
        self.content_type = f"application/fhir+json; fhirVersion={self.version.code}"
        self.kind = Kind(self.about["kind"]) if "kind" in self.about else None

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.kind] if self.kind else 0

    @property
    def resources(self) -> list[dict[str, Any]]:
        return [entry["resource"] for entry in self.golden["entry"]]


ALL = [Example(path.parent) for path in sorted(EXAMPLES.glob("*/about.json"))]
TRIAGED = [example for example in ALL if example.kind is None]
REFUSED = [example for example in ALL if example.kind]

each = pytest.mark.parametrize("example", ALL, ids=lambda example: example.folder.name)
each_triaged = pytest.mark.parametrize("example", TRIAGED, ids=lambda example: example.folder.name)
each_refused = pytest.mark.parametrize("example", REFUSED, ids=lambda example: example.folder.name)


@pytest.fixture
def command(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line on rules that are loaded already."""
    monkeypatch.setattr("service.cli.exits.build_service", lambda _: service)

    def run(*arguments: str, given: bytes | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=given)

    return run


def test_the_examples_show_every_level_version_and_kind_of_refusal() -> None:
    assert {example.about["level"] for example in TRIAGED} == LEVELS
    assert {example.version.code for example in TRIAGED} == set(VERSIONS)
    assert {example.kind for example in REFUSED} == set(EXIT_CODES) - {Kind.TOO_LARGE}


@each
def test_an_example_holds_its_three_files_and_says_what_it_shows(example: Example) -> None:
    kept = {path.name for path in example.folder.iterdir()}
    assert kept == {"about.json", "response.json", "outcome.json" if example.kind else "bundle.json"}
    said = {"kind"} if example.kind else {"level"}
    assert set(example.about) == {"title", "description", "fhirVersion", "status"} | said
    assert example.about["status"] == (STATUS[example.kind] if example.kind else 200)


@each
def test_an_example_names_only_people_that_are_plainly_made_up(example: Example) -> None:
    for line in example.raw.decode().splitlines():
        assert '"Patient/' not in line or '"Patient/example-' in line


@each
def test_assess_gives_the_golden_answer(example: Example, service: Service) -> None:
    assert answer(service, example.folder) == example.golden_file.read_text("utf-8"), (
        "If this change is meant, run `python -m tests.doors.regenerate` and review what it wrote."
    )


@each
def test_both_http_doors_give_the_golden_answer_and_the_same_bytes(
    example: Example, client: FlaskClient, server: Any
) -> None:
    headers = {"Content-Type": example.content_type}
    in_process = client.post("/fhir/QuestionnaireResponse/$triage", data=example.raw, headers=headers)
    over_http = server.send("POST", "/fhir/QuestionnaireResponse/$triage", example.raw, headers)
    assert in_process.status_code == over_http.status == example.about["status"]
    assert in_process.data == over_http.raw
    assert over_http.json == example.golden
    expected = example.content_type
    assert in_process.headers["Content-Type"] == over_http.headers["Content-Type"] == expected


@each
def test_the_command_line_gives_the_golden_answer_from_a_file_and_from_standard_input(
    example: Example, command: Callable[..., Result]
) -> None:
    version = ("--fhir-version", example.version.code)
    from_file = command("triage", str(example.file), *version)
    from_input = command("triage", "-", *version, given=example.raw)
    assert from_file.exit_code == from_input.exit_code == example.exit_code
    assert from_file.stdout == from_input.stdout == example.golden_file.read_text("utf-8")


def test_the_installed_command_gives_the_same_bytes_in_every_process(environment: dict[str, str]) -> None:
    example = TRIAGED[0]
    command = [sys.executable, "-m", "service", "triage", str(example.file), "--fhir-version", example.version.code]
    for seed in ("1", "2"):
        done = subprocess.run(command, env={**environment, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        assert done.stdout == example.golden_file.read_bytes().replace(b"\n", os.linesep.encode())
        assert done.stderr == b""


@each
def test_the_answer_is_valid_fhir_of_its_version(example: Example) -> None:
    checked = [example.golden, *(example.resources if example.kind is None else [])]
    for resource in checked:
        example.version.model(resource["resourceType"]).model_validate_json(json.dumps(resource))


@each_triaged
def test_the_level_is_the_one_that_the_example_is_about(example: Example) -> None:
    (coding,) = example.resources[0]["prediction"][0]["qualitativeRisk"]["coding"]
    assert coding["code"] == example.about["level"]


@each_refused
def test_a_refusal_says_where_what_and_what_to_do(example: Example) -> None:
    for issue in example.golden["issue"]:
        assert issue["severity"] in ("error", "fatal")
        where = issue["details"]["text"].partition(": ")[0]
        assert issue["expression"] == [fhir_path(where)]
        assert "[x]" not in where


@each_triaged
def test_the_same_input_twice_gives_the_same_bytes(example: Example, service: Service) -> None:
    first, second = (assess(service.triage, example.raw, version=example.version).bundle for _ in "12")
    assert first == second


@each_triaged
def test_the_order_of_items_and_answers_changes_no_resource(example: Example, service: Service) -> None:
    turned = json.dumps(_turned(json.loads(example.raw))).encode()
    assert turned != example.raw
    bundle = json.loads(assess(service.triage, turned, version=example.version).bundle)
    assert [entry["fullUrl"] for entry in bundle["entry"]] == [entry["fullUrl"] for entry in example.golden["entry"]]
    assert [_without_places(entry["resource"]) for entry in bundle["entry"]] == [
        _without_places(resource) for resource in example.resources
    ]


def _turned(value: Any) -> Any:
    """The same response with every list of items and answers, and every parameter, in the opposite order."""
    if isinstance(value, list):
        return [_turned(one) for one in value]
    if not isinstance(value, dict):
        return value
    turned = {name: _turned(inside) for name, inside in value.items()}
    return {n: v[::-1] if n in ("item", "answer", "parameter") else v for n, v in turned.items()}


def _without_places(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource without what says where in the body something stood; lists of such remarks in one order."""
    if resource["resourceType"] == "OperationOutcome":
        said = sorted(PLACE.sub("", issue["details"]["text"]) for issue in resource["issue"])
        return {"id": resource["id"], "said": said}
    if resource["resourceType"] == "RiskAssessment":
        return {**resource, "note": sorted(PLACE.sub("", note["text"]) for note in resource["note"])}
    return resource


@each_triaged
def test_a_bundle_stands_in_the_order_of_the_contract(example: Example) -> None:
    types = [resource["resourceType"] for resource in example.resources]
    proposals = types.count("ServiceRequest")
    assert types[: 1 + proposals] == ["RiskAssessment", *["ServiceRequest"] * proposals]
    assert types[1 + proposals :] in ([], ["OperationOutcome"])
    urgency = [("stat", "urgent", "routine").index(r["priority"]) for r in example.resources if "priority" in r]
    assert urgency == sorted(urgency)
    for entry in example.golden["entry"]:
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
    assert len({entry["fullUrl"] for entry in example.golden["entry"]}) == len(types)


@each_triaged
def test_only_an_entry_of_a_transaction_carries_a_request_and_it_never_makes_a_second_copy(example: Example) -> None:
    asked = b'"valueCode": "transaction"' in example.raw
    assert example.golden["type"] == ("transaction" if asked else "collection")
    for entry in example.golden["entry"]:
        if not asked:
            assert "request" not in entry
            continue
        resource = entry["resource"]
        assert resource["resourceType"] != "OperationOutcome"
        assert entry["request"] == {
            "method": "POST",
            "url": resource["resourceType"],
            "ifNoneExist": f"identifier=urn:ietf:rfc:3986|{entry['fullUrl']}",
        }
        assert resource["identifier"] == [{"system": "urn:ietf:rfc:3986", "value": entry["fullUrl"]}]


def test_there_are_transactions_of_r4_and_of_r5() -> None:
    assert {e.version.code for e in TRIAGED if e.golden["type"] == "transaction"} == {"4.0", "5.0"}


@each_triaged
def test_a_proposal_wraps_code_reason_and_support_from_r5_on(example: Example) -> None:
    for proposal in example.resources:
        if proposal["resourceType"] != "ServiceRequest":
            continue
        assert (proposal["status"], proposal["intent"]) == ("draft", "proposal")
        if example.version.code == "5.0":
            assert set(proposal["code"]) == {"concept"}
            assert all(set(reason) == {"concept"} for reason in proposal["reason"])
            assert all(set(support) == {"reference"} for support in proposal["supportingInfo"])
            assert "reasonCode" not in proposal
        else:
            assert set(proposal["code"]) == {"coding", "text"}
            assert all(reason["text"] for reason in proposal["reasonCode"])
            assert proposal["supportingInfo"][0]["type"] == "RiskAssessment"
            assert "reason" not in proposal


@each_triaged
def test_no_text_is_said_twice(example: Example) -> None:
    for resource in example.resources:
        if resource["resourceType"] == "RiskAssessment":
            noted = [note["text"] for note in resource["note"]]
            assert len(noted) == len(set(noted))
        if resource["resourceType"] == "ServiceRequest":
            reasons = [json.dumps(reason) for reason in resource.get("reason") or resource["reasonCode"]]
            assert len(reasons) == len(set(reasons))
