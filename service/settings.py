"""The settings: the only reader of the environment; one frozen object, and every wrong variable reported at once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
"""FHIR's instant (https://hl7.org/fhir/R4/datatypes.html#instant), which is narrower than ISO 8601."""

_ADMIN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:]+)\]|(?P<host>[^:\[\]/@?#\s]+)):(?P<port>[0-9]{1,5})")


def packaged(name: str) -> Path:
    """A folder of ours, `rules` or `fhir_examples`: inside an installed wheel, else beside the package."""
    inside = Path(__file__).parent / "data" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


class SettingsInvalid(Exception):  # noqa: N818 - the name says what is the matter
    """Raised with one line for each wrong variable."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, each by an environment variable TRIAGE_<NAME>; see docs/settings.md."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 0
    connections: int = 256
    request_timeout: int = 30
    admin_address: str = ""
    public_base_url: str = ""
    canonical_base: str = "https://numbness-triage.example/fhir"
    shipped_rules: bool = True
    rules_path: Path = field(default_factory=lambda: packaged("rules") / "limb_numbness")
    bindings_path: Path | None = None
    examples_path: Path = field(default_factory=lambda: packaged("fhir_examples"))
    max_body_bytes: int = 1_048_576
    max_items: int = 2_000
    max_depth: int = 64
    log_level: str = "INFO"
    fixed_time: str = ""

    def __post_init__(self) -> None:
        """Hold the settings to each other, however they were given."""
        if self.admin and self.admin[1] == self.port:
            raise SettingsInvalid(["TRIAGE_ADMIN_ADDRESS: must have another port than TRIAGE_PORT"])

    @property
    def admin(self) -> tuple[str, int] | None:
        """Host and port of the admin address, if there is one."""
        found = _ADMIN.fullmatch(self.admin_address)
        if not found:
            return None
        host = (found["six"] or found["host"]).lower()
        return ("127.0.0.1" if host == "localhost" else host), int(found["port"])  # a resolver could say otherwise

    @property
    def rule_paths(self) -> tuple[Path, ...]:
        """Where rule sets are served from: ours, unless they are turned off, and the folder that is set."""
        ours = packaged("rules")
        added = () if self.shipped_rules and self.rules_path.is_relative_to(ours) else (self.rules_path,)
        return ((ours,) if self.shipped_rules else ()) + added


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


class _Environment(Schema):
    """What each variable may hold."""

    class Meta:
        unknown = RAISE

    host = fields.String(validate=_not_empty)
    port = fields.Integer(validate=validate.Range(1, 65535))
    workers = fields.Integer(validate=validate.Range(0, 256))
    connections = fields.Integer(validate=validate.Range(1, 10_000))
    request_timeout = fields.Integer(validate=validate.Range(1, 3_600))
    admin_address = fields.String(validate=_admin_address)
    public_base_url = fields.String(validate=_base_url)
    canonical_base = fields.String(validate=[_not_empty, _base_url])
    shipped_rules = fields.Boolean(truthy={"true"}, falsy={"false"})
    rules_path = fields.String(validate=_not_empty)
    bindings_path = fields.String(validate=_not_empty)
    examples_path = fields.String(validate=_not_empty)
    max_body_bytes = fields.Integer(validate=validate.Range(1_024, 104_857_600))
    max_items = fields.Integer(validate=validate.Range(1, 100_000))
    max_depth = fields.Integer(validate=validate.Range(8, 200))
    log_level = fields.String(validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
    fixed_time = fields.String(validate=_instant)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment (or the mapping given); SettingsInvalid lists every fault."""
    variables = os.environ if environment is None else environment
    given = {name[7:].lower(): value for name, value in variables.items() if name.startswith("TRIAGE_")}
    try:
        loaded: dict[str, Any] = dict(_Environment().load(given))
    except ValidationError as error:
        raise SettingsInvalid(_faults(error.messages_dict)) from None
    for name in ("rules_path", "bindings_path", "examples_path"):
        if name in loaded:
            loaded[name] = Path(loaded[name]).absolute()  # a link is followed anew at each reload
    return Settings(**loaded)


def _faults(messages: dict[str, Any]) -> list[str]:
    known = ", ".join(f"TRIAGE_{name.upper()}" for name in _Environment().fields)
    unknown = f"is not a setting of this service; the settings are {known}"
    return sorted(
        f"TRIAGE_{name.upper()}: {unknown if said == ['Unknown field.'] else ' '.join(said)}"
        for name, said in messages.items()
    )
