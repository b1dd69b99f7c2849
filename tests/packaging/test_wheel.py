"""The wheel holds the rules and the examples, and the code finds them in it as it finds them in a checkout."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from lowest import PROJECT, lowest

from service.settings import packaged

ROOT = PROJECT.parent
TRAVELS = {"rules": "service/data/rules", "fhir_examples": "service/data/fhir_examples"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **more)


@pytest.mark.parametrize(("folder", "inside"), TRAVELS.items())
def test_the_wheel_holds_exactly_the_files_of_the_checkout(wheel, folder, inside):
    ours = {path.relative_to(ROOT / folder): path.read_bytes() for path in (ROOT / folder).rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{inside}/")]
        theirs = {Path(name).relative_to(inside): archive.read(name) for name in names}
    assert ours, f"{folder} is empty"
    assert theirs == ours


def test_the_wheel_holds_the_page_the_licence_and_the_console_script_but_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = [name for name in names if name.endswith("entry_points.txt")]
        assert b"numbness-triage = service.__main__:main" in archive.read(entry_points)
    assert {name.rsplit("/", 1)[-1] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert "service/web/templates/page.html" in names
    assert any(name.startswith("service/web/static/") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"service", "numbness_triage"}


def test_in_a_checkout_rules_and_examples_are_found_beside_the_package():
    assert packaged("rules") == ROOT / "rules"
    assert packaged("fhir_examples") == ROOT / "fhir_examples"


def test_unpacked_elsewhere_the_code_finds_its_own_rules_and_examples(wheel, tmp_path):
    """As an installed wheel lies: nothing of the checkout beside it, and another working directory."""
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    environment["PYTHONPATH"] = str(site)
    where = run(
        [sys.executable, "-c", "import service.settings as s; print(s.load_settings())"], cwd=elsewhere, env=environment
    )
    assert f"{site}/service/data/rules/limb_numbness" in where.stdout, where.stderr
    assert f"{site}/service/data/fhir_examples" in where.stdout
    for command in ("check", "cases"):
        done = run([sys.executable, "-m", "service", command], cwd=elsewhere, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_dependency_has_a_lower_bound():
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    assert len(lowest(project["dependencies"])) == len(project["dependencies"])
    assert lowest(project["optional-dependencies"]["test"])


def test_a_dependency_without_a_lower_bound_is_told():
    with pytest.raises(ValueError, match="no lower bound: flask<4"):
        lowest(["flask<4"])
