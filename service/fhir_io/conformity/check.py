"""A response and its Questionnaire → everything in which the one is no answer to the other."""

from __future__ import annotations

from typing import Any

from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.answers import SPEAKABLE_LINK
from service.fhir_io.conformity.as_read import as_read
from service.fhir_io.conformity.form import FormItem
from service.fhir_io.conformity.known import Known, known_questionnaire
from service.fhir_io.conformity.rulings import Fault, Rule
from service.fhir_io.conformity.tree import check_tree
from service.fhir_io.outcome import is_error
from service.fhir_io.parameters import Envelope
from service.fhir_io.terminology import ANSWERS
from service.fhir_io.versions import FhirVersion
from service.problems import Problem
from service.triage.model import RuleSet


def refused_differences(
    envelope: Envelope, version: FhirVersion, rule_set: RuleSet, canonical_base: str, *, bound: bool
) -> list[Problem]:
    """The differences for which a response is not triaged.

    There are none from our own Questionnaire. Another one may be given beside the response, or be contained in one that
    is `bound` to our questions.
    """
    if envelope.questionnaire is None and not bound:
        return []
    known = known_questionnaire(envelope, version, rule_set, canonical_base)
    return [one for one in differences(envelope, known, rule_set, canonical_base) if is_error(one)]


def differences(envelope: Envelope, known: Known | None, rule_set: RuleSet, canonical_base: str) -> list[Problem]:
    """Between the response and its Questionnaire; our own is compared with the answers as they are read."""
    if known is None:
        return []
    response = envelope.response
    if known.ours:
        response = as_read(response, rule_set, answer_system=f"{canonical_base}/CodeSystem/{ANSWERS}")
    return conformity_problems(known, response, envelope.response_path)


def conformity_problems(known: Known, response: dict[str, Any], path: str) -> list[Problem]:
    """Every difference, as heavy as its Questionnaire makes it; `response` stands at `path` and is sound FHIR.

    Nothing that anyone wrote into either is repeated but a linkId that looks like one, and numbers and codes of the
    Questionnaire. The text of a question is said only where it is our own.
    """
    found, remarks = ProblemList(), ProblemList()
    said: set[tuple[Rule, str, str]] = set()
    for remark in known.remarks:
        remarks.add(remark)

    def tell(fault: Fault, link_id: str, item: FormItem | None) -> None:
        ruling = known.rulings[fault.rule]
        if ruling.kind is None:
            return
        if fault.rule is Rule.CHECKABLE or ruling.once:
            key = (fault.rule, "", "") if ruling.once else (fault.rule, fault.message, link_id)
            if key in said:
                return
            said.add(key)
        link_id = link_id if SPEAKABLE_LINK.fullmatch(link_id) else ""
        text = item.text if item and link_id and known.ours else ""
        problem = Problem(ruling.kind, fault.where, fault.message, fault.remedy, link_id, text)
        # Apart, so that a list full of remarks leaves no error out.
        (found if is_error(problem) else remarks).add(problem)

    check_tree(known.form, response, path, tell)
    return [*found.listed(), *remarks.listed()]
