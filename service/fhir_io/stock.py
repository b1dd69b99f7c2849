"""What all answers by one rule set repeat, dumped to JSON once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson

from service.fhir_io.canonical import Edition, Resource, coding_element
from service.fhir_io.versions import FhirVersion
from service.triage.model import Level, RecommendedTest, RuleSet
from service.triage.questions import Coding

Dumped = orjson.Fragment
"""JSON that orjson takes over as it is."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Parts of answers in JSON: the method and title of the rule set, the plan that requests follow, levels by level,
    categories by name, and suspected conditions by code, whole and their codings alone."""

    edition: Edition
    method: Dumped
    title: Dumped
    plan: Dumped
    levels: Mapping[Level, Dumped]
    categories: Mapping[str, Dumped]
    conditions: Mapping[str, Dumped]
    codings: Mapping[str, Dumped]
    _codes: dict[tuple[str, tuple[Coding, ...]], Dumped]

    def code(self, test: RecommendedTest, codings: tuple[Coding, ...]) -> Dumped:
        """What a request for the test asks for; the codings are some of those that the rules give it."""
        key = test.code, codings
        made = self._codes.get(key)
        if made is None:
            own = self.edition.own("recommended-test", test.code, test.title)
            concept: Resource = {"coding": [own, *map(coding_element, codings)], "text": test.title}
            wrapped = self.edition.version.codeable_references
            made = self._codes[key] = dumped({"concept": concept} if wrapped else concept)
        return made


@lru_cache(maxsize=32)
def stock_of(rule_set: RuleSet, canonical_base: str, version: FhirVersion) -> Stock:
    """The stock of a rule set as it is published."""
    edition = Edition(rule_set, canonical_base, version)
    method = edition.own("rule-set", rule_set.id, rule_set.title) | {"version": rule_set.version}
    codings = _codings(edition)
    return Stock(
        edition=edition,
        method=dumped({"coding": [method]}),
        title=dumped({"text": rule_set.title}),
        plan=dumped([f"{edition.canonical('PlanDefinition', rule_set.id)}|{rule_set.version}"]),
        levels={
            level: dumped({"coding": [edition.own("triage-level", level.code, text.title)], "text": text.title})
            for level, text in rule_set.levels.items()
        },
        categories={
            name: dumped([{"coding": [coding_element(coding)], "text": name}])
            for name, coding in rule_set.categories.items()
        },
        conditions={
            code: dumped({"coding": listed, "text": rule_set.conditions[code].title})
            for code, listed in codings.items()
        },
        codings={code: dumped(listed) for code, listed in codings.items()},
        _codes={},
    )


def _codings(edition: Edition) -> dict[str, list[Resource]]:
    """The codings of each suspected condition, our own first."""
    return {
        code: [edition.own("suspected-condition", code, condition.title), *map(coding_element, condition.codings)]
        for code, condition in edition.rule_set.conditions.items()
    }


def dumped(value: object) -> Dumped:
    """JSON that is made once for many answers."""
    return orjson.Fragment(orjson.dumps(value))
