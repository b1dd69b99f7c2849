"""The criteria as a CQL library: a definition for each question, each qualifier and each criterion."""

from __future__ import annotations

from bench import doors
from bench.peers.expressions import Language, written

NAME = "NumbnessTriage"
HEAD = f"""library {NAME} version '1.0.0'
using FHIR version '4.0.1'
context Patient

define "Groups": flatten ([QuestionnaireResponse] R return all R.item)
define "Items": flatten ("Groups" G return all G.item)
"""


def library(rules: doors.RuleSet) -> str:
    """The whole library. `null` is unknown, as it is in the rules."""
    language = _language(rules)
    lines = [HEAD]
    for item in rules.items.values():
        lines.append(_answers(item))
        if item.asked_when:
            gates = " or ".join(language.leaf(gate) for gate in item.asked_when)
            lines.append(f'define "hidden {item.link_id}": not ({gates})')
    for qualifier in rules.qualifiers:
        lines.append(f'define "qualifier {qualifier.id}": {written(qualifier.when, language)}')
    lines += [_criterion(criterion, language) for criterion in rules.criteria]
    at_floor = [f'"{one.id}"' for one in rules.criteria if one.level >= rules.open_floor]
    lines.append(f'define "open-floor": exists (({{{", ".join(f"{one} is null" for one in at_floor)}}}) O where O)')
    return "\n".join(lines) + "\n"


def _answers(item: doors.Item) -> str:
    asked = f"(\"Items\" I where I.linkId.value = '{item.link_id}')"
    return f'define "answers {item.link_id}": flatten ({asked} I return all I.answer)'


def _criterion(criterion: doors.Criterion, language: Language) -> str:
    fires = written(criterion.when, language)
    unless = "".join(f' and not Coalesce("qualifier {one.id}", false)' for one in criterion.unless)
    return f'define "{criterion.id}": ({fires}){unless}'


def _language(rules: doors.RuleSet) -> Language:
    return Language(
        leaf=lambda leaf: _leaf(leaf, rules.items[leaf.item]),
        every=lambda parts: f"({' and '.join(parts)})",
        some=lambda parts: f"({' or '.join(parts)})",
        at_least=_at_least,
    )


def _leaf(leaf: doors.Is, item: doors.Item) -> str:
    if item.kind == "boolean":
        met = f"(A.value as FHIR.boolean).value = {str(leaf.values[0]).lower()}"
    else:
        codes = ", ".join(f"'{value}'" for value in leaf.values)
        met = f"(A.value as FHIR.Coding).code.value in {{ {codes} }}"
    answered = f'when exists "answers {leaf.item}" then exists ("answers {leaf.item}" A where {met})'
    hidden = f' when "hidden {leaf.item}" then false' if item.asked_when else ""
    return f"(case {answered}{hidden} else null end)"


def _at_least(count: int, parts: list[str]) -> str:
    listed = f"({{{', '.join(parts)}}})"
    true, false = (f"Count({listed} P where P is {word})" for word in ("true", "false"))
    return f"(case when {true} >= {count} then true when {len(parts)} - {false} >= {count} then null else false end)"
