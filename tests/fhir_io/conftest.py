"""A small rule set, made from the model itself so that no rule file can break these tests."""

import pytest
from sample_responses import SNOMED_CT

from service.triage.model import Level, RuleSet
from service.triage.questions import AllOf, Coding, Group, Item, Option


def choice(link_id: str, *options: Option, repeats: bool = False) -> Item:
    return Item(link_id, "numbness", "choice", repeats, f"Which {link_id}?", link_id, options=options)


def yes_no(link_id: str) -> Item:
    return Item(link_id, "numbness", "boolean", False, f"Is there {link_id}?", link_id)


ITEMS = (
    yes_no("numbness"),
    yes_no("confusion"),
    choice("numbness-site", Option("foot", "Foot"), Option("hand", "Hand"), Option("none", "None"), repeats=True),
    choice("numbness-onset", Option("sudden", "Suddenly"), Option("gradual", "Gradually")),
    choice(
        "conditions",
        Option("diabetes", "Diabetes", (Coding(SNOMED_CT, "73211009", "Diabetes mellitus"),)),
        Option("lupus", "Lupus", (Coding(SNOMED_CT, "55464009", "Systemic lupus erythematosus"),)),
        Option("cancer", "Cancer", (Coding(SNOMED_CT, "363346000", "Malignant neoplastic disease"),)),
        Option("leukaemia", "Leukaemia", (Coding(SNOMED_CT, "363346000", "Malignant neoplastic disease"),)),
        repeats=True,
    ),
)


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    return RuleSet(
        id="limb-numbness",
        version="1.2.3",
        status="draft",
        date="2026-01-01",
        title="Numbness",
        description="",
        publisher="",
        copyright="",
        digest="0" * 64,
        levels={},
        documents={},
        statements={},
        groups=(Group("about", "About the numbness"), Group("history", "History")),
        items={item.link_id: item for item in ITEMS},
        contradictions=(),
        scope=AllOf(()),
        open_floor=Level.ROUTINE,
        qualifiers=(),
        criteria=(),
        conditions={},
        tests={},
        notices=(),
    )
