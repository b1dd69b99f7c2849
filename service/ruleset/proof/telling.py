"""A failed proof in words: what does not hold, the answers that show it, and what the engine itself says to them."""

from __future__ import annotations

from service.ruleset.proof.refute import Failure
from service.triage.compiled import CompiledRuleSet
from service.triage.decide import decide
from service.triage.model import RuleSet
from service.triage.questions import Answers


def told(failure: Failure, rules: CompiledRuleSet) -> list[str]:
    """One line for what is broken, and one for each set of answers; a second set as its difference from the first."""
    if failure.undecided:
        return [f"Not decided ({failure.undecided}), so not proven: {failure.broken}", "Give it more time: --timeout."]
    lines, first = [failure.broken], None
    for name, answers in failure.witness:
        decision = decide(rules, answers)
        shown = _in_words(rules.rule_set, answers) if first is None else _difference(rules.rule_set, first, answers)
        levels = f"level {decision.level.code}, highest possible {decision.highest.code}"
        lines.append(f"{name.capitalize() or 'Answers'} ({levels}): {shown}")
        first = answers if first is None else first
    return lines


def _in_words(rule_set: RuleSet, answers: Answers) -> str:
    said = [_one(rule_set, name, answers) for name in rule_set.items if name in answers]
    return "; ".join([*said, "nothing else"])


def _difference(rule_set: RuleSet, first: Answers, second: Answers) -> str:
    changed = [name for name in rule_set.items if first.get(name, ()) != second.get(name, ())]
    return "; ".join(["the same, but", *(_one(rule_set, name, second) for name in changed)]).replace("but;", "but", 1)


def _one(rule_set: RuleSet, name: str, answers: Answers) -> str:
    item = rule_set.items[name]
    given = " and ".join(item.answer_text(value) for value in answers.get(name, ()))
    return f"{item.label}: {given or 'not answered'}"
