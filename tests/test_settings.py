"""The settings: defaults, and every wrong variable at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.settings import Settings, SettingsInvalid, load_settings, packaged

NAMES = (
    "TRIAGE_HOST, TRIAGE_PORT, TRIAGE_WORKERS, TRIAGE_CONNECTIONS, TRIAGE_REQUEST_TIMEOUT, "
    "TRIAGE_ADMIN_ADDRESS, TRIAGE_METRICS_ADDRESS, TRIAGE_CANARY_SECONDS, TRIAGE_OTEL, "
    "TRIAGE_PUBLIC_BASE_URL, TRIAGE_CANONICAL_BASE, "
    "TRIAGE_SHIPPED_RULES, TRIAGE_RULES_PATH, TRIAGE_BINDINGS_PATH, TRIAGE_EXAMPLES_PATH, TRIAGE_MAX_BODY_BYTES, "
    "TRIAGE_MAX_ITEMS, TRIAGE_MAX_DEPTH, "
    "TRIAGE_STALE_AFTER_HOURS, TRIAGE_MAX_WAITING, "
    "TRIAGE_RATE_LIMIT, TRIAGE_RATE_LIMIT_STORAGE, TRIAGE_RATE_LIMIT_PASSWORD_FILE, "
    "TRIAGE_TRUSTED_PROXIES, TRIAGE_PROXY_HEADERS, TRIAGE_CORS_ORIGINS, "
    "TRIAGE_TLS_CERTIFICATE, TRIAGE_TLS_KEY, TRIAGE_TLS_MINIMUM_VERSION, TRIAGE_TLS_CLIENT_CA, TRIAGE_HSTS_SECONDS, "
    "TRIAGE_LOG_LEVEL, TRIAGE_FIXED_TIME, "
    "TRIAGE_AUTH, TRIAGE_AUTH_ISSUER, TRIAGE_AUTH_AUDIENCE, TRIAGE_AUTH_TOKEN_URL, TRIAGE_AUTH_JWKS_URL, "
    "TRIAGE_AUTH_JWKS_MAX_AGE, TRIAGE_AUTH_ALGORITHMS, TRIAGE_AUTH_SCOPE_CLAIM, TRIAGE_AUTH_INTROSPECTION_URL, "
    "TRIAGE_AUTH_INTROSPECTION_CLIENT_ID, TRIAGE_AUTH_INTROSPECTION_SECRET, TRIAGE_AUTH_INTROSPECTION_SECRET_FILE, "
    "TRIAGE_AUTH_CA_FILE, TRIAGE_AUTH_CERTIFICATE_HEADER, TRIAGE_INSECURE"
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
    assert (settings.auth, settings.controls_access, settings.insecure) == ("", False, False)
    assert (settings.auth_algorithms, settings.auth_scope_claim) == ("RS384 ES384", "scope")
    assert (settings.rules_path / "ruleset.yaml").is_file()


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    given = {
        "TRIAGE_HOST": "::",
        "TRIAGE_PORT": "9090",
        "TRIAGE_WORKERS": "4",
        "TRIAGE_CONNECTIONS": "8",
        "TRIAGE_REQUEST_TIMEOUT": "5",
        "TRIAGE_ADMIN_ADDRESS": "127.0.0.1:9091",
        "TRIAGE_METRICS_ADDRESS": "0.0.0.0:9464",
        "TRIAGE_CANARY_SECONDS": "5",
        "TRIAGE_OTEL": "true",
        "TRIAGE_PUBLIC_BASE_URL": "https://triage.example.org/numb",
        "TRIAGE_CANONICAL_BASE": "http://example.org/fhir",
        "TRIAGE_RULES_PATH": str(tmp_path / "rules"),
        "TRIAGE_BINDINGS_PATH": str(tmp_path / "bindings"),
        "TRIAGE_EXAMPLES_PATH": str(tmp_path / "examples"),
        "TRIAGE_MAX_BODY_BYTES": "2048",
        "TRIAGE_MAX_ITEMS": "10",
        "TRIAGE_MAX_DEPTH": "16",
        "TRIAGE_STALE_AFTER_HOURS": "72",
        "TRIAGE_MAX_WAITING": "9",
        "TRIAGE_RATE_LIMIT": "600/minute",
        "TRIAGE_RATE_LIMIT_STORAGE": "redis://redis:6379/0",
        "TRIAGE_TRUSTED_PROXIES": "10.0.0.0/8",
        "TRIAGE_PROXY_HEADERS": "forwarded",
        "TRIAGE_CORS_ORIGINS": "https://ehr.example.org",
        "TRIAGE_TLS_MINIMUM_VERSION": "1.3",
        "TRIAGE_HSTS_SECONDS": "0",
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
        metrics_address="0.0.0.0:9464",
        canary_seconds=5,
        otel=True,
        public_base_url="https://triage.example.org/numb",
        canonical_base="http://example.org/fhir",
        rules_path=tmp_path / "rules",
        bindings_path=tmp_path / "bindings",
        examples_path=tmp_path / "examples",
        max_body_bytes=2048,
        max_items=10,
        max_depth=16,
        stale_after_hours=72,
        max_waiting=9,
        rate_limit="600/minute",
        rate_limit_storage="redis://redis:6379/0",
        trusted_proxies="10.0.0.0/8",
        proxy_headers="forwarded",
        cors_origins="https://ehr.example.org",
        tls_minimum_version="1.3",
        hsts_seconds=0,
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


SMART = {
    "TRIAGE_AUTH": "smart",
    "TRIAGE_AUTH_ISSUER": "https://login.example.org/realms/hospital",
    "TRIAGE_AUTH_AUDIENCE": "https://triage.example.org/fhir",
    "TRIAGE_AUTH_TOKEN_URL": "https://login.example.org/realms/hospital/token",
}
ASKING = {
    "TRIAGE_AUTH_INTROSPECTION_URL": "https://login.example.org/introspect",
    "TRIAGE_AUTH_INTROSPECTION_CLIENT_ID": "triage",
    "TRIAGE_AUTH_INTROSPECTION_SECRET": "a secret of ours",
}
PROVIDER = "must be an https address (http only on this machine, such as http://127.0.0.1:8090)"


def test_every_setting_of_access_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    given = {
        **SMART,
        **ASKING,
        "TRIAGE_AUTH": "introspection",
        "TRIAGE_AUTH_JWKS_URL": "http://127.0.0.1:8090/keys",
        "TRIAGE_AUTH_JWKS_MAX_AGE": "3600",
        "TRIAGE_AUTH_ALGORITHMS": "RS256 ES256",
        "TRIAGE_AUTH_SCOPE_CLAIM": "roles",
        "TRIAGE_AUTH_CA_FILE": str(tmp_path / "ca.pem"),
        "TRIAGE_AUTH_CERTIFICATE_HEADER": "X-Client-Cert",
        "TRIAGE_TRUSTED_PROXIES": "10.0.0.7 10.1.0.0/16 fd00::/8",
        "TRIAGE_INSECURE": "true",
    }
    settings = load_settings(given)
    assert settings.controls_access
    assert (settings.auth_algorithms, settings.auth_scope_claim) == ("RS256 ES256", "roles")
    assert (settings.auth_jwks_url, settings.auth_jwks_max_age) == ("http://127.0.0.1:8090/keys", 3600)
    assert settings.auth_ca_file == tmp_path / "ca.pem"
    assert settings.auth_certificate_header == "X-Client-Cert"
    assert settings.insecure


def test_a_secret_is_not_shown_with_the_settings() -> None:
    settings = load_settings(SMART | ASKING)
    assert settings.auth_introspection_secret == "a secret of ours"
    assert "a secret of ours" not in repr(settings) + str(settings)


def test_every_wrong_setting_of_access_is_named_at_once() -> None:
    assert faults(
        TRIAGE_AUTH="smrt",
        TRIAGE_AUTH_ISSUER="http://login.example.org",
        TRIAGE_AUTH_TOKEN_URL="login.example.org/token",
        TRIAGE_AUTH_JWKS_URL="file:///etc/keys",
        TRIAGE_AUTH_JWKS_MAX_AGE="59",
        TRIAGE_AUTH_ALGORITHMS="RS384 HS256",
        TRIAGE_AUTH_SCOPE_CLAIM="",
        TRIAGE_AUTH_CA_FILE="",
        TRIAGE_AUTH_CERTIFICATE_HEADER="X Client",
        TRIAGE_TRUSTED_PROXIES="10.0.0.0/33",
        TRIAGE_INSECURE="yes",
    ) == [
        "TRIAGE_AUTH: Must be one of: , none, smart, introspection.",
        "TRIAGE_AUTH_ALGORITHMS: must be one or more of RS384, ES384, RS256, ES256, parted by spaces",
        f"TRIAGE_AUTH_CA_FILE: {EMPTY}",
        "TRIAGE_AUTH_CERTIFICATE_HEADER: must be the name of a header: letters, digits and hyphens",
        f"TRIAGE_AUTH_ISSUER: {PROVIDER}",
        "TRIAGE_AUTH_JWKS_MAX_AGE: Must be greater than or equal to 60 and less than or equal to 604800.",
        f"TRIAGE_AUTH_JWKS_URL: {PROVIDER}",
        f"TRIAGE_AUTH_SCOPE_CLAIM: {EMPTY}",
        f"TRIAGE_AUTH_TOKEN_URL: {PROVIDER}",
        "TRIAGE_INSECURE: Not a valid boolean.",
        "TRIAGE_TRUSTED_PROXIES: must be addresses or networks, such as 10.0.0.7 or 10.1.0.0/16, parted by spaces",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "https://",
        "https://user@login.example.org",
        "https://user:secret@login.example.org",
        "https://login.example.org/#a",
        "https://login.example.org:0",
        "https://login.example.org:99999",
        "https://login example.org",
        "https://[::1",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
        "ftp://login.example.org",
        "//login.example.org",
    ],
)
def test_a_provider_is_believed_over_https_only(value: str) -> None:
    assert faults(**{**SMART, "TRIAGE_AUTH_ISSUER": value}) == [f"TRIAGE_AUTH_ISSUER: {PROVIDER}"]


@pytest.mark.parametrize(
    "value", ["https://login.example.org/", "https://login.example.org:8443/a?b=c", "http://[::1]:8090"]
)
def test_these_are_addresses_of_a_provider(value: str) -> None:
    assert load_settings({**SMART, "TRIAGE_AUTH_ISSUER": value}).auth_issuer == value


@pytest.mark.parametrize("value", ["", " ", "none", "None", "RS384,ES384", "HS384", "RS512", "rs384"])
def test_other_algorithms_cannot_be_set(value: str) -> None:
    said = "TRIAGE_AUTH_ALGORITHMS: must be one or more of RS384, ES384, RS256, ES256, parted by spaces"
    assert faults(TRIAGE_AUTH_ALGORITHMS=value) == [said]


def test_settings_of_access_that_do_not_go_together_are_all_named() -> None:
    assert faults(
        TRIAGE_AUTH="introspection",
        TRIAGE_AUTH_CA_FILE="/no/such/file",
        TRIAGE_AUTH_CERTIFICATE_HEADER="X-Client-Cert",
    ) == [
        "TRIAGE_AUTH_ISSUER: must be set when TRIAGE_AUTH is introspection",
        "TRIAGE_AUTH_AUDIENCE: must be set when TRIAGE_AUTH is introspection",
        "TRIAGE_AUTH_TOKEN_URL: must be set when TRIAGE_AUTH is introspection",
        "TRIAGE_AUTH_INTROSPECTION_URL: must be set when TRIAGE_AUTH is introspection",
        "TRIAGE_AUTH_CA_FILE: there is no such file",
        "TRIAGE_TRUSTED_PROXIES: must be set when TRIAGE_AUTH_CERTIFICATE_HEADER is: anyone could send the header",
    ]


def test_access_that_is_half_set_is_not_taken_for_access_control() -> None:
    """Whoever names an issuer and forgets TRIAGE_AUTH must not believe that tokens are asked for."""
    said = "is set, so TRIAGE_AUTH must say what for: smart, introspection, or none"
    given = {name: value for name, value in SMART.items() if name != "TRIAGE_AUTH"}
    assert faults(**given) == [f"{name}: {said}" for name in given]
    assert not load_settings({**given, "TRIAGE_AUTH": "none"}).controls_access


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"TRIAGE_AUTH_INTROSPECTION_CLIENT_ID": ""},
            "TRIAGE_AUTH_INTROSPECTION_CLIENT_ID: must be set when TRIAGE_AUTH_INTROSPECTION_URL is",
        ),
        (
            {"TRIAGE_AUTH_INTROSPECTION_SECRET": ""},
            "TRIAGE_AUTH_INTROSPECTION_SECRET: either this or TRIAGE_AUTH_INTROSPECTION_SECRET_FILE must be set "
            "when TRIAGE_AUTH_INTROSPECTION_URL is",
        ),
        (
            {"TRIAGE_AUTH_INTROSPECTION_SECRET_FILE": __file__},
            "TRIAGE_AUTH_INTROSPECTION_SECRET: either this or TRIAGE_AUTH_INTROSPECTION_SECRET_FILE must be set "
            "when TRIAGE_AUTH_INTROSPECTION_URL is",
        ),
    ],
)
def test_asking_about_tokens_needs_a_name_and_one_secret(wrong: dict[str, str], said: str) -> None:
    assert faults(**{**SMART, **ASKING, **wrong}) == [said]


@pytest.mark.parametrize("value", ["9464", ":9464", "0.0.0.0:0", "0.0.0.0:99999", "http://0.0.0.0:9464", "Service"])
def test_the_metrics_address_is_one_or_the_services_own(value: str) -> None:
    assert faults(TRIAGE_METRICS_ADDRESS=value) == [
        "TRIAGE_METRICS_ADDRESS: must be an address and a port, such as 0.0.0.0:9464, or the word service"
    ]
    assert load_settings({"TRIAGE_METRICS_ADDRESS": "service"}).metrics is None
    assert load_settings({"TRIAGE_METRICS_ADDRESS": "[::]:9464"}).metrics == ("::", 9464)


def test_the_metrics_address_has_a_port_of_its_own() -> None:
    shared = "TRIAGE_METRICS_ADDRESS: must have another port than TRIAGE_PORT and TRIAGE_ADMIN_ADDRESS"
    assert faults(TRIAGE_METRICS_ADDRESS="0.0.0.0:8080") == [shared]
    assert faults(TRIAGE_METRICS_ADDRESS="0.0.0.0:9091", TRIAGE_ADMIN_ADDRESS="127.0.0.1:9091") == [shared]


def test_the_canary_cannot_be_turned_off() -> None:
    assert faults(TRIAGE_CANARY_SECONDS="0") == [
        "TRIAGE_CANARY_SECONDS: Must be greater than or equal to 1 and less than or equal to 3600."
    ]


def test_traces_need_what_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.settings.find_spec", lambda _: None)
    assert faults(TRIAGE_OTEL="true") == [
        "TRIAGE_OTEL: needs what is not installed: pip install 'numbness-triage[otel]'"
    ]
    assert not load_settings({"TRIAGE_OTEL": "false"}).otel
