"""The settings: defaults, and every wrong variable at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.settings import Settings, SettingsInvalid, load_settings, packaged

NAMES = (
    "TRIAGE_HOST, TRIAGE_PORT, TRIAGE_WORKERS, TRIAGE_CONNECTIONS, TRIAGE_REQUEST_TIMEOUT, "
    "TRIAGE_ADMIN_ADDRESS, "
    "TRIAGE_PUBLIC_BASE_URL, TRIAGE_CANONICAL_BASE, "
    "TRIAGE_SHIPPED_RULES, TRIAGE_RULES_PATH, TRIAGE_BINDINGS_PATH, TRIAGE_EXAMPLES_PATH, TRIAGE_MAX_BODY_BYTES, "
    "TRIAGE_MAX_ITEMS, TRIAGE_MAX_DEPTH, "
    "TRIAGE_STALE_AFTER_HOURS, TRIAGE_LOG_LEVEL, TRIAGE_FIXED_TIME"
)
EMPTY = "must not be empty; leave it out for the default"
ADDRESS = "must be an http or https address without a slash or query at its end"
INSTANT = "must be an instant with time zone, such as 2026-01-15T09:30:00+01:00"


def faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(variables)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def test_the_defaults() -> None:
    settings = load_settings({"PATH": "/bin", "HOME": "/"})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 0)
    assert (settings.connections, settings.request_timeout) == (256, 30)
    assert (settings.public_base_url, settings.fixed_time, settings.log_level) == ("", "", "INFO")
    assert settings.canonical_base == "https://numbness-triage.example/fhir"
    assert (settings.max_body_bytes, settings.max_items, settings.max_depth) == (1_048_576, 2_000, 64)
    assert settings.rules_path == packaged("rules") / "limb_numbness"
    assert settings.bindings_path is None
    assert settings.examples_path == packaged("fhir_examples")
    assert (settings.rules_path / "ruleset.yaml").is_file()


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    given = {
        "TRIAGE_HOST": "::",
        "TRIAGE_PORT": "9090",
        "TRIAGE_WORKERS": "4",
        "TRIAGE_CONNECTIONS": "8",
        "TRIAGE_REQUEST_TIMEOUT": "5",
        "TRIAGE_ADMIN_ADDRESS": "127.0.0.1:9091",
        "TRIAGE_PUBLIC_BASE_URL": "https://triage.example.org/numb",
        "TRIAGE_CANONICAL_BASE": "http://example.org/fhir",
        "TRIAGE_RULES_PATH": str(tmp_path / "rules"),
        "TRIAGE_BINDINGS_PATH": str(tmp_path / "bindings"),
        "TRIAGE_EXAMPLES_PATH": str(tmp_path / "examples"),
        "TRIAGE_MAX_BODY_BYTES": "2048",
        "TRIAGE_MAX_ITEMS": "10",
        "TRIAGE_MAX_DEPTH": "16",
        "TRIAGE_STALE_AFTER_HOURS": "72",
        "TRIAGE_LOG_LEVEL": "ERROR",
        "TRIAGE_FIXED_TIME": "2026-01-15T08:30:00.5Z",
    }
    assert load_settings(given) == Settings(
        host="::",
        port=9090,
        workers=4,
        connections=8,
        request_timeout=5,
        admin_address="127.0.0.1:9091",
        public_base_url="https://triage.example.org/numb",
        canonical_base="http://example.org/fhir",
        rules_path=tmp_path / "rules",
        bindings_path=tmp_path / "bindings",
        examples_path=tmp_path / "examples",
        max_body_bytes=2048,
        max_items=10,
        max_depth=16,
        stale_after_hours=72,
        log_level="ERROR",
        fixed_time="2026-01-15T08:30:00.5Z",
    )


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_PORT", "9999")
    assert load_settings().port == 9999


def test_a_path_does_not_depend_on_where_we_stand_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({"TRIAGE_RULES_PATH": "mine"}).rules_path == tmp_path / "mine"


def test_every_wrong_variable_is_named_at_once() -> None:
    said = faults(
        TRIAGE_HOST="",
        TRIAGE_PORT="eighty",
        TRIAGE_WORKERS="-1",
        TRIAGE_CONNECTIONS="1.5",
        TRIAGE_REQUEST_TIMEOUT="0",
        TRIAGE_PUBLIC_BASE_URL="ftp://example.org",
        TRIAGE_CANONICAL_BASE="https://example.org/fhir/",
        TRIAGE_RULES_PATH="",
        TRIAGE_BINDINGS_PATH="",
        TRIAGE_EXAMPLES_PATH="",
        TRIAGE_MAX_BODY_BYTES="12",
        TRIAGE_MAX_ITEMS="0",
        TRIAGE_MAX_DEPTH="900",
        TRIAGE_LOG_LEVEL="loud",
        TRIAGE_FIXED_TIME="now",
        TRIAGE_BANANA="1",
    )
    assert said == [
        f"TRIAGE_BANANA: is not a setting of this service; the settings are {NAMES}",
        f"TRIAGE_BINDINGS_PATH: {EMPTY}",
        f"TRIAGE_CANONICAL_BASE: {ADDRESS}",
        "TRIAGE_CONNECTIONS: Not a valid integer.",
        f"TRIAGE_EXAMPLES_PATH: {EMPTY}",
        f"TRIAGE_FIXED_TIME: {INSTANT}",
        f"TRIAGE_HOST: {EMPTY}",
        "TRIAGE_LOG_LEVEL: Must be one of: DEBUG, INFO, WARNING, ERROR.",
        "TRIAGE_MAX_BODY_BYTES: Must be greater than or equal to 1024 and less than or equal to 104857600.",
        "TRIAGE_MAX_DEPTH: Must be greater than or equal to 8 and less than or equal to 200.",
        "TRIAGE_MAX_ITEMS: Must be greater than or equal to 1 and less than or equal to 100000.",
        "TRIAGE_PORT: Not a valid integer.",
        f"TRIAGE_PUBLIC_BASE_URL: {ADDRESS}",
        "TRIAGE_REQUEST_TIMEOUT: Must be greater than or equal to 1 and less than or equal to 3600.",
        f"TRIAGE_RULES_PATH: {EMPTY}",
        "TRIAGE_WORKERS: Must be greater than or equal to 0 and less than or equal to 256.",
    ]


def test_a_variable_that_is_misspelt_is_refused() -> None:
    assert faults(TRIAGE_PORTS="8080") == [f"TRIAGE_PORTS: is not a setting of this service; the settings are {NAMES}"]


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-15",
        "2026-01-15T09:30:00",
        "2026-01-15T09:30+01:00",
        "20260115T093000+0100",
        "2026-13-15T09:30:00Z",
        "2026-01-15 09:30:00+01:00",
    ],
)
def test_a_time_that_is_no_fhir_instant_is_refused(value: str) -> None:
    assert faults(TRIAGE_FIXED_TIME=value) == [f"TRIAGE_FIXED_TIME: {INSTANT}"]


@pytest.mark.parametrize("value", ["example.org", "https://", "https://example.org/", "https://example.org/fhir?a=b"])
def test_an_address_that_is_none_is_refused(value: str) -> None:
    assert faults(TRIAGE_PUBLIC_BASE_URL=value) == [f"TRIAGE_PUBLIC_BASE_URL: {ADDRESS}"]


PLACE = "must be an address and a port, such as 127.0.0.1:8081"
LOOPBACK = "must be a loopback address (127.0.0.0/8, [::1] or localhost): it has no access control"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("127.0.0.1", PLACE),
        ("8081", PLACE),
        (":8081", PLACE),
        ("127.0.0.1:", PLACE),
        ("127.0.0.1:0", PLACE),
        ("127.0.0.1:65536", PLACE),
        ("::1:8081", PLACE),
        ("[::1]", PLACE),
        ("http://127.0.0.1:8081", PLACE),
        ("user@127.0.0.1:8081", PLACE),
        ("0.0.0.0:8081", LOOPBACK),
        ("10.0.0.1:8081", LOOPBACK),
        ("[::]:8081", LOOPBACK),
        ("triage.example.org:8081", LOOPBACK),
        ("localhost.example.org:8081", LOOPBACK),
        ("127.0.0.1:8080", "must have another port than TRIAGE_PORT"),
    ],
)
def test_an_admin_address_that_others_could_reach_or_that_is_none_is_refused(value: str, said: str) -> None:
    assert faults(TRIAGE_ADMIN_ADDRESS=value) == [f"TRIAGE_ADMIN_ADDRESS: {said}"]


@pytest.mark.parametrize("value", ["", "127.0.0.1:8081", "127.9.9.9:1", "[::1]:65535", "localhost:8081"])
def test_an_admin_address_may_be_any_that_only_this_machine_reaches(value: str) -> None:
    assert load_settings({"TRIAGE_ADMIN_ADDRESS": value}).admin_address == value


def test_a_port_given_on_the_command_line_may_not_be_that_of_the_admin_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_ADMIN_ADDRESS", "127.0.0.1:8081")
    done = CliRunner().invoke(main, ["serve", "--port", "8081"])
    assert done.exit_code == 2
    assert "TRIAGE_ADMIN_ADDRESS: must have another port than TRIAGE_PORT" in done.output
