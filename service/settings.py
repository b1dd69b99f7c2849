"""The settings: the only reader of the environment; one frozen object, and every wrong variable reported at once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from service.access_settings import access_discords, algorithms, header_name, provider_url
from service.edge_settings import edge_discords, networks, origins, rate, redis_url

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
"""FHIR's instant (https://hl7.org/fhir/R4/datatypes.html#instant), which is narrower than ISO 8601."""

_ADMIN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:]+)\]|(?P<host>[^:\[\]/@?#\s]+)):(?P<port>[0-9]{1,5})")


BESIDE = "service"
"""The metrics address that means: the service's own."""


def packaged(name: str) -> Path:
    """A folder of ours, `rules` or `fhir_examples`: inside an installed wheel, else beside the package."""
    inside = Path(__file__).parent / "data" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


class SettingsInvalid(Exception):  # noqa: N818 - the name says what is the matter
    """Raised with one line for each wrong variable."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine itself and nothing else."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback


def _admin_address(value: str) -> None:
    found = _ADMIN.fullmatch(value)
    if value and (not found or not 1 <= int(found["port"]) <= 65535):
        raise ValidationError("must be an address and a port, such as 127.0.0.1:8081")
    if found and not is_loopback(found["six"] or found["host"]):
        raise ValidationError("must be a loopback address (127.0.0.0/8, [::1] or localhost): it has no access control")


def _metrics_address(value: str) -> None:
    found = _ADMIN.fullmatch(value)
    if value not in ("", BESIDE) and (not found or not 1 <= int(found["port"]) <= 65535):
        raise ValidationError(f"must be an address and a port, such as 0.0.0.0:9464, or the word {BESIDE}")


def _base_url(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or value.endswith("/")):
        raise ValidationError("must be an http or https address without a slash or query at its end")


def _not_empty(value: str) -> None:
    if not value:
        raise ValidationError("must not be empty; leave it out for the default")


def _instant(value: str) -> None:
    if not value:
        return
    try:
        datetime.fromisoformat(value)
        is_one = _INSTANT.fullmatch(value) is not None
    except ValueError:
        is_one = False
    if not is_one:
        raise ValidationError("must be an instant with time zone, such as 2026-01-15T09:30:00+01:00")


def _number(least: int, most: int) -> fields.Field[Any]:
    return fields.Integer(validate=validate.Range(least, most))


def _text(*tests: Callable[[str], None]) -> fields.Field[Any]:
    return fields.String(validate=list(tests))


def _one_of(*choices: str) -> fields.Field[Any]:
    return fields.String(validate=validate.OneOf(choices))


def _flag() -> fields.Field[Any]:
    return fields.Boolean(truthy={"true"}, falsy={"false"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, each by an environment variable TRIAGE_<NAME>; see docs/settings.md."""

    host: Annotated[str, _text(_not_empty)] = "127.0.0.1"
    port: Annotated[int, _number(1, 65535)] = 8080
    workers: Annotated[int, _number(0, 256)] = 0
    connections: Annotated[int, _number(1, 10_000)] = 256
    request_timeout: Annotated[int, _number(1, 3_600)] = 30
    admin_address: Annotated[str, _text(_admin_address)] = ""
    metrics_address: Annotated[str, _text(_metrics_address)] = ""
    canary_seconds: Annotated[int, _number(1, 3_600)] = 60
    otel: Annotated[bool, _flag()] = False
    public_base_url: Annotated[str, _text(_base_url)] = ""
    canonical_base: Annotated[str, _text(_not_empty, _base_url)] = "https://numbness-triage.example/fhir"
    shipped_rules: Annotated[bool, _flag()] = True
    rules_path: Annotated[Path, _text(_not_empty)] = field(default_factory=lambda: packaged("rules") / "limb_numbness")
    bindings_path: Annotated[Path | None, _text(_not_empty)] = None
    examples_path: Annotated[Path, _text(_not_empty)] = field(default_factory=lambda: packaged("fhir_examples"))
    max_body_bytes: Annotated[int, _number(1_024, 104_857_600)] = 1_048_576
    max_items: Annotated[int, _number(1, 100_000)] = 2_000
    max_depth: Annotated[int, _number(8, 200)] = 64
    stale_after_hours: Annotated[int, _number(0, 8_760)] = 24
    max_waiting: Annotated[int, _number(1, 10_000)] = 64
    rate_limit: Annotated[str, _text(rate)] = ""
    rate_limit_storage: Annotated[str, _text(redis_url)] = field(default="", repr=False)
    rate_limit_password_file: Annotated[Path | None, _text(_not_empty)] = None
    trusted_proxies: Annotated[str, _text(networks)] = ""
    proxy_headers: Annotated[str, _one_of("x-forwarded", "forwarded")] = "x-forwarded"
    cors_origins: Annotated[str, _text(origins)] = ""
    tls_certificate: Annotated[Path | None, _text(_not_empty)] = None
    tls_key: Annotated[Path | None, _text(_not_empty)] = None
    tls_minimum_version: Annotated[str, _one_of("1.2", "1.3")] = "1.2"
    tls_client_ca: Annotated[Path | None, _text(_not_empty)] = None
    hsts_seconds: Annotated[int, _number(0, 63_072_000)] = 31_536_000
    log_level: Annotated[str, _one_of("DEBUG", "INFO", "WARNING", "ERROR")] = "INFO"
    fixed_time: Annotated[str, _text(_instant)] = ""
    auth: Annotated[str, _one_of("", "none", "smart", "introspection")] = ""
    auth_issuer: Annotated[str, _text(provider_url)] = ""
    auth_audience: Annotated[str, _text()] = ""
    auth_token_url: Annotated[str, _text(provider_url)] = ""
    auth_jwks_url: Annotated[str, _text(provider_url)] = ""
    auth_jwks_max_age: Annotated[int, _number(60, 604_800)] = 86_400
    auth_algorithms: Annotated[str, _text(algorithms)] = "RS384 ES384"
    auth_scope_claim: Annotated[str, _text(_not_empty)] = "scope"
    auth_introspection_url: Annotated[str, _text(provider_url)] = ""
    auth_introspection_client_id: Annotated[str, _text()] = ""
    auth_introspection_secret: Annotated[str, _text()] = field(default="", repr=False)
    auth_introspection_secret_file: Annotated[Path | None, _text(_not_empty)] = None
    auth_ca_file: Annotated[Path | None, _text(_not_empty)] = None
    auth_certificate_header: Annotated[str, _text(header_name)] = ""
    insecure: Annotated[bool, _flag()] = False

    def __post_init__(self) -> None:
        """Hold the settings to each other, however they were given."""
        if faults := list(_discords(self)):
            raise SettingsInvalid(faults)

    @property
    def admin(self) -> tuple[str, int] | None:
        """Host and port of the admin address, if there is one."""
        return _place(self.admin_address)

    @property
    def metrics(self) -> tuple[str, int] | None:
        """Host and port of the metrics address, if they have one of their own."""
        return _place(self.metrics_address)

    @property
    def controls_access(self) -> bool:
        """Whether callers need an access token."""
        return self.auth in ("smart", "introspection")

    @property
    def rule_paths(self) -> tuple[Path, ...]:
        """Where rule sets are served from: ours, unless they are turned off, and the folder that is set."""
        ours = packaged("rules")
        added = () if self.shipped_rules and self.rules_path.is_relative_to(ours) else (self.rules_path,)
        return ((ours,) if self.shipped_rules else ()) + added


def _place(address: str) -> tuple[str, int] | None:
    found = _ADMIN.fullmatch(address)
    if not found:
        return None
    host = (found["six"] or found["host"]).lower()
    return ("127.0.0.1" if host == "localhost" else host), int(found["port"])  # a resolver could say otherwise


def _discords(settings: Settings) -> Iterator[str]:
    """What does not go together, or needs what is not installed."""
    if settings.otel and not find_spec("opentelemetry"):
        yield "TRIAGE_OTEL: needs what is not installed: pip install 'numbness-triage[otel]'"
    if settings.admin and settings.admin[1] == settings.port:
        yield "TRIAGE_ADMIN_ADDRESS: must have another port than TRIAGE_PORT"
    if settings.metrics and settings.metrics[1] in (settings.port, settings.admin and settings.admin[1]):
        yield "TRIAGE_METRICS_ADDRESS: must have another port than TRIAGE_PORT and TRIAGE_ADMIN_ADDRESS"
    yield from access_discords(settings)
    yield from edge_discords(settings)


_ANNOTATED = get_type_hints(Settings, include_extras=True)
_KINDS: dict[str, fields.Field[Any]] = {name: hint.__metadata__[0] for name, hint in _ANNOTATED.items()}
_PATHS = [name for name, hint in _ANNOTATED.items() if Path in (hint.__origin__, *get_args(hint.__origin__))]
_Environment = Schema.from_dict(_KINDS, name="Environment")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment (or the mapping given); SettingsInvalid lists every fault."""
    variables = os.environ if environment is None else environment
    given = {name[7:].lower(): value for name, value in variables.items() if name.startswith("TRIAGE_")}
    try:
        loaded: dict[str, Any] = dict(_Environment(unknown=RAISE).load(given))
    except ValidationError as error:
        raise SettingsInvalid(_faults(error.messages_dict)) from None
    for name in _PATHS:
        if name in loaded:
            loaded[name] = Path(loaded[name]).absolute()  # a link is followed anew at each reload
    return Settings(**loaded)


def _faults(messages: dict[str, Any]) -> list[str]:
    known = ", ".join(f"TRIAGE_{name.upper()}" for name in _KINDS)
    unknown = f"is not a setting of this service; the settings are {known}"
    return sorted(
        f"TRIAGE_{name.upper()}: {unknown if said == ['Unknown field.'] else ' '.join(said)}"
        for name, said in messages.items()
    )
