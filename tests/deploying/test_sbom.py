"""The bill of materials names what the image is built from, with versions, licences and what needs what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deploying.conftest import run
from deploying.test_locked_packages import pinned

SAYS_NO_LICENCE = {"protobuf": "BSD-3-Clause, but only in a file that lies in it"}


@pytest.fixture(scope="module")
def sbom(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    code, said = run("python", "deploy/sbom.py", file)
    assert code == 0, said
    return json.loads(file.read_text("utf-8"))


def spelt(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def test_it_is_cyclonedx_of_this_service(sbom: Any) -> None:
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    assert (sbom["metadata"]["component"]["name"], sbom["metadata"]["component"]["type"]) == (
        "numbness-triage",
        "application",
    )


def test_it_names_all_that_is_locked_and_nothing_else(sbom: Any) -> None:
    named = {spelt(one["name"]): one["version"] for one in sbom["components"]}
    assert named == {spelt(name): version for name, version in pinned("service.txt").items()}
    assert all(one["purl"].startswith("pkg:pypi/") for one in sbom["components"])


def test_each_component_has_a_licence_and_its_place_in_the_tree(sbom: Any) -> None:
    assert {one["name"] for one in sbom["components"] if not one.get("licenses")} == SAYS_NO_LICENCE.keys()
    needed = {one for entry in sbom["dependencies"] for one in entry.get("dependsOn", [])}
    assert {one["bom-ref"] for one in sbom["components"]} <= needed
