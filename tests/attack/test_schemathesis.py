"""schemathesis against the running server: every operation of the OpenAPI document, asked rightly and wrongly."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.settings import BESIDE
from service.web.openapi import document

SECONDS = 400
KNOWN = """
[[operations]]
include-path-regex = "/fhir/Questionnaire/|/fhir/PlanDefinition/"
parameters = { "path.id" = "limb-numbness" }

[[operations]]
include-path = "/fhir/CodeSystem/{id}"
parameters = { "path.id" = "triage-level" }

[[operations]]
include-path = "/static/{filename}"
parameters = { "path.filename" = "page.css" }

[[operations]]
include-path = "/examples/{name}/response.json"
parameters = { "path.name" = "amended-response" }
"""
"""What there is at the addresses that have a name in them."""

JUDGED = r"\$(triage|validate)$"
"""The operations that take a body. Their schema refers to itself, and systematic coverage of that has no end."""


@pytest.fixture(scope="module")
def served(start_server: Callable[..., Any]) -> Any:
    """A server that serves all there can be at its one address."""
    return start_server(TRIAGE_METRICS_ADDRESS=BESIDE)


def _run(served: Any, folder: Path, *options: str) -> str:
    """What schemathesis says; it must be content."""
    base = f"http://127.0.0.1:{served.port}"
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", "schemathesis.toml", "run"]
    command += [f"{base}/openapi.json", "--url", base, "--no-color", "--seed", "1", "--checks", "all", *options]
    (folder / "schemathesis.toml").write_text(KNOWN, "utf-8")
    before = len(served.log)
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert '"fault"' not in served.log[before:]
    return ran.stdout


def _passed(said: str) -> int:
    found = re.search(r"([0-9]+) generated, \1 passed", said)
    assert found, said
    return int(found[1])


@pytest.mark.parametrize("phases", ["examples,coverage", "fuzzing"])
def test_everything_without_a_body(served: Any, tmp_path: Path, phases: str) -> None:
    said = _run(
        served, tmp_path, "--phases", phases, "--max-examples", "8", "--no-shrink", "--exclude-path-regex", JUDGED
    )
    without = len(document()["paths"]) - 3  # those two, and the address that the document itself came from
    assert f"Tested: {without}" in said
    assert _passed(said) > 100


def test_triage(served: Any, tmp_path: Path) -> None:
    """Not checked is that all that fits the schema is taken: much of it cannot be triaged, and says so with 422."""
    options = ("--phases", "fuzzing", "--max-examples", "25", "--no-shrink")
    options += ("--exclude-checks", "positive_data_acceptance", "--include-path-regex", r"\$triage$")
    assert _passed(_run(served, tmp_path, *options)) >= 25


def test_validate(served: Any, tmp_path: Path) -> None:
    """$validate answers 200 to what is invalid, and says so in it: FHIR would have it so."""
    options = ("--phases", "fuzzing", "--max-examples", "25", "--no-shrink", "--include-path-regex", r"\$validate$")
    options += ("--exclude-checks", "positive_data_acceptance,negative_data_rejection")
    assert _passed(_run(served, tmp_path, *options)) >= 25
