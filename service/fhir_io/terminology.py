"""The rule set's own codes as CodeSystems, each with the ValueSet of all its codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.fhir_io.canonical import Edition, Resource, coding_element, filled
from service.triage.model import RuleSet
from service.triage.questions import Coding, Item

ANSWERS = "numbness-answers"
"""The CodeSystem of every answerOption."""

PROPERTIES = {
    "coding": "The meaning of this code in a code system that others publish.",
    "conditional-coding": "A code of a published code system that fits when the answers call for it.",
}
"""Codes of SNOMED CT and LOINC are concept properties: a CodeSystem may not define the codes of another one."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of ours; `other_texts` are the words by which a question shows it beside `display`."""

    code: str
    display: str
    definition: str = ""
    other_texts: tuple[str, ...] = ()
    codings: tuple[Coding, ...] = ()
    conditional_codings: tuple[Coding, ...] = ()

    def properties(self) -> list[tuple[str, Coding]]:
        """The codings by the property that carries them."""
        always = [("coding", coding) for coding in self.codings]
        return always + [("conditional-coding", coding) for coding in self.conditional_codings]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One code system of ours and where its concepts come from."""

    id: str
    title: str
    description: str
    concepts: Callable[[RuleSet], list[Concept]]


def code_systems(edition: Edition) -> list[Resource]:
    """The CodeSystems (https://hl7.org/fhir/R4/codesystem.html), complete and case-sensitive."""
    return [_code_system(edition, vocabulary) for vocabulary in VOCABULARIES]


def value_sets(edition: Edition) -> list[Resource]:
    """A ValueSet (https://hl7.org/fhir/R4/valueset.html) of all codes of each CodeSystem."""
    return [_value_set(edition, vocabulary) for vocabulary in VOCABULARIES]


def _code_system(edition: Edition, vocabulary: Vocabulary) -> Resource:
    concepts = _concepts(edition, vocabulary)
    carried = [named for concept in concepts for named in concept.properties()]
    used = {name for name, _ in carried}
    elements = {
        **edition.header("CodeSystem", vocabulary.id, title=vocabulary.title, description=vocabulary.description),
        **edition.copyright(coding for _, coding in carried),
        "caseSensitive": True,
        "valueSet": edition.canonical("ValueSet", vocabulary.id),
        "content": "complete",
        "count": len(concepts),
        "property": [
            {"code": name, "description": description, "type": "Coding"}
            for name, description in PROPERTIES.items()
            if name in used
        ],
        "concept": [_concept_element(concept) for concept in concepts],
    }
    return filled(elements)


def _concepts(edition: Edition, vocabulary: Vocabulary) -> list[Concept]:
    """The codes of all rule sets that are served; of two with one code, that of the rule set that stands first."""
    merged: dict[str, Concept] = {}
    for rule_set in (edition.rule_set, *edition.beside):
        for concept in vocabulary.concepts(rule_set):
            merged.setdefault(concept.code, concept)
    return list(merged.values())


def _concept_element(concept: Concept) -> Resource:
    elements = {
        "code": concept.code,
        "display": concept.display,
        "definition": concept.definition,
        "designation": [{"value": text} for text in concept.other_texts],
        "property": [{"code": name, "valueCoding": coding_element(coding)} for name, coding in concept.properties()],
    }
    return filled(elements)


def _value_set(edition: Edition, vocabulary: Vocabulary) -> Resource:
    description = f"All codes of the code system “{vocabulary.title}”."
    return {
        **edition.header("ValueSet", vocabulary.id, title=vocabulary.title, description=description),
        **edition.copyright(),
        "compose": {"include": [{"system": edition.canonical("CodeSystem", vocabulary.id)}]},
    }


def _levels(rule_set: RuleSet) -> list[Concept]:
    acute_first = sorted(rule_set.levels, reverse=True)
    return [Concept(level.code, rule_set.levels[level].title, rule_set.levels[level].meaning) for level in acute_first]


def _conditions(rule_set: RuleSet) -> list[Concept]:
    return [
        Concept(condition.code, condition.title, codings=condition.codings)
        for condition in rule_set.conditions.values()
    ]


def _tests(rule_set: RuleSet) -> list[Concept]:
    return [
        Concept(
            test.code,
            test.title,
            codings=tuple(chosen.coding for chosen in test.codings if chosen.when is None),
            conditional_codings=tuple(chosen.coding for chosen in test.codings if chosen.when is not None),
        )
        for test in rule_set.tests.values()
    ]


def _answers(rule_set: RuleSet) -> list[Concept]:
    """Every option once. A code of several questions shows the words of the first and says which question it answers.

    The words of the others are designations, so that a validator knows the display of each answerOption.
    """
    asked: dict[str, list[Item]] = {}
    for item in rule_set.items.values():
        for option in item.options:
            asked.setdefault(option.code, []).append(item)
    return [_answer(code, items) for code, items in asked.items()]


def _answer(code: str, items: list[Item]) -> Concept:
    options = [option for item in items for option in item.options if option.code == code]
    texts = tuple(dict.fromkeys(option.text for option in options))
    codings = tuple(dict.fromkeys(coding for option in options for coding in option.codings))
    definition = "; ".join(f"{item.label} ({item.link_id}): {item.option_text(code)}" for item in items)
    return Concept(code, texts[0], definition, texts[1:], codings)


def _rule_set(rule_set: RuleSet) -> list[Concept]:
    return [Concept(rule_set.id, rule_set.title, rule_set.description)]


def _always(**concepts: str) -> Callable[[RuleSet], list[Concept]]:
    """Codes that do not depend on the rules; a name has underscores for the hyphens of its code."""
    made = [Concept(name.replace("_", "-"), says) for name, says in concepts.items()]
    return lambda _: made


_EXPLANATION = _always(
    ask_next="An open question whose answer can still change something",
    would_raise="Other answers that would make the level higher",
    would_lower="Other answers that would make the level lower",
)
_CHANGE = _always(
    answered="Answered, where there is no answer",
    instead="Answered so, instead of as it is",
    also="Answered so, beside what is answered already",
    without="Answered without this",
)

VOCABULARIES = (
    Vocabulary("triage-level", "Triage level", "How soon a person with numbness should be seen.", _levels),
    Vocabulary("suspected-condition", "Suspected condition", "What may lie behind the numbness.", _conditions),
    Vocabulary("recommended-test", "Recommended test", "The tests that can be proposed.", _tests),
    Vocabulary(ANSWERS, "Answers about numbness", "The options of all choice questions.", _answers),
    Vocabulary(
        "triage-explanation", "Explanation of a triage", "What an issue of an explanation is about.", _EXPLANATION
    ),
    Vocabulary("answer-change", "Change of an answer", "How another answer differs from the one given.", _CHANGE),
    Vocabulary("rule-set", "Rule set", "The rule sets that RiskAssessment.method names.", _rule_set),
)
"""The one table of our code systems."""
