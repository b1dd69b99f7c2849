"""A sentence that is too long for a person who is worried, in what the person is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.problems import Problem
from service.ruleset.known import CRITERIA
from service.ruleset.places import find
from service.ruleset.whole import Whole

MOST_WORDS = 22
FIRST_WORDS = 5
TOLD = (
    (CRITERIA, "*/tell"),
    ("ruleset.yaml", "levels/*/meaning"),
    ("ruleset.yaml", "levels/*/do"),
    ("notices.yaml", "*/text"),
    ("items.yaml", "groups/*/items/*/text"),
)
"""File, and place in it, of what the person reads."""

_END = re.compile(r"[.!?][”)\"]?\s+")


def check(whole: Whole) -> Iterator[Problem]:
    """Every sentence of more than MOST_WORDS words."""
    for file, pattern in TOLD:
        for sheet, path, text in find(whole.sheets, file, pattern):
            for words in (sentence.split() for sentence in _END.split(text)):
                if len(words) > MOST_WORDS:
                    begins = " ".join(words[:FIRST_WORDS])
                    said = f"The sentence “{begins} …” has {len(words)} words; more than {MOST_WORDS} are hard to read."
                    yield sheet.problem(path, said, "Make two of it, or leave out what can be left out.")
