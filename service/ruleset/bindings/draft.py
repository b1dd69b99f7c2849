"""A binding whose shape is right, beside the rule set that it answers to: what a check looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.ruleset.bindings.schema import NOTHING
from service.ruleset.known import Known, known_of
from service.ruleset.positions import Path, Sheet
from service.triage.model import Level, RuleSet
from service.triage.questions import NONE, AllOf, AnyOf, AtLeast, Condition, Is


@dataclass(frozen=True, slots=True)
class Draft:
    """`rule_set` is the one it names, when that is served; `others` are the bindings read before it."""

    sheet: Sheet
    rule_set: RuleSet | None
    served: tuple[RuleSet, ...]
    others: tuple[Sheet, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """What the file says."""
        data: Mapping[str, Any] = self.sheet.data
        return data

    @property
    def known(self) -> Known:
        """What the rule set defines; nothing is known of one that is not served."""
        return known_of(self.rule_set) if self.rule_set else Known({}, {})

    def questions(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Every question with its place."""
        for index, question in enumerate(self.data["questions"]):
            yield ("questions", index), question

    def answers(self) -> Iterator[tuple[Path, Mapping[str, Any], Mapping[str, Any]]]:
        """Every answer with its place and its question."""
        for path, question in self.questions():
            for index, answer in enumerate(question["answers"]):
                yield (*path, "answers", index), answer, question


@dataclass(frozen=True, slots=True)
class Saying:
    """One value that an answer picks or denies, and where it stands. `several`: in a list; `denied`: under “not”."""

    path: Path
    item: str
    value: bool | str
    several: bool = False
    denied: bool = False


def sayings(path: Path, means: Any) -> Iterator[Saying]:
    """Everything that a meaning says, one by one; `path` is that of the answer."""
    if means == NOTHING:
        return
    for item, said in means.items():
        here: Path = (*path, "means", item)
        parts = said if isinstance(said, dict) else {"": said}
        for key, values in parts.items():
            place = (*here, key) if key else here
            if isinstance(values, list):
                for index, value in enumerate(values):
                    yield Saying((*place, index), item, value, several=True, denied=key == "not")
            else:
                yield Saying(place, item, values)


def red_flags(rule_set: RuleSet) -> dict[str, tuple[bool | str, ...]]:
    """The questions that criteria of the highest level read, and the answers that these want, in their order."""
    wanted: dict[str, list[bool | str]] = {}
    for criterion in rule_set.criteria:
        if criterion.level is Level.EMERGENCY:
            for leaf in _leaves(criterion.when):
                wanted.setdefault(leaf.item, []).extend(leaf.values)
    return {name: tuple(dict.fromkeys(wanted[name])) for name in rule_set.items if name in wanted}


def unmapped_red_flags(draft: Draft, rule_set: RuleSet) -> list[str]:
    """The red flags that no answer can tell of: a question, or an option of one of which others are asked."""
    picked = {(s.item, s.value) for path, a, _ in draft.answers() for s in sayings(path, a["means"]) if not s.denied}
    asked = {s.item for path, a, _ in draft.answers() for s in sayings(path, a["means"])}
    found = []
    for name, values in red_flags(rule_set).items():
        missing = [value for value in values if (name, value) not in picked]
        if name not in asked or (missing and any(isinstance(value, bool) for value in missing)):
            found.append(name)
        else:
            found += [f"{name}/{value}" for value in missing if value != NONE]
    return found


def _leaves(condition: Condition) -> Iterator[Is]:
    if isinstance(condition, Is):
        yield condition
    elif isinstance(condition, AllOf | AnyOf | AtLeast):
        for part in condition.parts:
            yield from _leaves(part)
