"""The laws of the house that a machine can hold: floors, one home for each library, sizes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "service").rglob("*.py"))

HOMES = {
    "flask": ("service/web",),
    "werkzeug": ("service/web",),
    "jinja2": ("service/web",),
    "gevent": ("service/web",),
    "gunicorn": ("service/web",),
    "fhir": ("service/fhir_io",),
    "fhir_core": ("service/fhir_io",),
    "pydantic": ("service/fhir_io",),
    "pydantic_core": ("service/fhir_io",),
    "jsonschema_rs": ("service/fhir_io/admission",),
    "orjson": ("service/fhir_io", "service/web", "service/observe.py"),
    "structlog": ("service/observe.py",),
    "prometheus_client": ("service/metrics.py",),
    "opentelemetry": ("service/tracing.py",),
    "re2": ("service/fhir_io/conformity",),
    "yaml": ("service/ruleset",),
    "limits": ("service/web/rates.py",),
    "marshmallow": ("service/ruleset", "service/settings.py", "service/access_settings.py", "service/edge_settings.py"),
    "redis": ("service/web/rates.py",),
    "click": ("service/cli",),
    "cachetools": ("service/security",),
    "joserfc": ("service/security",),
    "urllib3": ("service/security",),
    "z3": ("service/ruleset/proof",),
}
"""Where each library may be imported; one that is not listed may be imported nowhere."""

LONGEST_FILE = 250
LONGEST_FUNCTION = 30


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found - {"service", *sys.stdlib_module_names}


def test_imports_go_down_only() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 kept, 0 broken" in ran.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_library_has_one_home(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    strangers = {name for name in imported(path) if not place.startswith(HOMES.get(name, ("nowhere",)))}
    assert strangers == set()


def test_triage_needs_nothing_but_the_standard_library() -> None:
    for path in (ROOT / "service/triage").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert imported(path) == set(), path
        assert not {"datetime", "time", "random", "os", "logging", "uuid"} & names_imported(text), path


def names_imported(text: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {
        name.split(".")[0]
        for node in nodes
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


def test_only_the_settings_read_the_environment() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert ("os.environ" in text or "getenv" in text) == (path.name == "settings.py"), path


def test_no_rule_knowledge_is_in_python() -> None:
    """No linkId, criterion, condition or test of the rules stands as a string in the code."""
    from service.ruleset.load import load_rule_set
    from service.settings import packaged

    rule_set = load_rule_set(packaged("rules") / "limb_numbness")
    known = {*rule_set.items, *(c.id for c in rule_set.criteria), *rule_set.conditions, *rule_set.tests}
    for path in MODULES:
        strings = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert {text for text in strings if "-" in text} & known == set(), path
