"""Rule sets to bind to, and a service with bindings."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.ruleset.load import load_rule_set
from service.settings import Settings
from service.triage.model import RuleSet
from service.web.app import create_app
from service.wiring import build_service

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests/ruleset/tiny"
PUBLISHED = Path(__file__).parent / "published"
PAGE = ROOT / "docs/writing-bindings.md"


def example() -> str:
    """The whole binding that the page for integrators shows."""
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert found
    return found[1]


@pytest.fixture(scope="session")
def tiny_rules() -> tuple[RuleSet, ...]:
    return (load_rule_set(TINY),)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two published forms and the example of the page, as a hospital would keep them."""
    made = tmp_path_factory.mktemp("bindings")
    for form in sorted(path for path in PUBLISHED.iterdir() if path.is_dir()):
        shutil.copy(form / "binding.yaml", made / f"{form.name}.yaml")
    (made / "example.yaml").write_text(example(), "utf-8")
    return made


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], FlaskClient]:
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)

    def serve(folder: Path) -> FlaskClient:
        settings = Settings(bindings_path=folder, fixed_time="2026-01-15T09:30:00+01:00")
        return create_app(settings, build_service(settings)).test_client()

    return serve


@pytest.fixture(scope="session")
def rule_sets() -> tuple[RuleSet, ...]:
    """What is served."""
    return tuple(build_service(Settings()).triage.served)
