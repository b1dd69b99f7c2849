"""The second half of (b): whatever was answered, a criterion that is open can be made to fire by answering more.

An option that was not asked is completed like a question that is open.

"For all answers there is a completion" is proven with a list of completions that grows as it is needed. As long as
there are answers with the criterion open for which no completion of the list makes it fire, one is sought for just
these answers and added. If there is none, these answers are the refutation. Completions are finitely many: this ends.

A completion answers with more than "no" only questions that are asked: a condition of their `asked_when` is met, by
what was known before or by what the completion answers, not by being implied. It may contradict an answer to another
question, as the rule set declares it; such answers both count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import z3

from service.ruleset.proof.ground import LOGIC, Answered, Formula, Ground, agree, answers_in
from service.ruleset.proof.logic import Plain
from service.ruleset.proof.reading import Fact, Facts, given_in, is_met, picks
from service.ruleset.proof.refute import Failure, Found, new_solver
from service.ruleset.proof.translation import Judged, translate
from service.triage.operators import items_of
from service.triage.questions import NONE, Answer, Answers, Item, Unasked

PLAIN = Plain()


class Undecided(Exception):  # noqa: N818 - the name says what is the matter
    """Raised when the solver gave up, with its reason."""


def reachable(ground: Ground, judged: Judged[Formula]) -> Found:
    """Whether the criterion, when it is open, can be made to fire by answers to open questions."""
    broken = (
        f"“{judged.criterion.title}” ({judged.criterion.id}) is open, but no answers to open questions make it fire."
    )
    solver = new_solver(ground)
    solver.add(judged.unknown)
    try:
        while _sat(solver):
            answers = answers_in(solver.model(), ground.one)
            completion = _completion(ground, judged, answers)
            if completion is None:
                return Failure(broken, (("", _smaller(ground, judged, answers)),))
            solver.add(z3.Not(_succeeds(ground, judged, completion)))
    except Undecided as gave_up:
        return Failure(broken, undecided=str(gave_up))
    return None


def _sat(solver: Formula) -> bool:
    verdict = solver.check()
    if verdict == z3.unknown:
        raise Undecided(solver.reason_unknown())
    return bool(verdict == z3.sat)


def _completion(ground: Ground, judged: Judged[Formula], answers: Answers) -> Answers | None:
    """Answers to open questions that, added to these, make the criterion fire; None when there are none.

    Sought first among what the criterion reads and what hides that, so that it suits many other answers as well.
    """
    rule_set, given = ground.rule_set, ground.other.given
    asked = given_in(rule_set, answers)
    facts = translate(PLAIN, rule_set, asked).facts
    fires = next(each.fired for each in ground.other.outcome.criteria if each.criterion is judged.criterion)
    read_here = items_of(judged.criterion.when)
    near = {*read_here, *(gate.item for name in read_here for gate in rule_set.items[name].asked_when)}
    solver = new_solver(ground)
    solver.add(fires)
    for name, item in rule_set.items.items():
        if facts[name].known:
            solver.add(*_added(item, asked[name], facts[name], given[name]))
        else:
            met = any(is_met(PLAIN, gate, facts) for gate in item.asked_when)
            solver.add(agree(item, given[name]), z3.Or(z3.BoolVal(met), _is_asked(ground, item)))
            solver.add(*(z3.Not(given[name][answer]) for answer in given[name] if isinstance(answer, Unasked)))
    solver.push()
    solver.add(*(z3.Not(ground.other.answers(name)) for name in facts if name not in near and not facts[name].known))
    if not _sat(solver):
        solver.pop()
        if not _sat(solver):
            return None
    return _newly(answers_in(solver.model(), ground.other), facts)


def _newly(answers: Answers, facts: Facts[bool]) -> Answers:
    """Of the answers what was open before."""
    return {
        name: new
        for name, values in answers.items()
        if (new := tuple(value for value in values if not facts[name].known or value in _unasked(facts[name])))
    }


def _added(
    item: Item, before: Mapping[Answer, bool], fact: Fact[bool], given: Mapping[Answer, Formula]
) -> Iterator[Formula]:
    """Of a question that is known: the same, and options that were not asked."""
    unasked = _unasked(fact)
    newly = LOGIC.some(given[option] for option in unasked)
    disputed = item.repeats and before[NONE] and any(picks(before).values())
    for value, truth in before.items():
        if value == NONE and not disputed:
            yield given[value] == z3.And(z3.BoolVal(truth), z3.Not(newly))
        elif value not in unasked:
            yield given[value] == z3.BoolVal(truth)


def _unasked(fact: Fact[bool]) -> set[Answer]:
    return {option for option, truth in fact.unasked.items() if truth}


def _is_asked(ground: Ground, item: Item) -> Formula:
    """By what `other` answers itself, the question is asked, or it is not answered with more than "no"."""
    if not item.asked_when:
        return z3.BoolVal(True)
    more = LOGIC.some(t for v, t in picks(ground.other.given[item.link_id]).items() if v is not False)
    met = LOGIC.some(is_met(LOGIC, gate, ground.other.outcome.said) for gate in item.asked_when)
    return z3.Implies(more, met)


def _succeeds(ground: Ground, judged: Judged[Formula], completion: Answers) -> Formula:
    """That the criterion fires on any answers, completed by these where they are open, as a formula over `one`."""
    one = ground.one
    changes = [change for name, values in completion.items() for change in _changes(one, name, values)]
    conditions = [z3.substitute(judged.fired, *changes)]
    for name, values in completion.items():
        gates = ground.rule_set.items[name].asked_when
        if gates and not set(values) <= {False, NONE}:
            met_before = [is_met(LOGIC, gate, one.outcome.facts) for gate in gates]
            met_by_it = [z3.substitute(is_met(LOGIC, gate, one.outcome.said), *changes) for gate in gates]
            conditions.append(LOGIC.some([one.outcome.facts[name].known, *met_before, *met_by_it]))
    return LOGIC.every(conditions)


def _changes(one: Answered, name: str, values: tuple[Answer, ...]) -> Iterator[tuple[Formula, Formula]]:
    """What is given with these values added as far as they are open; "none" that stood alone makes room for them."""
    given, fact = one.given[name], one.outcome.facts[name]
    added = {}
    for value in values:
        is_open = z3.Or(z3.Not(fact.known), *(truth for option, truth in fact.unasked.items() if option == value))
        added[value] = z3.And(is_open, z3.Not(given[value]))
        yield given[value], z3.Or(given[value], is_open)
    if NONE in given and NONE not in values:
        stays = z3.Or(LOGIC.some(picks(given).values()), z3.Not(LOGIC.some(added.values())))
        yield given[NONE], z3.And(given[NONE], stays)


def _smaller(ground: Ground, judged: Judged[Formula], answers: Answers) -> Answers:
    """As few of the answers as still leave the criterion open and out of reach."""
    for name in tuple(answers):
        fewer = {key: values for key, values in answers.items() if key != name}
        outcome = translate(PLAIN, ground.rule_set, given_in(ground.rule_set, fewer))
        is_open = next(each.unknown for each in outcome.criteria if each.criterion is judged.criterion)
        if is_open and _completion(ground, judged, fewer) is None:
            answers = fewer
    return answers
