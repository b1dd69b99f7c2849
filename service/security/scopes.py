"""Scopes of SMART, version 1 and 2: what those of a token allow."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SCOPE = re.compile(r"system/(?P<kind>\*|[A-Za-z]+)\.(?P<may>read|write|\*|c?r?u?d?s?)")
_OF_VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}
"""What the permissions of version 1 are in version 2 (SMART App Launch 2.2, Scopes for requesting FHIR resources)."""


def grants(held: Iterable[str], needed: Iterable[str]) -> bool:
    """Whether scopes that are held allow all that is needed, each of which is as in version 2, for one type.

    Only `system/` scopes count: one that is for a patient or a user, or that a query narrows (`?category=…`), allows
    less than its type, and we could not keep a caller to it.
    """
    allowed = {(kind, letter) for kind, letters in map(_read, held) for letter in letters}
    return all(
        (kind, letter) in allowed or ("*", letter) in allowed
        for kind, letters in map(_read, needed)
        for letter in letters
    )


def _read(scope: str) -> tuple[str, str]:
    """The type and the letters of a scope; no letters when it is none that we know."""
    found = _SCOPE.fullmatch(scope)
    return (found["kind"], _OF_VERSION_1.get(found["may"], found["may"])) if found else ("", "")
