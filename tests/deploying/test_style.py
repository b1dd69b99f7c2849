"""hadolint on the Dockerfile, yamllint on every YAML file of deploy/."""

from __future__ import annotations

from pathlib import Path

from deploying.conftest import run


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    assert run("hadolint", "--failure-threshold", "style", "Dockerfile") == (0, "")


def test_yamllint_finds_nothing_in_deploy_and_what_is_rendered(rendered: Path) -> None:
    assert run("yamllint", "--strict", "deploy") == (0, "")
    relaxed = "{extends: relaxed, rules: {line-length: disable, indentation: {indent-sequences: whatever}}}"
    assert run("yamllint", "--strict", "-d", relaxed, rendered) == (0, "")
