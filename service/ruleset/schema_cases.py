"""The shape of cases.yaml."""

from __future__ import annotations

from service.ruleset.shapes import (
    Checked,
    entries,
    ident,
    level,
    mapped,
    nested,
    one_of,
    several,
    statement,
    strict,
    text,
)

_ONE = {"type": ["boolean", "string"]}
ANSWER = {"anyOf": [_ONE, {"type": "array", "items": _ONE}]}
"""What `is_answer` takes, as JSON Schema."""


def is_answer(value: object) -> bool:
    """Whether this is true, false, an option, or a list of those."""
    return all(isinstance(part, bool | str) for part in (value if isinstance(value, list) else [value]))


EXPECT = strict(
    "The verdict that a case must give, as far as it matters.",
    {
        "level": level(),
        "highest": level(required=False, says="The highest level still possible."),
        "decides": several(ident(), load_default=[], says="Criteria that set the level."),
        "fires": several(ident(), load_default=[], says="Criteria that fire."),
        "silent": several(ident(), load_default=[], says="Criteria that are known not to fire."),
        "unknown": several(ident(), load_default=[], says="Criteria that an answer could still make fire."),
        "suspects": several(ident(), load_default=[]),
        "no_suspects": several(ident(), load_default=[]),
        "suspects_at": mapped(ident(), level(), load_default={}, says="How soon a suspected condition matters."),
        "because": mapped(
            ident(), several(text(), least=1), load_default={}, says="Titles of what points to a suspected condition."
        ),
        "not_because": mapped(
            ident(), several(text(), least=1), load_default={}, says="Titles of what must not point to it."
        ),
        "tests": several(ident(), load_default=[]),
        "no_tests": several(ident(), load_default=[]),
        "tests_at": mapped(ident(), level(), load_default={}, says="How soon a test is proposed."),
        "asked_by": mapped(
            ident(), several(ident(), least=1), load_default={}, says="Conditions or criteria that ask for a test."
        ),
        "codings": mapped(
            ident(), several(ident()), load_default={}, says="All the codes that a test carries, and no other."
        ),
        "notices": several(ident(), load_default=[]),
        "no_notices": several(ident(), load_default=[]),
        "open": several(ident(), load_default=[], says="Questions that must be reported open."),
        "conflicts": several(ident(), load_default=[], says="Questions that a contradiction must name."),
    },
)

CASE = strict(
    "An example, with the verdict that it must give.",
    {
        "id": ident(),
        "says": text(),
        "covers": several(statement(), load_default=[], says="Conflicts and gaps of the catalogue that this shows."),
        "others": one_of("denied", "unanswered", says="What every question not named is taken for."),
        "answers": mapped(
            ident(),
            Checked(
                is_answer, "{key} must be answered with true, false, an option, or a list.\nCorrect the answer.", ANSWER
            ),
        ),
        "expect": nested(EXPECT),
    },
)

CASES = entries(CASE)
