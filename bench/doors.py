"""The only place of the benchmark that imports the service: what changes there is adapted here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from service.assess import Triage
from service.assess import assess as assess_response
from service.fhir_io.admission.admit import admitted
from service.fhir_io.admission.body import parse_body
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.answers import read_answers
from service.fhir_io.build import build_bundle
from service.fhir_io.canonical import PRIORITY, Edition
from service.fhir_io.read import read_request
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.terminology import ANSWERS
from service.fhir_io.versions import R4
from service.problems import Refused
from service.ruleset.generate import draw
from service.ruleset.load import load_rule_set
from service.ruleset.weights import load_weights
from service.settings import Settings
from service.triage.compiled import CompiledRuleSet, compile_rules, with_generated
from service.triage.decide import decide
from service.triage.decision import Decision
from service.triage.model import Criterion, Level, RuleSet
from service.triage.questions import AllOf, AnyOf, AtLeast, Condition, Is, Item
from service.triage.why import why
from service.triage.words import notes, rationale, what_to_do
from service.wiring import build_service

__all__ = [
    "PRIORITY",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Condition",
    "Criterion",
    "Decision",
    "Is",
    "Item",
    "Level",
    "RuleSet",
    "Triage",
    "notes",
    "rationale",
    "what_to_do",
]
"""What the generators of the peers' rules read, beside the functions below."""

Call = Callable[[], object]
ROOMY = 100_000


def triage(*, with_criteria: int = 0) -> Triage:
    """What an assessment needs; with that many criteria, if a number is given."""
    made = build_service(Settings(max_items=ROOMY)).triage
    if not with_criteria:
        return made
    return replace(made, rule_sets=(_ready(of_size(made.rule_sets[0].rule_set, with_criteria)),))


def rule_set() -> RuleSet:
    """The rules that are served."""
    return load_rule_set(Settings().rules_path)


def of_size(rules: RuleSet, count: int, *, silent: frozenset[str] = frozenset()) -> RuleSet:
    """The rule set with `count` criteria: the first ones, or all and copies of those in `silent` (else of all)."""
    copied = [criterion for criterion in rules.criteria if criterion.id in silent] or list(rules.criteria)
    extra = max(0, count - len(rules.criteria))
    copies = [
        replace(copied[place % len(copied)], id=f"{copied[place % len(copied)].id}-{place // len(copied) + 2}")
        for place in range(extra)
    ]
    digest = hashlib.sha256(f"{rules.digest}/{count}".encode()).hexdigest()
    return replace(rules, criteria=(*rules.criteria[:count], *copies), digest=digest)


def grown(made: Triage, count: int, silent: frozenset[str]) -> Triage:
    """The same with a rule set of `count` criteria; to make it compiles the rules."""
    return replace(made, rule_sets=(_ready(of_size(made.rule_sets[0].rule_set, count, silent=silent)),))


def _ready(rules: RuleSet) -> CompiledRuleSet:
    """As the service serves them."""
    return with_generated(compile_rules(rules))


def assess(made: Triage, raw: bytes, *, explain: bool) -> bytes:
    """One triage, from the bytes of the body to the bytes of the answer."""
    return _bytes(assess_response(made, raw, version=R4, explain=explain).bundle)


def _bytes(bundle: Any) -> bytes:
    return bundle if isinstance(bundle, bytes) else orjson.dumps(bundle)


def to_bundle(made: Triage, raw: bytes) -> object:
    """One triage, from the bytes of the body to the Bundle, without an explanation."""
    return assess_response(made, raw, version=R4, explain=False).bundle


def decided(made: Triage, answers: Mapping[str, tuple[bool | str, ...]]) -> Decision:
    """The decision on answers that were read elsewhere."""
    return decide(made.rule_sets[0], answers)


def deciding(made: Triage, raw: bytes) -> Call:
    """A call that decides the answers of a body, read once."""
    request = read_request(parse_body(raw, made.limits), R4, made.rule_sets[0].rule_set, made.canonical_base)
    return lambda: decide(made.rule_sets[0], request.answers)


def refusing(made: Triage, raw: bytes) -> Call:
    """A call that refuses a body; AssertionError when it does not."""

    def refuse() -> object:
        try:
            assess_response(made, raw, version=R4)
        except Refused as refused:
            return refused
        raise AssertionError(f"Taken: {raw[:100]!r}")

    return refuse


def level(made: Triage, raw: bytes) -> str:
    """The level of a body; empty when it is refused."""
    try:
        return assess_response(made, raw, version=R4, explain=False).decision.level.code
    except Refused:
        return ""


def fired(made: Triage, raw: bytes) -> list[str]:
    """The ids of the criteria that fire on a body."""
    decision = assess_response(made, raw, version=R4, explain=False).decision
    return sorted(finding.criterion.id for finding in decision.fired)


def made_up(numbers: Iterable[int], *, keep: int = 1_000) -> list[dict[str, Any]]:
    """The responses of made-up people, the same for the same numbers; only the first `keep` answers of each."""
    rules = rule_set()
    weights = load_weights(Settings().rules_path, rules)
    edition = Edition(rules, Settings().canonical_base, R4)
    found = []
    for number in numbers:
        answers = dict(list(draw(rules.items, weights, seed=1, number=number).answers.items())[:keep])
        found.append(
            questionnaire_response(answers, edition, subject=f"Patient/{number}", response_id=f"made-up-{number}")
        )
    return found


def examples() -> list[dict[str, Any]]:
    """The responses in R4 among the examples that are triaged: contradictory, hidden, in other codings, and so on."""
    made, found = triage(), []
    for path in sorted(Settings().examples_path.glob("*/response.json")):
        raw = path.read_bytes()
        response = json.loads(raw)
        if response["resourceType"] == "QuestionnaireResponse" and "r5" not in path.parent.name and level(made, raw):
            found.append(response)
    return found


def _thorough(raw: bytes, made: Triage) -> object:
    return structural_problems(parse_body(raw, made.limits), R4, "QuestionnaireResponse")


def _verdicts(rules: CompiledRuleSet, answers: Mapping[str, tuple[bool | str, ...]]) -> Call:
    """The generated functions alone: from answers to the places of the criteria that fire, are open or lowered."""
    assert rules.prepared is not None
    generated = rules.prepared.generated

    def judge() -> object:
        given, closed = generated.bits.given_and_closed(answers) or (0, 0)
        return generated.criteria(given, generated.possible(given, closed) or 0)

    return judge


@dataclass(frozen=True, slots=True)
class Steps:
    """The parts of one triage as calls without arguments, in their order, and the whole."""

    parts: dict[str, Call]
    whole: dict[str, Call]


def steps(raw: bytes) -> Steps:
    """The parts of the triage of `raw`; each is given what those before it have made."""
    made, many = triage(), triage(with_criteria=120)
    rules = made.rule_sets[0]
    taken = admitted(raw, R4, made.limits)
    request = read_request(taken.body, R4, rules.rule_set, made.canonical_base, plain=taken.plain)
    decision = decide(rules, request.answers)
    said = {"rule_set": rules.rule_set, "canonical_base": made.canonical_base, "version": R4, "now": made.clock()}
    bundle = build_bundle(decision, request, **said)

    def read() -> object:
        system = f"{made.canonical_base}/CodeSystem/{ANSWERS}"
        return read_answers(request.response, request.response_path, rules.rule_set, answer_system=system)

    parts: dict[str, Call] = {
        "admission": lambda: admitted(raw, R4, made.limits),
        "admission, the thorough way": lambda: _thorough(raw, made),
        "answers": read,
        "decide": lambda: decide(rules, request.answers),
        "build": lambda: build_bundle(decision, request, **said),
        "dump": lambda: _bytes(bundle),
        "explanation": lambda: why(rules, request.answers, decision),
        "decide, 120 criteria": lambda: decide(many.rule_sets[0], request.answers),
        "verdicts, 120 criteria": _verdicts(many.rule_sets[0], request.answers),
    }
    whole: dict[str, Call] = {
        "whole, no explanation": lambda: assess(made, raw, explain=False),
        "whole, explained": lambda: assess(made, raw, explain=True),
    }
    return Steps(parts, whole)
