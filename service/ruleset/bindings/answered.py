"""What a binding answers of our questions, in words, for people who check it."""

from __future__ import annotations

from service.ruleset.bindings.draft import Draft, sayings, unmapped_red_flags
from service.triage.model import RuleSet
from service.triage.questions import NONE


def answered_in_words(draft: Draft, rule_set: RuleSet) -> list[str]:
    """What is bound, what of our questions it answers, wholly or in part, and the red flags that stay unknown."""
    data, asked = draft.data, _asked(draft)
    versions = ", ".join(data["questionnaire"]["versions"]) or "any"
    unknown = unmapped_red_flags(draft, rule_set)
    told = [f"{rule_set.items[name].label}{_in_part(rule_set, name, asked[name])}" for name in asked]
    return [
        f"{data['id']} {data['version']} ({data['status']}): {data['questionnaire']['url']}, version {versions}",
        f"  read by {rule_set.id} {rule_set.version}; answers {len(told)} of {len(rule_set.items)} questions: "
        f"{'; '.join(told)}",
        f"  {len(unknown)} red flags stay unknown: {', '.join(unknown) or 'none'}",
    ]


def _asked(draft: Draft) -> dict[str, set[bool | str]]:
    """Our questions that some answer tells of, with what it tells, in the order of the questionnaire."""
    told: dict[str, set[bool | str]] = {}
    for path, answer, _ in draft.answers():
        for saying in sayings(path, answer["means"]):
            told.setdefault(saying.item, set()).add(saying.value)
    return {name: told[name] for name in (draft.rule_set.items if draft.rule_set else ()) if name in told}


def _in_part(rule_set: RuleSet, name: str, told: set[bool | str]) -> str:
    item = rule_set.items[name]
    if item.kind == "boolean":
        return "" if len(told) == 2 else f" (only {'yes' if True in told else 'no'})"
    options = [option for option in item.options if option.code != NONE]
    if all(option.code in told for option in options):
        return ""
    return f" (only {', '.join(option.text for option in options if option.code in told)})"
