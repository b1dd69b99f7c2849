"""Whether texts match patterns that a caller gave, within a bounded amount of work."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

LONGEST_PATTERN = 1_000
LONGEST_TEXT = 5_000
_MOST_WORK = 20_000
_NEW_PATTERN = 200
_MEMORY = 1 << 17


class Matching:
    """The matching of one check. It counts characters, and a new pattern as many more, and then tries no further."""

    def __init__(self) -> None:
        self._left = _MOST_WORK
        self._seen: set[str] = set()

    def matches(self, pattern: str, text: str) -> bool | None:
        """Whether all of the text matches; None when that is not tried."""
        self._left -= len(text) + (0 if pattern in self._seen else _NEW_PATTERN)
        self._seen.add(pattern)
        if len(text) > LONGEST_TEXT or self._left < 0:
            return None
        made = compiled(pattern)
        return None if made is None else made.fullmatch(text) is not None


@lru_cache(maxsize=128)
def compiled(pattern: str) -> Any:
    """The pattern as RE2 reads it; None when it is too long or too large, or RE2 does not take it.

    RE2 knows no references back and no looking around, and so its time grows with the text and never faster.
    """
    if len(pattern) > LONGEST_PATTERN:
        return None
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
