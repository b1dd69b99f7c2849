"""What a rule set defines, by kind of id, so that what its files refer to can be looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.ruleset.places import Sheets, find
from service.triage.model import RuleSet

CRITERIA = "criteria/*"

DEFINED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "document": (("ruleset.yaml", "documents/*/id"),),
    "group": (("items.yaml", "groups/*/id"),),
    "question": (("items.yaml", "groups/*/items/*/id"),),
    "qualifier": (("qualifiers.yaml", "*/id"),),
    "criterion": ((CRITERIA, "*/id"),),
    "condition": (("conditions.yaml", "*/code"),),
    "substance": (("substances.yaml", "*/id"),),
    "test": (("tests.yaml", "*/code"),),
    "notice": (("notices.yaml", "*/id"),),
    "code": (("terminology.yaml", "@"),),
    "statement": (("catalogue.yaml", "@"),),
    "case": (("cases.yaml", "*/id"),),
}
"""Kind of id, and where in the files the ids of that kind are defined."""

HOMES = {kind: places[0][0].replace(CRITERIA, "criteria/*.yaml") for kind, places in DEFINED.items()}
"""Kind of id, and the file that defines it, as a remedy names it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known of a question to tell whether an answer fits it."""

    kind: str
    repeats: bool
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The ids by kind. A kind is absent when one of its files is broken: then nothing can be said about it."""

    ids: Mapping[str, frozenset[str]]
    items: Mapping[str, Asked]

    def lacks(self, kind: str, name: str) -> bool:
        """Whether it is certain that no such id is defined."""
        return kind in self.ids and name not in self.ids[kind]


def known_in(sheets: Sheets, broken: frozenset[str]) -> Known:
    """What the readable files define; `broken` are the names of the others."""
    broken_homes = {name.split("/")[0] for name in broken}
    ids = {
        kind: frozenset(value for file, pattern in places for _, _, value in find(sheets, file, pattern))
        for kind, places in DEFINED.items()
        if places[0][0].split("/")[0] not in broken_homes
    }
    items = {
        item["id"]: Asked(
            item["type"],
            item["type"] == "choice" and item["repeats"],
            tuple(option["code"] for option in item["options"]),
        )
        for _, _, item in find(sheets, "items.yaml", "groups/*/items/*")
    }
    return Known(ids, items)


def known_of(rule_set: RuleSet) -> Known:
    """What a rule set that was built defines, as far as cases can refer to it."""
    ids = {
        "question": rule_set.items,
        "criterion": [criterion.id for criterion in rule_set.criteria],
        "condition": rule_set.conditions,
        "test": rule_set.tests,
        "notice": [notice.id for notice in rule_set.notices],
        "statement": rule_set.statements,
    }
    items = {
        link_id: Asked(item.kind, item.repeats, tuple(option.code for option in item.options))
        for link_id, item in rule_set.items.items()
    }
    return Known({kind: frozenset(names) for kind, names in ids.items()}, items)


def misfit(link_id: str, asked: Asked, value: bool | str) -> tuple[str, str] | None:
    """Why the value cannot be an answer to the question, and what to do; None when it can."""
    if asked.kind == "boolean":
        if isinstance(value, bool):
            return None
        return f"“{link_id}” is answered with true or false, not “{value}”.", "Write true or false."
    if value in asked.options:
        return None
    given = str(value).lower() if isinstance(value, bool) else value
    return f"“{link_id}” has no option “{given}”.", f"Write one of: {', '.join(asked.options)}."
