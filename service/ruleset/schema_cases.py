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


def is_answer(value: object) -> bool:
    """Whether this is true, false, an option, or a list of those."""
    return all(isinstance(part, bool | str) for part in (value if isinstance(value, list) else [value]))


EXPECT = strict(
    {
        "level": level(),
        "highest": level(required=False),
        "decides": several(ident(), load_default=[]),
        "fires": several(ident(), load_default=[]),
        "silent": several(ident(), load_default=[]),
        "unknown": several(ident(), load_default=[]),
        "suspects": several(ident(), load_default=[]),
        "no_suspects": several(ident(), load_default=[]),
        "suspects_at": mapped(ident(), level(), load_default={}),
        "because": mapped(ident(), several(text(), least=1), load_default={}),
        "not_because": mapped(ident(), several(text(), least=1), load_default={}),
        "tests": several(ident(), load_default=[]),
        "no_tests": several(ident(), load_default=[]),
        "tests_at": mapped(ident(), level(), load_default={}),
        "asked_by": mapped(ident(), several(ident(), least=1), load_default={}),
        "codings": mapped(ident(), several(ident()), load_default={}),
        "notices": several(ident(), load_default=[]),
        "no_notices": several(ident(), load_default=[]),
        "open": several(ident(), load_default=[]),
        "conflicts": several(ident(), load_default=[]),
    }
)
"""The verdict that a case must give, as far as it matters."""

CASE = strict(
    {
        "id": ident(),
        "says": text(),
        "covers": several(statement(), load_default=[]),
        "others": one_of("denied", "unanswered"),
        "answers": mapped(
            ident(),
            Checked(is_answer, "{key} must be answered with true, false, an option, or a list.\nCorrect the answer."),
        ),
        "expect": nested(EXPECT),
    }
)
"""One entry of cases.yaml."""

CASES = entries(CASE)
