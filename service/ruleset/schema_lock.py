"""The shape of lock.json."""

from __future__ import annotations

import re

from service.ruleset.shapes import count, ident, mapped, matching, nested, strict

LOCKED = strict(
    "What is locked of a criterion.",
    {
        "version": count(),
        "digest": matching(re.compile(r"[0-9a-f]{64}"), "{key} must be a SHA-256.\nTake lock.json as it was written."),
    },
)

LOCK = nested(
    strict(
        "The version of the rule set that is locked, and its criteria by id. Written by check --update-lock.",
        {
            "version": matching(
                re.compile(r"[0-9]+\.[0-9]+\.[0-9]+"),
                "{key} must be a version of three numbers.\nTake lock.json as it was written.",
            ),
            "criteria": mapped(ident(), nested(LOCKED)),
        },
    )
)
"""lock.json: the version of the rule set that is locked, and its criteria by id."""
