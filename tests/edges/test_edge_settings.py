"""Settings of the edges that are wrong, or that do not go together, stop the start; all are named at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from service.settings import SettingsInvalid, load_settings

NETWORKS = "must be addresses or networks, such as 10.0.0.7 or 10.1.0.0/16, parted by spaces"
RATE = "must be a number of requests for each second, minute, hour or day, such as 600/minute"
REDIS = "must be where a Redis is, such as redis://redis:6379/0, or rediss:// for TLS"
ORIGINS = (
    "must be origins, each exactly as a browser sends it, such as https://ehr.example.org, parted by spaces; "
    "there is no sign for all"
)


def faults(**variables: object) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings({f"TRIAGE_{name.upper()}": str(value) for name, value in variables.items()})
    return caught.value.faults


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("trusted_proxies", "10.0.0.0/8, 10.1.0.0/16", NETWORKS),
        ("trusted_proxies", "10.0.0.1/8", NETWORKS),
        ("trusted_proxies", "proxy.example", NETWORKS),
        ("trusted_proxies", "*", NETWORKS),
        ("trusted_proxies", "0.0.0.0/0", "must not be everyone: name the proxies"),
        ("trusted_proxies", "10.0.0.7 ::/0", "must not be everyone: name the proxies"),
        ("proxy_headers", "x-real-ip", "Must be one of: x-forwarded, forwarded."),
        ("rate_limit", "600", RATE),
        ("rate_limit", "0/minute", RATE),
        ("rate_limit", "600/fortnight", RATE),
        ("rate_limit", "600 per minute", RATE),
        ("rate_limit_storage", "redis", REDIS),
        ("rate_limit_storage", "memcached://x:11211", REDIS),
        ("rate_limit_storage", "redis://", REDIS),
        ("rate_limit_storage", "redis://x:99999", REDIS),
        ("cors_origins", "*", ORIGINS),
        ("cors_origins", "null", ORIGINS),
        ("cors_origins", "https://*.example.org", ORIGINS),
        ("cors_origins", "https://ehr.example.org/", ORIGINS),
        ("cors_origins", "https://EHR.example.org", ORIGINS),
        ("cors_origins", "https://a.example,https://b.example", ORIGINS),
        ("tls_minimum_version", "1.1", "Must be one of: 1.2, 1.3."),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: str, said: str) -> None:
    assert faults(**{name: value}) == [f"TRIAGE_{name.upper()}: {said}"]


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n", "utf-8")
    settings = load_settings(
        {
            "TRIAGE_TRUSTED_PROXIES": "10.0.0.7 10.1.0.0/16 2001:db8::/32",
            "TRIAGE_RATE_LIMIT": "600/minute",
            "TRIAGE_RATE_LIMIT_STORAGE": "rediss://user@redis.example:6380/1",
            "TRIAGE_RATE_LIMIT_PASSWORD_FILE": str(tmp_path / "password"),
            "TRIAGE_CORS_ORIGINS": "https://ehr.example.org http://localhost:3000 http://[::1]:8080",
        }
    )
    assert settings.rate_limit == "600/minute"
    assert "redis.example" not in repr(settings)


def test_a_storage_without_a_rate_and_a_password_without_a_storage_are_refused(tmp_path: Path) -> None:
    assert faults(rate_limit_storage="redis://x") == [
        "TRIAGE_RATE_LIMIT: must be set when TRIAGE_RATE_LIMIT_STORAGE is"
    ]
    assert faults(rate_limit="1/second", rate_limit_password_file=tmp_path / "none") == [
        "TRIAGE_RATE_LIMIT_STORAGE: must be set when TRIAGE_RATE_LIMIT_PASSWORD_FILE is",
        "TRIAGE_RATE_LIMIT_PASSWORD_FILE: must be a file with a password in it",
    ]


def test_two_passwords_are_refused_and_neither_is_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("other", "utf-8")
    said = faults(
        rate_limit="1/second",
        rate_limit_storage="redis://:hidden@x",
        rate_limit_password_file=tmp_path / "password",
    )
    assert said == ["TRIAGE_RATE_LIMIT_PASSWORD_FILE: there is a password in TRIAGE_RATE_LIMIT_STORAGE, too"]


def test_without_the_client_of_redis_a_storage_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.edge_settings.find_spec", lambda _: None)
    assert faults(rate_limit="1/second", rate_limit_storage="redis://x") == [
        "TRIAGE_RATE_LIMIT_STORAGE: needs the client of Redis: pip install 'numbness-triage[redis]'"
    ]


@pytest.fixture
def pem(tmp_path: Path) -> dict[str, Path]:
    """Files with a certificate, its key, the key of another, the issuer, and with what is none of these."""
    issuer, files = trustme.CA(), {}
    mine, other = issuer.issue_cert("localhost"), issuer.issue_cert("localhost")
    texts = {
        "cert": b"".join(one.bytes() for one in mine.cert_chain_pems),
        "key": mine.private_key_pem.bytes(),
        "other": other.private_key_pem.bytes(),
        "issuer": issuer.cert_pem.bytes(),
        "nonsense": b"-----BEGIN NOTHING-----\n",
    }
    for name, text in texts.items():
        files[name] = tmp_path / name
        files[name].write_bytes(text)
    return files | {"missing": tmp_path / "missing"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"certificate": "cert"}, ["TRIAGE_TLS_KEY: must be set when TRIAGE_TLS_CERTIFICATE is"]),
        ({"key": "key"}, ["TRIAGE_TLS_CERTIFICATE: must be set when TRIAGE_TLS_KEY is"]),
        ({"client_ca": "issuer"}, ["TRIAGE_TLS_CERTIFICATE: must be set when TRIAGE_TLS_CLIENT_CA is"]),
        ({"certificate": "cert", "key": "other"}, ["TRIAGE_TLS_KEY: is not the key of TRIAGE_TLS_CERTIFICATE"]),
        (
            {"certificate": "nonsense", "key": "key", "client_ca": "nonsense"},
            [
                "TRIAGE_TLS_CERTIFICATE, TRIAGE_TLS_KEY: must be PEM, the key without a passphrase",
                "TRIAGE_TLS_CLIENT_CA: must be certificates in PEM",
            ],
        ),
        (
            {"certificate": "missing", "key": "missing", "client_ca": "missing"},
            [f"TRIAGE_TLS_{name}: must be a file that can be read" for name in ("CERTIFICATE", "KEY", "CLIENT_CA")],
        ),
    ],
)
def test_half_of_tls_is_refused(pem: dict[str, Path], given: dict[str, str], said: list[str]) -> None:
    assert faults(**{f"tls_{name}": pem[file] for name, file in given.items()}) == said


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(pem: dict[str, Path]) -> None:
    from cryptography.hazmat.primitives import serialization as s

    key = s.load_pem_private_key(pem["key"].read_bytes(), None)
    locked = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"secret"))
    pem["other"].write_bytes(locked)
    assert faults(tls_certificate=pem["cert"], tls_key=pem["other"]) == [
        "TRIAGE_TLS_CERTIFICATE, TRIAGE_TLS_KEY: must be PEM, the key without a passphrase"
    ]
