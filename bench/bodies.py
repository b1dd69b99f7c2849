"""Responses of a given number of items, always the same ones."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from bench import doors

USUAL = 40
PERSON = 90
"""A made-up person whose first 40 answers make a final, urgent answer of middling length."""
SMALL_ANSWER = 44
"""A made-up person whose first 40 answers make an answer of about 6 KB."""


def body(items: int) -> bytes:
    """A response with that many answered items.

    10 are the first ten of the usual 40; more than 40 are the same items over again, with the same answers, as some
    record systems send them: what is read grows, what is decided does not.
    """
    usual = person()
    taken = questions(usual)[:items]
    groups = usual["item"]
    if items < USUAL:
        kept = [group | {"item": [item for item in group["item"] if item in taken]} for group in groups]
        return _bytes(usual | {"item": [group for group in kept if group["item"]]})
    whole, rest = divmod(items, USUAL)
    copies = [deepcopy(group) for _ in range(whole) for group in groups]
    over = {"linkId": groups[0]["linkId"], "item": questions(usual)[:rest]}
    return _bytes(usual | {"item": copies + ([over] if rest else [])})


def person(number: int = PERSON) -> dict[str, Any]:
    """A response of just 40 items; AssertionError when the rules or weights no longer make one."""
    found = doors.made_up([number], keep=USUAL)[0]
    count = len(questions(found))
    assert count == USUAL, f"the response of person {number} has {count} items, not {USUAL}"
    return found


def people(count: int) -> list[bytes]:
    """The responses of so many made-up people, whoever they are, each with their first 40 answers at the most."""
    return [_bytes(response) for response in doors.made_up(range(count), keep=USUAL)]


def small_answer() -> bytes:
    """A response of 40 items whose answer is about 6 KB."""
    return _bytes(person(SMALL_ANSWER))


def questions(response: dict[str, Any]) -> list[dict[str, Any]]:
    """The items that are answered, in order."""
    return [item for group in response["item"] for item in group["item"]]


def _bytes(response: dict[str, Any]) -> bytes:
    return json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode()
