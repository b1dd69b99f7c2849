"""The issuer of the tests, and guards and applications that trust it."""

from security.trusting import door_of, guard_of, issuer, shared_issuer

__all__ = ["door_of", "guard_of", "issuer", "shared_issuer"]
