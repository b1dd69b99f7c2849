"""The weights beside a rule set: how often people answer what, for responses that are drawn; read as strictly as rules.

A yes/no question has the chance of yes. A question that takes several answers has the chance of each option, and "none"
is given when no other is. A question that takes one answer has a number for each option, to be compared with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.problems import Problem
from service.ruleset.folder import WEIGHTS, RuleSetInvalid, read_file
from service.ruleset.known import Asked, Known, known_of
from service.ruleset.positions import Path as Place
from service.ruleset.positions import Sheet
from service.ruleset.references import unknown_words
from service.triage.model import RuleSet
from service.triage.questions import NONE

Weight = float | Mapping[str, float]
"""The chance of yes, or a number for each option."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of person. `answers` go before those of anyone; `answered` is the chance that a question is answered."""

    id: str
    says: str
    share: float
    answered: float
    answers: Mapping[str, Weight]


@dataclass(frozen=True, slots=True)
class Weights:
    """How anyone answers, the chance that a question is answered where it is below 1, and the kinds of people."""

    answers: Mapping[str, Weight]
    answered: Mapping[str, float]
    profiles: tuple[Profile, ...]


def load_weights(folder: Path, rule_set: RuleSet) -> Weights:
    """The weights in the folder of this rule set; RuleSetInvalid with all problems of weights.yaml if it has any."""
    sheet, problems = read_file(folder, WEIGHTS)
    if sheet is not None:
        problems += _problems(sheet, known_of(rule_set))
    if sheet is None or problems:
        raise RuleSetInvalid(problems)
    return Weights(
        answers=sheet.data["answers"],
        answered=sheet.data["answered"],
        profiles=tuple(Profile(**entry) for entry in sheet.data["profiles"]),
    )


def check_weights(folder: Path, known: Known) -> list[Problem]:
    """What is wrong with the weights of a rule set that defines what is `known`; a rule set needs none."""
    if not (folder / WEIGHTS).exists():
        return []
    sheet, problems = read_file(folder, WEIGHTS)
    return problems if sheet is None else problems + _problems(sheet, known)


def has_weights(folder: Path) -> bool:
    """Whether the rule set in the folder comes with weights."""
    return (folder / WEIGHTS).exists()


def merged(usual: Weight, own: Weight | None) -> Weight:
    """The weight of a question in a profile: what it says goes before what is usual, option by option."""
    if isinstance(usual, Mapping) and isinstance(own, Mapping):
        return {**usual, **own}
    return usual if own is None else own


def _problems(sheet: Sheet, known: Known) -> list[Problem]:
    if "question" not in known.ids:
        return []
    return [*_incomplete(sheet, known), *_misfits(sheet, known), *_profiles(sheet), *_nothing_to_draw(sheet, known)]


def _incomplete(sheet: Sheet, known: Known) -> Iterator[Problem]:
    """A question, or an option of it, of which nothing is said."""
    answers = sheet.data["answers"]
    for link_id, asked in known.items.items():
        if link_id not in answers:
            yield sheet.problem(("answers",), f"The question “{link_id}” has no weight.", "Add it under “answers”.")
        elif isinstance(answers[link_id], dict):
            for option in asked.options:
                if option not in answers[link_id] and not _is_none(option, asked):
                    said = f"The option “{option}” of “{link_id}” has no weight."
                    yield sheet.problem(("answers", link_id), said, "Add it; write 0 if nobody gives that answer.")


def _misfits(sheet: Sheet, known: Known) -> Iterator[Problem]:
    """A weight of what nobody asks, or one that does not fit what is asked."""
    given: list[tuple[Place, Any]] = [(("answers",), sheet.data["answers"])]
    given += [(("profiles", index, "answers"), one["answers"]) for index, one in enumerate(sheet.data["profiles"])]
    for place, answers in given:
        for link_id, weight in answers.items():
            if link_id in known.items:
                yield from _misfit(sheet, (*place, link_id), weight, known.items[link_id])
    for place, answers in [*given, (("answered",), sheet.data["answered"])]:
        for link_id in answers:
            if known.lacks("question", link_id):
                words = unknown_words(known, "question", link_id)
                yield sheet.problem((*place, link_id), *words, at_key=True)


def _misfit(sheet: Sheet, place: Place, weight: Any, asked: Asked) -> Iterator[Problem]:
    if isinstance(weight, dict) == (asked.kind == "boolean"):
        wanted = ("yes or no", "the chance of yes, such as 0.2") if asked.kind == "boolean" else _BY_OPTION
        yield sheet.problem(place, f"“{place[-1]}” is answered with {wanted[0]}.", f"Write {wanted[1]}.")
        return
    options = {(*place, option): number for option, number in weight.items()} if isinstance(weight, dict) else {}
    for here, _ in options.items():
        if _is_none(str(here[-1]), asked):
            said = f"“{NONE}” is given when no other option is."
            yield sheet.problem(here, said, "Remove it, and lower the chances of the others.", at_key=True)
        elif here[-1] not in asked.options:
            said = f"“{place[-1]}” has no option “{here[-1]}”."
            yield sheet.problem(here, said, f"Write one of: {', '.join(asked.options)}.", at_key=True)
    if asked.kind == "boolean" or asked.repeats:
        for here, number in (options or {place: weight}).items():
            if not isinstance(number, dict) and number > 1:
                yield sheet.problem(here, f"A chance cannot be {number}.", "Write a number from 0 to 1.")


_BY_OPTION = ("one or more options", "a number for each option, such as {left: 2, right: 1}")


def _profiles(sheet: Sheet) -> Iterator[Problem]:
    """A profile that stands twice, or shares of which none is above 0."""
    names = [profile["id"] for profile in sheet.data["profiles"]]
    for index, name in enumerate(names):
        if name in names[:index]:
            said = f"The profile “{name}” is repeated."
            yield sheet.problem(("profiles", index, "id"), said, "Give one of the two another id, or remove it.")
    if not any(profile["share"] for profile in sheet.data["profiles"]):
        yield sheet.problem(("profiles",), "No profile has a share above 0.", "Give at least one a share.")


def _nothing_to_draw(sheet: Sheet, known: Known) -> Iterator[Problem]:
    """A question that takes one answer and of which, in some profile, no option can be drawn."""
    usual = sheet.data["answers"]
    places: list[tuple[Place, Weight]] = [(("answers", name), weight) for name, weight in usual.items()]
    for index, profile in enumerate(sheet.data["profiles"]):
        own = profile["answers"].items()
        places += [(("profiles", index, "answers", name), merged(usual.get(name, {}), weight)) for name, weight in own]
    for place, weight in places:
        asked = known.items.get(str(place[-1]))
        if (
            asked
            and asked.kind == "choice"
            and not asked.repeats
            and isinstance(weight, dict)
            and not any(weight.values())
        ):
            said = f"No option of “{place[-1]}” is above 0."
            yield sheet.problem(place, said, "Give at least one of them a number above 0.")


def _is_none(option: str, asked: Asked) -> bool:
    return option == NONE and asked.repeats
