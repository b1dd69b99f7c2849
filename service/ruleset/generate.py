"""Draws the answers of made-up people by the weights of a rule set: the same seed and number, the same answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.ruleset.weights import Profile, Weight, Weights, merged
from service.triage.facts import still_asked
from service.triage.questions import NONE, Answers, Item, Value


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one made-up person answers, and the profile that it was drawn by."""

    id: str
    profile: str
    answers: Answers


def draw(items: Mapping[str, Item], weights: Weights, *, seed: int, number: int) -> Drawn:
    """The answers of person `number`, who is the same however many are drawn.

    Every chance is a hash of the seed, the person and the question, not the next of a row: another question or another
    weight leaves all other answers as they were.
    """
    person = f"{seed}/{number}"
    profile = _profile(weights.profiles, _chance(person))
    answers: dict[str, tuple[Value, ...]] = {}
    for link_id, item in items.items():
        asked = f"{person}/{link_id}"
        if _chance(asked, "answered") < weights.answered.get(link_id, 1) * profile.answered:
            values = _values(item, merged(weights.answers[link_id], profile.answers.get(link_id)), asked)
            if values:
                answers[link_id] = values
    return Drawn(f"generated-{seed}-{number}", profile.id, still_asked(answers, items))


def together(first: Weights, second: Weights) -> Weights:
    """The weights of two versions of a rule set as one: those of the second, and what only the first asks."""
    earlier = {profile.id: _unknown_to(second, profile.answers) for profile in first.profiles}
    return Weights(
        answers=_joined(_unknown_to(second, first.answers), second.answers),
        answered={**first.answered, **second.answered},
        profiles=tuple(
            replace(profile, answers=_joined(earlier.get(profile.id, {}), profile.answers))
            for profile in second.profiles
        ),
    )


def items_of_both(first: Mapping[str, Item], second: Mapping[str, Item]) -> dict[str, Item]:
    """The questions of two versions of a rule set: those of the second, and the questions and options of the first."""
    both = {}
    for link_id, item in second.items():
        known = {option.code for option in item.options}
        earlier = first[link_id].options if link_id in first and first[link_id].kind == item.kind else ()
        both[link_id] = replace(item, options=(*item.options, *(o for o in earlier if o.code not in known)))
    return {**first, **both}


def _unknown_to(second: Weights, answers: Mapping[str, Weight]) -> dict[str, Weight]:
    """What the second weights say nothing about: whole questions, and options of the others."""
    found: dict[str, Weight] = {}
    for link_id, weight in answers.items():
        known = second.answers.get(link_id)
        if known is None:
            found[link_id] = weight
        elif isinstance(known, Mapping) and isinstance(weight, Mapping):
            found[link_id] = {option: number for option, number in weight.items() if option not in known}
    return found


def _joined(first: Mapping[str, Weight], second: Mapping[str, Weight]) -> dict[str, Weight]:
    return {**first, **{name: merged(first.get(name, weight), weight) for name, weight in second.items()}}


def _chance(*parts: str) -> float:
    """A number from 0 up to but not including 1, always the same for the same parts."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return int.from_bytes(digest[:6]) / (1 << 48)


def _profile(profiles: tuple[Profile, ...], chance: float) -> Profile:
    return profiles[_picked([profile.share for profile in profiles], chance)]


def _picked(shares: list[float], chance: float) -> int:
    """The index whose part of the whole the chance falls into; one with a share of 0 is never picked."""
    left = chance * sum(shares)
    for index, share in enumerate(shares):
        left -= share
        if left < 0:
            return index
    return max(index for index, share in enumerate(shares) if share)


def _values(item: Item, weight: Weight, asked: str) -> tuple[Value, ...]:
    """The answers to one question; empty when there is none that could be given."""
    if not isinstance(weight, Mapping):
        return (_chance(asked) < weight,)
    codes = [option.code for option in item.options if option.code in weight]
    if not item.repeats:
        return (codes[_picked([weight[code] for code in codes], _chance(asked))],)
    picked = tuple(code for code in codes if _chance(asked, code) < weight[code])
    has_none = any(option.code == NONE for option in item.options)
    return picked or ((NONE,) if has_none else ())
