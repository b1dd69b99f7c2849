"""The criteria as a Rego policy.

Rego has no third truth value. There is no negation in the rules' conditions, so "known to be true" is the condition
with every unknown answer taken for a no, and "possible" the condition with every unknown answer taken for a yes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from bench import doors
from bench.peers.expressions import Language, written

HEAD = """package triage
import rego.v1

items := [item | some group in input.item; some item in group.item]
answered contains item.linkId if { some item in items; count(item.answer) > 0 }
given contains [item.linkId, answer.valueBoolean] if { some item in items; some answer in item.answer }
given contains [item.linkId, answer.valueCoding.code] if { some item in items; some answer in item.answer }
open if { some id in possible; not id in fired; not id in lowered }
"""


@dataclass(slots=True)
class _Rules:
    """Named rules as they are written; a condition is referred to by the name of its rule."""

    rules: doors.RuleSet
    lines: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def named_for(self, bodies: list[str]) -> str:
        """The name of the rule that holds when one of the bodies does; equal bodies share one."""
        key = "\n".join(bodies)
        if key not in self.named:
            self.named[key] = f"r{len(self.named)}"
            self.lines += [f"{self.named[key]} if {{ {body} }}" for body in bodies]
        return self.named[key]


def policy(rules: doors.RuleSet) -> str:
    """The policy: `fired`, and `open` when something at the floor or above it could still fire."""
    made = _Rules(rules)
    certain, possible = _language(made, possible=False), _language(made, possible=True)
    for one in rules.criteria:
        unless = [written(qualifier.when, certain) for qualifier in one.unless]
        made.lines += [f'lowered contains "{one.id}" if {{ {name} }}' for name in unless]
        held = "".join(f"; not {name}" for name in unless)
        made.lines.append(f'fired contains "{one.id}" if {{ {written(one.when, certain)}{held} }}')
        if one.level >= rules.open_floor:
            made.lines.append(f'possible contains "{one.id}" if {{ {written(one.when, possible)} }}')
    return HEAD + "\n".join(made.lines) + "\n"


def _language(made: _Rules, *, possible: bool) -> Language:
    def at_least(count: int, parts: list[str]) -> str:
        counted = " | ".join(f"{{{place} | {part}}}" for place, part in enumerate(parts))
        return made.named_for([f"count({counted}) >= {count}"])

    return Language(
        leaf=lambda leaf: made.named_for(_leaf(made, leaf, possible=possible)),
        every=lambda parts: made.named_for(["; ".join(parts)]),
        some=made.named_for,
        at_least=at_least,
    )


def _leaf(made: _Rules, leaf: doors.Is, *, possible: bool) -> list[str]:
    bodies = [f"[{json.dumps(leaf.item)}, {json.dumps(value)}] in given" for value in leaf.values]
    if not possible:
        return bodies
    asked_when = made.rules.items[leaf.item].asked_when
    asked = [made.named_for(_leaf(made, gate, possible=True)) for gate in asked_when]
    unknown = f"not {json.dumps(leaf.item)} in answered"
    return bodies + ([f"{unknown}; {gate}" for gate in asked] if asked else [unknown])
