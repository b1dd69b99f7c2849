"""Live checks of what is decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from service.safety.against import CHILD, CONTRADICTION, MILD, OPEN_SIGN, OTHER_SIGN, RED_FLAG, Against, hold


def emergency_stays(on: Against) -> Iterator[str]:
    """A red flag is an emergency, with another sign, a qualifying or a contradictory answer beside it, too."""
    beside: list[dict[str, Any]] = [{}, OTHER_SIGN, MILD, CONTRADICTION]
    for more in beside:
        reply = on.level({**more, **RED_FLAG})
        hold(reply.level == "emergency", f"a red flag beside {sorted(more)} is {reply.level}")
    yield f"a red flag: emergency, alone and beside {len(beside) - 1} other sets of answers"


def unanswered_is_open(on: Against) -> Iterator[str]:
    """A question left out is named, and nothing is left to self-care on its account."""
    reply = on.level(MILD, rest_no=False)
    (risk,) = reply.resources("RiskAssessment")
    hold(reply.level != "self-care", "answers that leave the warning signs open were left to self-care")
    hold(risk["status"] == "preliminary", f"the assessment says that it is {risk['status']}")
    hold(OPEN_SIGN in json.dumps(reply.body), "an open warning sign is not named")
    yield f"warning signs left out: {reply.level}, preliminary, and named as open"


def mild_is_mild(on: Against) -> Iterator[str]:
    """The same answers with every warning sign denied are left to self-care: the check above is not for nothing."""
    reply = on.level(MILD)
    hold(reply.level == "self-care", f"a foot that fell asleep is {reply.level}")
    yield "a foot that fell asleep, every warning sign denied: self-care"


def contradictions(on: Against) -> Iterator[str]:
    """Answers that contradict each other count as the more acute of the two, and both are named."""
    reply = on.level(CONTRADICTION)
    hold("does not go with" in reply.said, "a contradiction is passed over in silence")
    yield next(line for line in reply.said.splitlines() if "does not go with" in line)


def children(on: Against) -> Iterator[str]:
    """A child with numbness is never left to self-care: the articles do not speak of children."""
    reply = on.level({**MILD, **CHILD})
    hold(reply.level != "self-care", "a child was left to self-care")
    yield f"a child whose foot fell asleep: {reply.level}"


def limits_said(on: Against) -> Iterator[str]:
    """Every answer says what it is and gives its reasons, and every request for a test is a draft."""
    reply = on.level(RED_FLAG)
    (risk,) = reply.resources("RiskAssessment")
    notes = [note["text"] for note in risk["note"]]
    hold(any("not a diagnosis" in note for note in notes), "the answer does not say that it is no diagnosis")
    hold(bool(risk["prediction"][0].get("rationale")), "the level has no reason")
    orders = reply.resources("ServiceRequest")
    drafts = [one for one in orders if (one["status"], one["intent"]) == ("draft", "proposal")]
    hold(len(drafts) == len(orders) > 0, "a request is more than a draft of a proposal")
    yield next(note for note in notes if "not a diagnosis" in note)
