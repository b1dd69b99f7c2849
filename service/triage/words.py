"""A decision in words: the same sentences for FHIR notes, the command line and the page."""

from __future__ import annotations

from functools import lru_cache

from service.triage.binding import Binding
from service.triage.decision import Conflict, Decision, Finding, Proposal
from service.triage.explanation import Explanation
from service.triage.explanation_words import explanation_lines
from service.triage.model import Level, RuleSet, Source

DISCLAIMER = "A decision aid for clinicians, not a diagnosis."


def finding_in_words(finding: Finding, rule_set: RuleSet) -> str:
    """A fired criterion with its level, the answers it rests on, its documents, and how it was settled."""
    before, after = _around(rule_set)[finding.criterion.id]
    return f"{before}: {finding.words}. {after}"


@lru_cache(maxsize=8)
def _around(rule_set: RuleSet) -> dict[str, tuple[str, str]]:
    """What is said of each criterion before and after its finding, whatever was answered."""
    said = {}
    for criterion in rule_set.criteria:
        settled = f" Basis: {criterion.basis}. {criterion.why}" if criterion.why else f" Basis: {criterion.basis}."
        after = f"Sources: {_cited(criterion.sources, rule_set)}.{settled}"
        said[criterion.id] = rule_set.levels[criterion.level].title, after
    return said


def _cited(sources: tuple[Source, ...], rule_set: RuleSet) -> str:
    """The documents with the statements of each and the level that each of them states."""
    by_document: dict[str, list[str]] = {}
    for source in sources:
        document = rule_set.documents.get(source.id.split("-")[0])
        name = f"{document.publisher}, “{document.title}”" if document else "Catalogue"
        by_document.setdefault(name, []).append(f"{source.id} {source.states}")
    return "; ".join(f"{name} ({', '.join(stated)})" for name, stated in by_document.items())


def rationale(decision: Decision, rule_set: RuleSet) -> str:
    """Why the level is what it is: every criterion that fired, or why none had to."""
    if decision.fired:
        return "\n".join(
            f"{rule_set.levels[finding.criterion.level].title}: {finding.words} "
            f"[{', '.join(source.id for source in finding.criterion.sources)}]"
            for finding in decision.fired
        )
    if decision.level is Level.SELF_CARE:
        return "No criterion fired and none above self-care is open."
    return "No criterion fired, but unanswered questions leave criteria open, so it is not left to self-care."


def what_to_do(decision: Decision, rule_set: RuleSet) -> str:
    """What the person should do now: the level's own advice and that of the criteria that set it."""
    told = [f.criterion.tell for f in decision.fired if f.criterion.level is decision.level and f.criterion.tell]
    return " ".join(dict.fromkeys([rule_set.levels[decision.level].do, *told]))


def conflict_in_words(conflict: Conflict) -> str:
    """A contradiction that names both answers, the questions they belong to, and what was counted."""
    return f"{conflict.says} ({', '.join(conflict.link_ids)}). Counted: {conflict.counted}."


def proposal_in_words(proposal: Proposal) -> str:
    """A proposed test with everything that asks for it."""
    asked_by = [s.condition.title for s in proposal.suspicions] + [f.criterion.title for f in proposal.findings]
    return f"{proposal.test.title} ({proposal.level.code}), because of: {', '.join(dict.fromkeys(asked_by))}"


def open_in_words(decision: Decision) -> str:
    """Which questions are open and how far they could raise the level; empty when none could."""
    if decision.complete:
        return ""
    by_level = {
        level: [q.words for q in decision.open_questions if q.could_reach is level] for level in reversed(Level)
    }
    return " ".join(
        f"Not answered, and could raise the level to {level.code}: {', '.join(labels)}."
        for level, labels in by_level.items()
        if labels
    )


def notes(decision: Decision, rule_set: RuleSet) -> list[str]:
    """Everything worth telling a clinician, one text each."""
    level = rule_set.levels[decision.level]
    texts = [f"{level.title}. {level.meaning}"]
    texts += [finding_in_words(finding, rule_set) for finding in decision.fired]
    texts += [f"{finding.words}: rated lower. {finding.lowered_by[0].why}" for finding in decision.lowered]
    if decision.withheld:
        left = ", ".join(proposal.test.title for proposal in decision.withheld)
        texts.append(f"Not proposed now, left to the emergency department: {left}.")
    texts += [notice.text for notice in decision.notices]
    texts += [conflict_in_words(conflict) for conflict in decision.conflicts if not conflict.harmless]
    if not decision.complete:
        texts.append(open_in_words(decision))
    texts.append(f"Rule set {rule_set.id} {rule_set.version}, SHA-256 {rule_set.digest}. {DISCLAIMER}")
    return texts


def binding_in_words(binding: Binding) -> str:
    """By which binding the answers to somebody else's questionnaire were read."""
    return (
        f"Answers to {binding.url}, read by the binding {binding.id} {binding.version}, SHA-256 {binding.digest}. "
        "What that questionnaire does not ask is unknown."
    )


def explain(decision: Decision, rule_set: RuleSet, explanation: Explanation | None = None) -> str:
    """The whole decision as plain text for a terminal, and why it is neither higher nor lower if that is given."""
    level, highest = rule_set.levels[decision.level], rule_set.levels[decision.highest]
    lines = [f"Level: {level.title}" + ("" if decision.complete else f" (preliminary, could still be {highest.title})")]
    lines += ["", "What to do", f"  {what_to_do(decision, rule_set)}", "", "Criteria that fired"]
    lines += [f"  - {finding_in_words(finding, rule_set)}" for finding in decision.fired] or ["  none"]
    lines += ["", "Suspected conditions"]
    told = [f"  - {s.condition.title} ({s.level.code}): {'; '.join(s.reasons)}" for s in decision.suspicions]
    lines += told or ["  none"]
    lines += ["", "Proposed tests"]
    lines += [f"  - {proposal_in_words(proposal)}" for proposal in decision.proposals] or ["  none"]
    lines += ["", "Notes"]
    skip = 1 + len(decision.fired)
    lines += [f"  - {text}" for text in notes(decision, rule_set)[skip:]]
    if explanation is not None:
        lines += ["", *explanation_lines(explanation, decision, rule_set)]
    return "\n".join(lines) + "\n"
