"""The criteria as a clinician reads them in the PlanDefinition."""

from definitions_rule_set import CANON, RULE_SET, made

from service.triage.rule_words import condition_words


def actions():
    return {action["id"]: action for action in made()["PlanDefinition", "limb-numbness"]["action"]}


def test_the_plan_is_what_a_service_request_instantiates():
    plan = made()["PlanDefinition", "limb-numbness"]
    assert f"{plan['url']}|{plan['version']}" == f"{CANON}/PlanDefinition/limb-numbness|1.2.0"
    assert plan["type"]["coding"][0]["code"] == "eca-rule"
    assert [(entry["type"], entry["label"], entry["citation"]) for entry in plan["relatedArtifact"]] == [
        ("citation", "D0", "A clinic. “Numbness”. 2023-08-21"),
        ("citation", "D1", "A paper. “Numb legs”"),
    ]


def test_an_action_for_each_criterion_in_words():
    assert {name: action["description"] for name, action in actions().items()} == {
        "weak-limb": "Emergency when weakness: yes; unless known: The weakness came on gradually.",
        "numb-leg": "Urgent when where it is numb: “foot” or “some part of the leg” "
        "and (weakness: yes or how it began: “gradually”).",
        "two-of-three": "Routine when at least 2 of (numbness: yes; weakness: yes; "
        "where it is numb: “foot” or “some part of the leg”).",
        "nothing": "Self-Care when numbness: no.",
    }


def test_priority_is_by_level_and_none_for_self_care():
    priorities = {name: action.get("priority") for name, action in actions().items()}
    assert priorities == {"weak-limb": "stat", "numb-leg": "urgent", "two-of-three": "routine", "nothing": None}


def test_an_action_tells_the_person_what_the_criterion_tells():
    assert actions()["weak-limb"]["textEquivalent"] == "Go now."
    assert "textEquivalent" not in actions()["nothing"]


def test_an_action_cites_the_statement_and_its_document():
    assert actions()["weak-limb"]["documentation"] == [
        {
            "type": "citation",
            "label": "D0-E1",
            "display": "A limb is weak; level in the document: emergency",
            "citation": "A clinic. “Numbness”. 2023-08-21, L96",
        }
    ]


def test_a_statement_of_no_document_is_cited_by_what_it_says():
    cited = {"type": "citation", "label": "UN-1", "display": "No document says it"}
    assert actions()["numb-leg"]["documentation"] == [cited]


def test_words_of_every_condition_are_without_a_code():
    for criterion in RULE_SET.criteria:
        assert "numbness-site" not in condition_words(criterion.when, RULE_SET.items)
