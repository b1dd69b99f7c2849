"""The safety canary: known vignettes go the straight line again and again, to see that each still gets its level."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.assess import Triage, assess
from service.fhir_io.canonical import Edition
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import DEFAULT
from service.problems import Refused
from service.ruleset.cases import Case
from service.triage.model import RuleSet

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Vignette:
    """A response that was made up, by which rules it is judged, and the level that it must get.

    `place` is where it stands, as `file:line:column`.
    """

    rule_set: str
    version: str
    id: str
    level: str
    place: str
    raw: bytes

    @property
    def name(self) -> str:
        """How it is called wherever it is named."""
        return f"{self.rule_set} {self.version} {self.id}"


@dataclass(frozen=True, slots=True)
class Miss:
    """A vignette that did not get its level. `got` is the level it got, or what happened in place of a triage."""

    vignette: Vignette
    got: str


def vignettes_of(
    rule_sets: Iterable[RuleSet], cases: Mapping[str, tuple[Case, ...]], canonical_base: str
) -> tuple[Vignette, ...]:
    """The vignettes of all rule sets as responses, from their cases by the digest of the rule set."""
    return tuple(
        Vignette(
            rule_set.id,
            rule_set.version,
            case.id,
            level=case.expect.level.code,
            place=case.place,
            raw=_raw(case, rule_set, canonical_base),
        )
        for rule_set in rule_sets
        for case in cases.get(rule_set.digest, ())
    )


def _raw(case: Case, rule_set: RuleSet, canonical_base: str) -> bytes:
    edition = Edition(rule_set, canonical_base, DEFAULT)
    return json.dumps(questionnaire_response(case.answers, edition, subject="Patient/vignette")).encode()


def miss_of(triage: Triage, vignette: Vignette) -> Miss | None:
    """Triage a vignette; None when it gets its level, both in the decision and in the Bundle that would be sent."""
    try:
        done = assess(triage, vignette.raw, version=DEFAULT, explain=False)
        assessment = json.loads(done.bundle)["entry"][0]["resource"]
        sent = assessment["prediction"][0]["qualitativeRisk"]["coding"][0]["code"]
    except Refused:
        return Miss(vignette, REFUSED)
    except Exception as error:  # a fault of ours is what this looks for
        return Miss(vignette, type(error).__name__)
    got = next((one for one in (done.decision.level.code, sent) if one != vignette.level), vignette.level)
    return None if got == vignette.level else Miss(vignette, got)
