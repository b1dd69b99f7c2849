"""The command line: what each command prints, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import service as package
from service.cli import EXIT_CODES, main
from service.fhir_io.versions import VERSIONS
from service.problems import Kind
from service.settings import packaged
from service.wiring import Service

EXAMPLE = packaged("fhir_examples") / "foot-fell-asleep" / "response.json"
ASLEEP = """\
Level: Self-care

What to do
  Nothing needs to be done now. See a healthcare provider if it comes back often, lasts, gets worse, or if anything \
else appears."""

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)

    def invoke(*arguments: str, given: Any = None, **variables: str) -> Result:
        raw = given if given is None or isinstance(given, bytes) else json.dumps(given).encode()
        return CliRunner(env=variables).invoke(main, arguments, input=raw)

    return invoke


@pytest.fixture
def quick(run: Run, service: Service, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same on rules that are loaded already."""
    monkeypatch.setattr("service.cli.exits.build_service", lambda _: service)
    return run


@pytest.fixture
def broken_rules(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(packaged("rules") / "limb_numbness", folder)
    (folder / "notices.yaml").write_text("- id: child\n  txet: Speak with a clinician.\n  sources: [UN-5]\n")
    return folder


BROKEN = """\
mine/notices.yaml:1:3: The key “text” is missing. Add it.
mine/notices.yaml:2:3: There is no key “txet” here. Remove it, or use one of: id, text, when, levels, sources.
2 problems found
"""

CHECKED = BROKEN.replace(": The key", ": [shape] The key").replace(": There is", ": [shape] There is")
"""The same as `check` says it: with the id of the check."""


def test_help_names_every_command(run: Run) -> None:
    for flag in ("-h", "--help"):
        done = run(flag)
        assert done.exit_code == 0
        for name in ("serve", "triage", "check", "cases", "definitions"):
            assert f"\n  {name} " in done.output


def test_version(run: Run) -> None:
    assert package.__version__ in run("--version").output


def test_triage_prints_a_bundle(quick: Run) -> None:
    done = quick("triage", str(EXAMPLE))
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["resourceType"] == "Bundle"
    assert done.stdout.endswith("}\n")


def test_triage_of_another_fhir_version(quick: Run) -> None:
    raw = (packaged("fhir_examples") / "snomed-codings" / "response.json").read_bytes()
    proposal = json.loads(quick("triage", "-", "--fhir-version", "5.0", given=raw).stdout)["entry"][1]["resource"]
    assert "concept" in proposal["code"]
    done = quick("triage", "-", "--fhir-version", "3.0", given=raw)
    assert done.exit_code == 2
    assert "'3.0' is not one of '4.0', '4.3', '5.0'." in done.stderr


def test_the_time_is_now_unless_it_is_set(run: Run) -> None:
    fixed = run("triage", str(EXAMPLE), TRIAGE_FIXED_TIME="2020-02-02T02:02:02Z")
    assert json.loads(fixed.stdout)["timestamp"] == "2020-02-02T02:02:02Z"
    now = json.loads(run("triage", str(EXAMPLE)).stdout)["timestamp"]
    assert now.endswith("+00:00")
    assert now > "2026"


def test_explain_says_the_decision_in_words(quick: Run) -> None:
    done = quick("triage", "--explain", str(EXAMPLE))
    assert done.exit_code == 0
    assert done.stdout.startswith(ASLEEP)
    headings = [line for line in done.stdout.splitlines() if line and not line.startswith(("  ", "Level"))]
    assert headings == [
        "What to do",
        "Criteria that fired",
        "Suspected conditions",
        "Proposed tests",
        "Notes",
        "Why not higher",
        "Why not lower",
        "What to ask next",
    ]
    assert "\nProposed tests\n  none\n" in done.stdout
    assert "A decision aid for clinicians, not a diagnosis.\n\nWhy not higher\n" in done.stdout
    assert "\n  One answer would make it Emergency:\n  - confusion: yes instead of no\n" in done.stdout
    assert done.stdout.endswith("Why not lower\n  It is the lowest level.\n\nWhat to ask next\n  nothing is open\n")


def test_explain_says_how_far_it_could_still_rise(quick: Run, respond: Callable[..., dict[str, Any]]) -> None:
    done = quick("triage", "-", "--explain", given=respond({"numbness": True, "numbness-site": ["hand"]}))
    assert done.stdout.startswith("Level: Routine (preliminary, could still be Emergency)\n")


def test_explain_of_a_refusal_is_the_refusal(quick: Run) -> None:
    done = quick("triage", "-", "--explain", given=b"{")
    assert done.exit_code == 10
    assert json.loads(done.stdout)["resourceType"] == "OperationOutcome"


EXITS: list[tuple[Kind, int, dict[str, Any], str]] = [
    (Kind.STRUCTURE, 11, {"status": "done"}, "status is not one of the codes that FHIR allows here."),
    (Kind.STATUS, 13, {"status": "stopped"}, "A response with status stopped is not triaged."),
    (Kind.QUESTIONNAIRE, 14, {"questionnaire": "http://example.org/q"}, "This questionnaire is not served."),
    (Kind.SUBJECT, 15, {"subject": None}, "Neither the response nor the request names a subject."),
    (Kind.ANSWER_TYPE, 16, {"answers": {"numbness": {"valueString": "x"}}}, "valueBoolean is expected"),
    (Kind.ANSWER_CODE, 17, {"answers": {"numbness-onset": "late"}}, "The code late is not an option here."),
]


@pytest.mark.parametrize(("kind", "code", "spoiled", "said"), EXITS, ids=lambda value: getattr(value, "value", None))
def test_each_kind_of_refusal_has_an_exit_code(
    quick: Run, respond: Callable[..., dict[str, Any]], kind: Kind, code: int, spoiled: dict[str, Any], said: str
) -> None:
    elements = dict(spoiled)
    done = quick("triage", "-", given=respond(elements.pop("answers", {"numbness": True}), **elements))
    assert done.exit_code == code == EXIT_CODES[kind]
    assert said in json.loads(done.stdout)["issue"][0]["details"]["text"]
    assert done.stderr == ""


def test_what_is_not_json_has_an_exit_code(quick: Run) -> None:
    done = quick("triage", "-", given=b"no")
    assert done.exit_code == 10 == EXIT_CODES[Kind.MALFORMED]
    (issue,) = json.loads(done.stdout)["issue"]
    assert issue["details"]["text"] == (
        "The body is not JSON: Expecting value, at line 1, column 1. Send one JSON object."
    )


def test_what_is_too_long_or_too_much_has_an_exit_code(quick: Run, respond: Callable[..., dict[str, Any]]) -> None:
    long = quick("triage", "-", given=b" " * 2_000, TRIAGE_MAX_BODY_BYTES="1999")
    assert long.exit_code == 12 == EXIT_CODES[Kind.TOO_LARGE]
    (issue,) = json.loads(long.stdout)["issue"]
    assert (issue["code"], issue["details"]["text"]) == ("too-long", "The body is longer than 1999 bytes.")
    many = quick("triage", "-", given=respond({f"x{n}": True for n in range(1_001)}))
    assert many.exit_code == 12


def test_the_exit_codes_are_all_shown_here() -> None:
    assert set(EXIT_CODES) == {kind for kind, *_ in EXITS} | {Kind.MALFORMED, Kind.TOO_LARGE}
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)
    assert not {0, 1, 2} & set(EXIT_CODES.values())


def test_a_file_that_is_not_there_is_misuse(run: Run) -> None:
    done = run("triage", "no-such-file.json")
    assert done.exit_code == 2
    assert "'no-such-file.json': No such file or directory" in done.stderr


@pytest.mark.parametrize("command", [["serve"], ["triage", "-"], ["check"], ["cases"], ["definitions", "made"]])
def test_wrong_settings_are_all_named_before_anything_is_done(
    run: Run, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*command, given=b"{}", TRIAGE_PORT="eighty", TRIAGE_WORKERS="-1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith(
        "Error: Wrong settings:\n"
        "  TRIAGE_PORT: Not a valid integer.\n"
        "  TRIAGE_WORKERS: Must be greater than or equal to 0 and less than or equal to 256.\n"
    )
    assert not Path("made").exists()


@pytest.mark.parametrize("command", [["serve"], ["triage", "-"], ["check"], ["cases"], ["definitions", "made"]])
def test_rules_with_errors_are_named_by_line_and_nothing_is_done(
    run: Run, command: list[str], broken_rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*command, given=b"{}", TRIAGE_RULES_PATH=str(broken_rules))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith(CHECKED if command == ["check"] else BROKEN)
    assert not Path("made").exists()


@pytest.mark.parametrize("command", ["check", "cases"])
def test_a_folder_named_goes_before_the_setting(run: Run, command: str, broken_rules: Path) -> None:
    done = run(command, str(broken_rules))
    assert (done.exit_code, done.stderr) == (1, CHECKED if command == "check" else BROKEN)


def test_check_of_good_rules(run: Run, service: Service) -> None:
    rule_set = service.triage.served[0]
    done = run("check")
    assert (done.exit_code, done.stderr) == (0, "")
    said = f"limb-numbness {rule_set.version}: {len(rule_set.criteria)} criteria, no problem found\n"
    assert done.stdout == said


def test_cases_that_pass(run: Run) -> None:
    done = run("cases")
    assert (done.exit_code, done.stderr) == (0, "")
    passed, _, rest = done.stdout.splitlines(keepends=True)[-1].partition(" ")
    assert int(passed) > 100
    assert rest == "cases passed, 0 failed\n"


def test_a_case_that_fails_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(packaged("rules") / "limb_numbness", folder)
    cases = (folder / "cases.yaml").read_text("utf-8")
    assert cases.count("- id: confusion\n") == 1
    wrong = cases.replace("level: emergency\n    fires: [confusion]", "level: routine\n    fires: [confusion]", 1)
    assert wrong != cases
    (folder / "cases.yaml").write_text(wrong, encoding="utf-8")
    done = run("cases", str(folder))
    assert done.exit_code == 1
    assert done.stdout.endswith(" cases passed, 1 failed\n")
    said = (
        r"mine/cases.yaml:\d+:3: Case “confusion”: expected level routine, but it was emergency; what fired: confusion,"
    )
    assert re.match(said, done.stderr)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_definitions_writes_valid_files(quick: Run, tmp_path: Path, version: Any) -> None:
    folder = tmp_path / "new" / "made"
    done = quick("definitions", str(folder), "--fhir-version", version.code)
    written = sorted(folder.iterdir())
    assert (done.exit_code, done.stdout) == (0, f"{len(written)} definitions written to {folder}\n")
    assert folder / "Questionnaire-limb-numbness.json" in written
    for path in set(written) - {folder / "openapi.json"}:
        resource = json.loads(path.read_text("utf-8"))
        assert path.name == f"{resource['resourceType']}-{resource['id']}.json"
        version.model(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("option", [("--port", "0"), ("--port", "70000"), ("--workers", "0"), ("--port", "http")])
def test_serve_refuses_options_that_make_no_sense(run: Run, option: tuple[str, str]) -> None:
    done = run("serve", *option)
    assert done.exit_code == 2
    assert f"Invalid value for '{option[0]}'" in done.stderr


def test_serve_passes_its_options_on(quick: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr("service.web.server.run", lambda settings, _: started.append(settings))
    done = quick("serve", "--host", "::1", "--port", "9191", "--workers", "3", TRIAGE_CONNECTIONS="5")
    assert done.exit_code == 0
    (settings,) = started
    assert (settings.host, settings.port, settings.workers, settings.connections) == ("::1", 9191, 3, 5)


def test_rules_lists_what_is_served_and_shows_what_runs(quick: Run, service: Service) -> None:
    (rule_set,) = service.triage.served
    assert quick("rules").stdout == f"limb-numbness {rule_set.version} {rule_set.digest}  77 criteria\n"
    shown = quick("rules", "--show-compiled").stdout
    assert shown.startswith(f"# The rules of limb-numbness {rule_set.version}, SHA-256 {rule_set.digest}, made to run")
    assert "\n                # paralysis (emergency): paralysis: yes\n" in shown
    compile(shown, "shown", "exec")
