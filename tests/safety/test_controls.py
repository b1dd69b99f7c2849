"""Controls of the hazard log that no other test shows."""

from __future__ import annotations

import pytest

from service.fhir_io.canonical import Edition
from service.fhir_io.questionnaire import questionnaire
from service.fhir_io.versions import VERSIONS
from service.ruleset.generate import draw
from service.ruleset.weights import load_weights
from service.settings import packaged
from service.triage.decide import decide
from service.triage.model import Level
from service.wiring import Service


@pytest.mark.parametrize("code", VERSIONS)
def test_nothing_is_answered_beforehand(service: Service, code: str) -> None:
    made = questionnaire(Edition(service.triage.served[0], "https://example.org/fhir", VERSIONS[code]))
    items = [item for group in made["item"] for item in group["item"]]
    assert len(items) == 53
    assert not [item["linkId"] for item in items if "initial" in item]
    assert not [one for item in items for one in item.get("answerOption", ()) if "initialSelected" in one]


def test_a_child_with_numbness_is_never_left_to_self_care(service: Service) -> None:
    rules = service.triage.rule_sets[0]
    weights = load_weights(packaged("rules") / "limb_numbness", rules.rule_set)
    adults = children = asked = 0
    for number in range(2_000):
        answers = draw(rules.rule_set.items, weights, seed=5, number=number).answers
        adults += decide(rules, {**answers, "age-group": ("adult",)}).level is Level.SELF_CARE
        concerned = answers.get("numbness") == (True,) or {"tingling", "burning"} & set(answers.get("symptoms", ()))
        children += bool(concerned) and decide(rules, {**answers, "age-group": ("child",)}).level is Level.SELF_CARE
        asked += bool(concerned)
    assert adults > 0
    assert asked > 500
    assert children == 0
