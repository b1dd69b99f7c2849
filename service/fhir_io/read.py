"""A request body → everything that triage needs of it, or every reason for refusing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.answers import ReadAnswers, read_answers
from service.fhir_io.bound import read_bound_answers
from service.fhir_io.choice import binding_for
from service.fhir_io.conformity.check import differences, refused_differences
from service.fhir_io.conformity.known import known_questionnaire
from service.fhir_io.parameters import Envelope, open_envelope, type_problem
from service.fhir_io.subject import check_encounter, encounter_of, subject_of
from service.fhir_io.terminology import ANSWERS
from service.fhir_io.versions import FhirVersion
from service.problems import Kind, Problem, Refused
from service.triage.binding import Binding
from service.triage.model import RuleSet
from service.triage.questions import Answers

TRIAGED_STATUS = ("in-progress", "completed", "amended")
_MODIFIERS = ("modifierExtension", "implicitRules")


@dataclass(frozen=True, slots=True)
class Request:
    """What one caller asks to have triaged.

    `response_path` and `places` (linkId → FHIRPath of its first item) lead back into the caller's own body.
    `binding` is by what the answers were read, when the questionnaire is not ours.
    """

    response: dict[str, Any]
    response_path: str
    subject: dict[str, Any]
    encounter: dict[str, Any] | None
    bundle_type: str
    answers: Answers
    places: Mapping[str, str]
    warnings: tuple[Problem, ...]
    explain: bool = True
    binding: Binding | None = None


def read_request(
    body: dict[str, Any],
    version: FhirVersion,
    rule_set: RuleSet,
    canonical_base: str,
    *,
    beside: Sequence[RuleSet] = (),
    bindings: Sequence[Binding] = (),
    plain: bool = False,
) -> Request:
    """The request in a body; Refused with all problems, those of structure first, when it cannot be triaged.

    `beside` are the other rule sets that are served, and `bindings` of other questionnaires, by one of which it may be
    read; all are named when it answers none. With `plain` the structure of the body was found valid before.
    """
    found, warnings = ProblemList(), ProblemList()
    envelope = open_envelope(body, found, warnings) if plain else _opened(body, version, found, warnings)
    if envelope is None:
        raise Refused(found.listed())
    _check_status(envelope, found, plain=plain)
    binding = binding_for(body, bindings)
    served = _served((rule_set, *beside), bindings, canonical_base)
    ours = binding is not None or _check_questionnaire(envelope, found, warnings, served=served)
    subject, encounter = subject_of(envelope, found), encounter_of(envelope, found, warnings)
    read = _answers(envelope, rule_set, canonical_base, binding)
    problems = [*found.listed(), *(read.problems.listed() if ours else ())]
    problems += refused_differences(envelope, version, rule_set, canonical_base, bound=binding is not None)
    if problems:
        raise Refused(_structure_first(problems))
    return _request(envelope, subject, encounter, read, warnings, binding)


def _request(
    envelope: Envelope,
    subject: dict[str, Any],
    encounter: dict[str, Any] | None,
    read: ReadAnswers,
    warnings: ProblemList,
    binding: Binding | None,
) -> Request:
    return Request(
        response=envelope.response,
        response_path=envelope.response_path,
        subject=subject,
        encounter=encounter,
        bundle_type=envelope.bundle_type,
        explain=envelope.explain,
        answers=read.answers,
        places=read.places,
        warnings=(*warnings.listed(), *read.warnings.listed()),
        binding=binding,
    )


def validation_problems(
    body: dict[str, Any],
    version: FhirVersion,
    rule_set: RuleSet,
    canonical_base: str,
    *,
    bindings: Sequence[Binding] = (),
) -> list[Problem]:
    """What is invalid in a body, and warnings: its structure, its answers where it names a questionnaire served, and
    its difference from the Questionnaire where that is known.

    What is valid but cannot be triaged (a status, a missing subject, another questionnaire) is not invalid.
    """
    found, warnings = ProblemList(), ProblemList()
    envelope = _opened(body, version, found, warnings)
    if envelope is None:
        return [*found.listed(), *warnings.listed()]
    check_encounter(envelope, found)
    known = known_questionnaire(envelope, version, rule_set, canonical_base)
    binding = binding_for(body, bindings)
    named = envelope.response.get("questionnaire") in _names(_canonical(rule_set, canonical_base))
    read = ReadAnswers()
    if binding or named or (known and known.ours):
        read = _answers(envelope, rule_set, canonical_base, binding)
    problems = [*found.listed(), *read.problems.listed(), *warnings.listed(), *read.warnings.listed()]
    return problems + differences(envelope, known, rule_set, canonical_base)


def _opened(body: dict[str, Any], version: FhirVersion, found: ProblemList, warnings: ProblemList) -> Envelope | None:
    """The response and what came with it, if the structure allows to read on; a broken one is not interpreted."""
    wrong_type = type_problem(body)
    if wrong_type:
        found.add(wrong_type)
        return None
    problems = structural_problems(body, version, body["resourceType"])
    if problems:
        found.take(problems)
        return None
    return open_envelope(body, found, warnings)


def _answers(envelope: Envelope, rule_set: RuleSet, canonical_base: str, binding: Binding | None) -> ReadAnswers:
    if binding:
        return read_bound_answers(envelope.response, envelope.response_path, rule_set, binding)
    system = f"{canonical_base}/CodeSystem/{ANSWERS}"
    return read_answers(envelope.response, envelope.response_path, rule_set, answer_system=system)


def _structure_first(problems: list[Problem]) -> list[Problem]:
    """The first problem decides the status: broken structure goes before what cannot be triaged."""
    return sorted(problems, key=lambda problem: problem.kind is not Kind.STRUCTURE)


def _canonical(rule_set: RuleSet, canonical_base: str) -> str:
    return f"{canonical_base}/Questionnaire/{rule_set.id}|{rule_set.version}"


def _served(rule_sets: Sequence[RuleSet], bindings: Sequence[Binding], canonical_base: str) -> tuple[str, ...]:
    """Every questionnaire that a response may name, each once, the one that is read by first."""
    own = dict.fromkeys(_canonical(one, canonical_base) for one in rule_sets)
    return (*own, *(name for one in bindings for name in one.canonicals))


def _names(served: str) -> tuple[str, str]:
    """A canonical with its version and without (https://hl7.org/fhir/R4/references.html#canonical)."""
    return served, served.rpartition("|")[0]


def _check_status(envelope: Envelope, found: ProblemList, *, plain: bool) -> None:
    """Refuse what says of itself that it may not be used as it is; a plain body has no modifiers."""
    if not plain:
        _check_modifiers(envelope, found)
    status = envelope.response.get("status")
    if status in TRIAGED_STATUS:
        return
    said = (
        f"A response with status {status} is not triaged." if status else "A response without a status is not triaged."
    )
    remedy = f"Send one that is {', '.join(TRIAGED_STATUS[:-1])} or {TRIAGED_STATUS[-1]}."
    found.add(Problem(Kind.STATUS, f"{envelope.response_path}.status", said, remedy))


def _check_questionnaire(
    envelope: Envelope, found: ProblemList, warnings: ProblemList, *, served: tuple[str, ...]
) -> bool:
    """Whether the answers are to be read: the questionnaire is the one served, or none is named."""
    given = envelope.response.get("questionnaire")
    if given is None:
        where, message = envelope.response_path, "The response names no questionnaire; it is read as an answer to ours."
        warnings.add(Problem(Kind.NO_QUESTIONNAIRE, where, message, f"Name {served[0]}."))
        return True
    if given in _names(served[0]):
        return True
    ours = any(given.partition("|")[0] == one.partition("|")[0] for one in served)
    message = "This version of the questionnaire is not served." if ours else "This questionnaire is not served."
    found.add(
        Problem(
            Kind.QUESTIONNAIRE, f"{envelope.response_path}.questionnaire", message, f"Served is {', '.join(served)}."
        )
    )
    return False


def _check_modifiers(envelope: Envelope, found: ProblemList) -> None:
    """Refuse what may change the meaning of an answer in a way that we do not know.

    https://hl7.org/fhir/R4/extensibility.html#modifierExtension: an application that does not know a modifier
    extension, or the rules that implicitRules names, may not process the element as if it were not there.
    """
    for where in _modified(envelope.response, envelope.response_path):
        message = "This may change the meaning of the response in a way that is not known here."
        found.add(Problem(Kind.STATUS, where, message, "Send a response that is complete without it."))


def _modified(element: dict[str, Any], path: str) -> Iterator[str]:
    for name in _MODIFIERS:
        if name in element:
            yield f"{path}.{name}"
    for name in ("item", "answer"):
        for index, child in enumerate(element.get(name, ())):
            yield from _modified(child, f"{path}.{name}[{index}]")
