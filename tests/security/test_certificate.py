"""The client certificate as proxies pass it on."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

import pytest
import trustme

from service.security.certificate import LONGEST_CERTIFICATE, is_same, is_trusted, of_certificate, thumbprint

PEM = trustme.CA().issue_cert("ehr.example.org").cert_chain_pems[0].bytes().decode()
DER = base64.b64decode("".join(PEM.splitlines()[1:-1]))
DIGEST = hashlib.sha256(DER)
THUMBPRINT = base64.urlsafe_b64encode(DIGEST.digest()).rstrip(b"=").decode()
HASH, CERT = DIGEST.hexdigest(), quote(PEM, safe="")


@pytest.mark.parametrize(
    "value",
    [
        CERT,
        quote(PEM),
        f":{base64.b64encode(DER).decode()}:",
        f"Hash={HASH}",
        f'By=spiffe://x/triage;Hash={HASH.upper()};Subject="CN=ehr,O=Hospital, West";URI=spiffe://x/ehr',
        f'Cert="{CERT}"',
        f'Hash={HASH};Cert="{CERT}";Subject="CN=a"',
    ],
)
def test_every_way_to_write_it_gives_the_same_thumbprint(value):
    assert thumbprint(value) == THUMBPRINT


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "-----BEGIN CERTIFICATE-----",
        quote("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"),
        quote("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----"),
        quote(PEM + PEM),
        "::",
        ":a:",
        f":{base64.b64encode(DER).decode()}",
        "Hash=abc",
        f"Hash={HASH},Hash={HASH}",
        f"Hash={HASH};Hash={'0' * 64}",
        f'Cert="{CERT}",Hash={HASH}',
        f'Subject="CN=x",Hash={HASH}',
        'Cert="x"',
        "By=x;Subject=y",
        "%",
        "%ff%00",
        "x" * (LONGEST_CERTIFICATE + 1),
    ],
)
def test_what_is_no_certificate_or_more_than_one_is_none(value):
    assert thumbprint(value) is None


def test_a_hash_in_a_name_that_a_caller_chose_is_not_taken():
    forged = f'Subject="CN=\\"x;Hash={"0" * 64};"'
    assert thumbprint(forged) is None
    assert thumbprint(f"{forged};Hash={HASH}") == THUMBPRINT
    assert thumbprint(f"Hash={HASH};{forged}") == THUMBPRINT


@pytest.mark.parametrize(
    ("address", "believed"),
    [
        ("10.1.2.3", True),
        ("192.0.2.7", True),
        ("fd00::1", True),
        ("192.0.2.8", False),
        ("11.0.0.1", False),
        ("127.0.0.1", False),
        ("", False),
        ("unix:", False),
        ("10.1.2.3, 192.0.2.8", False),
    ],
)
def test_only_the_proxies_that_are_set_are_believed(address, believed):
    assert is_trusted(address, "10.0.0.0/8 192.0.2.7 fd00::/8") is believed


def test_a_certificate_that_is_shown_to_us_has_the_same_thumbprint_as_one_that_a_proxy_passes_on():
    assert of_certificate(DER) == THUMBPRINT


def test_thumbprints_are_the_same_or_not():
    assert is_same(THUMBPRINT, THUMBPRINT)
    for other in (None, "", THUMBPRINT[:-1], THUMBPRINT.swapcase(), f"{THUMBPRINT}="):
        assert not is_same(THUMBPRINT, other)
    assert not is_same("é", None)
    assert not is_same("\ud800", "x")
