"""Builds the model of a rule set from files that every check has passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.ruleset.conditions import build_condition, build_leaf
from service.ruleset.folder import CRITERIA_FILES, Contents
from service.ruleset.places import Sheets
from service.ruleset.statements import kind_of
from service.triage.model import (
    Ask,
    ChosenCoding,
    Criterion,
    Document,
    Evidence,
    Level,
    LevelText,
    Notice,
    Qualifier,
    RecommendedTest,
    RuleSet,
    Source,
    Statement,
    SuspectedCondition,
)
from service.triage.questions import Coding, Condition, Contradiction, Group, Item, Option

Entry = Mapping[str, Any]
Terms = Mapping[str, Coding]


def build(contents: Contents) -> RuleSet:
    """The rule set of contents that have no problem."""
    sheets = contents.sheets
    about: Entry = sheets["ruleset.yaml"].data
    terms = {name: _coding(entry) for name, entry in sheets["terminology.yaml"].data.items()}
    qualifiers = {entry["id"]: _qualifier(entry) for entry in sheets["qualifiers.yaml"].data}
    conditions = {name: qualifier.when for name, qualifier in qualifiers.items()}
    groups = sheets["items.yaml"].data["groups"]
    items = [_item(group["id"], entry, terms) for group in groups for entry in group["items"]]
    plain = ("id", "version", "status", "date", "title", "description", "publisher", "copyright")
    return RuleSet(
        **{key: about[key] for key in plain},
        digest=contents.digest,
        levels={Level.of(code): LevelText(**words) for code, words in about["levels"].items()},
        documents={entry["id"]: Document(**entry) for entry in about["documents"]},
        statements={name: _statement(name, entry) for name, entry in sheets["catalogue.yaml"].data.items()},
        groups=tuple(Group(group["id"], group["text"]) for group in groups),
        items={item.link_id: item for item in items},
        contradictions=tuple(_contradiction(pair) for pair in sheets["items.yaml"].data["contradictions"]),
        scope=build_condition(about["scope"], {}),
        open_floor=Level.of(about["open_floor"]),
        qualifiers=tuple(qualifiers.values()),
        criteria=_criteria(sheets, qualifiers),
        conditions=_suspected(sheets, conditions, terms),
        tests={entry["code"]: _test(entry, terms) for entry in sheets["tests.yaml"].data},
        notices=tuple(_notice(entry, conditions) for entry in sheets["notices.yaml"].data),
        categories={name: terms[code] for name, code in about["categories"].items()},
    )


def _coding(entry: Entry) -> Coding:
    return Coding(entry["system"], entry["code"], entry["display"])


def _statement(name: str, entry: Entry) -> Statement:
    return Statement(name, kind_of(name), entry["says"], entry["lines"])


def _contradiction(pair: Entry) -> Contradiction:
    return Contradiction(build_leaf(pair["first"]), build_leaf(pair["second"]))


def _item(group: str, entry: Entry, terms: Terms) -> Item:
    return Item(
        link_id=entry["id"],
        group=group,
        kind=entry["type"],
        repeats=entry["repeats"],
        text=entry["text"],
        label=entry["label"],
        concern=entry.get("concern", True),
        options=tuple(Option(option["code"], option["text"], _codings(option, terms)) for option in entry["options"]),
        codings=_codings(entry, terms),
        asked_when=tuple(build_leaf(gate) for gate in entry["asked_when"]),
    )


def _codings(entry: Entry, terms: Terms) -> tuple[Coding, ...]:
    return tuple(terms[name] for name in entry["codings"])


def _sources(entry: Entry) -> tuple[Source, ...]:
    return tuple(Source(name, states) for name, states in entry["sources"].items())


def _asks(entry: Entry) -> tuple[Ask, ...]:
    return tuple(
        Ask(ask["test"], tuple(ask["sources"]), ask["basis"], ask["why"], Level.of(ask["soonest"]))
        for ask in entry["tests"]
    )


def _qualifier(entry: Entry) -> Qualifier:
    return Qualifier(
        id=entry["id"],
        title=entry["title"],
        when=build_condition(entry["when"], {}),
        lowers_from=Level.of(entry["lowers"]["from"]),
        lowers_to=Level.of(entry["lowers"]["to"]),
        sources=_sources(entry),
        settles=tuple(entry["settles"]),
        basis=entry["basis"],
        why=entry["why"],
    )


def _criteria(sheets: Sheets, qualifiers: Mapping[str, Qualifier]) -> tuple[Criterion, ...]:
    """The criteria with the file and line where each stands, most acute level first."""
    conditions = {name: qualifier.when for name, qualifier in qualifiers.items()}
    found = []
    for sheet in (sheets[name] for name in CRITERIA_FILES):
        for index, entry in enumerate(sheet.data):
            found.append(
                Criterion(
                    id=entry["id"],
                    title=entry["title"],
                    level=Level.of(entry["level"]),
                    when=build_condition(entry["when"], conditions),
                    unless=tuple(qualifiers[name] for name in entry["unless"]),
                    suspects=tuple(entry["suspects"]),
                    tests=_asks(entry),
                    tell=entry["tell"],
                    sources=_sources(entry),
                    settles=tuple(entry["settles"]),
                    basis=entry["basis"],
                    why=entry["why"],
                    place=sheet.mark((index,)).where,
                )
            )
    return tuple(found)


def _suspected(sheets: Sheets, conditions: Mapping[str, Condition], terms: Terms) -> dict[str, SuspectedCondition]:
    """The conditions; a substance is one more pattern of evidence for the condition that it makes suspect."""
    substances = sheets["substances.yaml"].data
    return {
        entry["code"]: SuspectedCondition(
            code=entry["code"],
            title=entry["title"],
            codings=_codings(entry, terms),
            sources=tuple(entry["sources"]),
            evidence=tuple(
                Evidence(
                    title=pattern["title"],
                    when=build_condition(pattern["when"], conditions),
                    level=Level.of(pattern["level"]),
                    sources=tuple(pattern["sources"]),
                )
                for pattern in (*entry["evidence"], *(s for s in substances if s["suspects"] == entry["code"]))
            ),
            tests=_asks(entry),
        )
        for entry in sheets["conditions.yaml"].data
    }


def _test(entry: Entry, terms: Terms) -> RecommendedTest:
    chosen = tuple(
        ChosenCoding(name, terms[name], build_condition(coding["when"], {}) if "when" in coding else None)
        for coding in entry["codings"]
        for name in [coding["id"]]
    )
    return RecommendedTest(entry["code"], entry["title"], entry["category"], chosen, tuple(entry["sources"]))


def _notice(entry: Entry, conditions: Mapping[str, Condition]) -> Notice:
    return Notice(
        id=entry["id"],
        when=build_condition(entry["when"], conditions) if "when" in entry else None,
        levels=tuple(Level.of(code) for code in entry.get("levels", ())),
        text=entry["text"],
        sources=tuple(entry["sources"]),
    )
