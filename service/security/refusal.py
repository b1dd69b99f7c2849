"""Why a token is not taken, in fixed words: nothing of the token is in them."""

from __future__ import annotations

from enum import Enum


class Why(Enum):
    """The reasons, as the log tells them; a caller learns less."""

    MALFORMED = "malformed"  # not a token by its letters, or several
    TOO_LONG = "too-long"
    ALGORITHM = "algorithm"
    HEADER = "header"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    CLAIMS = "claims"  # of a wrong type, or one that is needed is missing
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    INACTIVE = "inactive"
    OPAQUE = "opaque"  # no JWT, and nobody is set who could be asked about it
    CERTIFICATE = "certificate"  # bound to a certificate that was not shown, or in a way that is not served


class TokenRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """Raised when a token is not taken."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Unavailable(Exception):  # noqa: N818 - the name says what is the matter
    """Raised when the identity provider cannot be asked, or answers what is no answer; says which of the two."""
