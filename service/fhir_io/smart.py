"""How a client comes by access: the SMART configuration, and what the CapabilityStatement says of security."""

from __future__ import annotations

from collections.abc import Iterable

from service.fhir_io.canonical import Resource
from service.fhir_io.versions import FhirVersion

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"

_EARLIER = {"c": "write", "u": "write", "d": "write", "r": "read", "s": "read"}
"""The permission of SMART's version 1 that holds each of version 2."""


def smart_configuration(token_url: str, scopes: Iterable[str]) -> Resource:
    """The document at .well-known/smart-configuration (SMART App Launch 2.2, Conformance), for Backend Services.

    `scopes` are those that our operations need; each is named as in version 2 and as in version 1.
    """
    needed = sorted(set(scopes))
    earlier = sorted({f"{kind}.{_EARLIER[letter]}" for kind, _, letter in (scope.rpartition(".") for scope in needed)})
    return {
        "token_endpoint": token_url,
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "scopes_supported": [*needed, *earlier],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }


def security(token_url: str, version: FhirVersion) -> Resource:
    """`rest.security` of the CapabilityStatement, with the address of tokens as the extension oauth-uris has it."""
    return {
        "extension": [{"url": OAUTH_URIS, "extension": [{"url": "token", "valueUri": token_url}]}],
        "service": [
            {
                "coding": [
                    {"system": version.security_services, "code": "SMART-on-FHIR", "display": "SMART-on-FHIR"},
                ],
                "text": "SMART Backend Services: an access token for client credentials, by a signed assertion",
            }
        ],
        "description": "Each operation needs an access token with the scopes that it names. Definitions are open.",
    }
