"""A reload, in the master process: new rules are loaded, checked and tried, then told to all workers, or refused."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from service.canary import Miss
from service.observe import log
from service.problems import Kind, Problem
from service.ruleset.load import RuleSetInvalid
from service.web.board import Board
from service.web.in_force import InForce, named, packed, unpacked
from service.web.watch import misses_of
from service.wiring import Service, checked_knowledge, service_of, warm_up

MOST_PROBLEMS = 100
"""A wholly broken folder has thousands; whoever mends it runs `check`."""

LONGEST = 1000
"""A text may quote a rule file, which may hold anything; what is told must fit in any case."""


def reload_rules(in_force: InForce, board: Board) -> None:
    """Put the rules that lie in the folders now in force, or say why not and leave the last good ones; never raises.

    What is tried is what the workers will be given, made from the same bytes.
    """
    board.begin()
    try:
        raw = packed(checked_knowledge(in_force.service.settings))
        service = service_of(in_force.service.settings, unpacked(raw))
        warm_up(service)
        if misses := misses_of(service):
            raise RuleSetInvalid(map(_missed, misses))
        in_force.put(service, board.end(_outcome("reloaded", service), raw))
        log("reloaded", rule_sets=_in_words(service))
    except RuleSetInvalid as invalid:
        _refuse(in_force.service, board, invalid.problems)
    except Exception as error:  # the master must live on, whatever is in the folders
        _refuse(in_force.service, board, [_fault(error)])


def _refuse(service: Service, board: Board, problems: Sequence[Problem]) -> None:
    shown = [*problems[:MOST_PROBLEMS], *_unshown(len(problems) - MOST_PROBLEMS)]
    told = [
        {"where": one.where[:LONGEST], "message": one.message[:LONGEST], "remedy": one.remedy[:LONGEST]}
        for one in shown
    ]
    board.end({**_outcome("refused", service), "problems": told}, None)
    for one in shown:
        log(
            "rule problem",
            severity=logging.ERROR,
            rule_place=one.where,
            rule_problem=one.message,
            rule_remedy=one.remedy,
        )
    log("reload refused", severity=logging.ERROR, problem_count=len(problems), rule_sets=_in_words(service))


def _missed(miss: Miss) -> Problem:
    """A vignette that does not get its level by the new rules, though what they are made from was checked."""
    said = f"The vignette “{miss.vignette.id}” does not get the level {miss.vignette.level}, but: {miss.got}."
    return Problem(Kind.FAULT, miss.vignette.place, said, "Correct the rules, or what the vignette expects.")


def _unshown(count: int) -> list[Problem]:
    remedy = "Run `numbness-triage check` on the folder for all of them."
    return [Problem(Kind.NOTE, "", f"{count} more problems are not shown.", remedy)] if count > 0 else []


def _outcome(state: str, service: Service) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"state": state, "at": at, "ruleSets": named(service.triage.served)}


def _in_words(service: Service) -> list[str]:
    return [f"{one.id} {one.version} {one.digest}" for one in service.triage.served]


def _fault(error: Exception) -> Problem:
    """What went wrong in us; the message of an exception may quote anything, so only its type and place are told."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
    said = f"The rules could not be tried: {type(error).__name__} at {where}."
    return Problem(Kind.FAULT, "", said, "Try them on the command line: `numbness-triage check`, then `cases`.")
