"""Live checks of how responses and answers are handled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from service.safety.against import MARK, QUESTIONNAIRE, RED_FLAG, WRONG_OPTION, YES_NO, Against, first_line, hold

_PATIENT = {"resourceType": "Patient", "id": "p"}


def same_patient(on: Against) -> Iterator[str]:
    """Every resource of an answer is about the subject of the response, which must be one that can be found."""
    subject = {"reference": "Patient/nobody-2"}
    reply = on.level(RED_FLAG, subject=subject)
    found = [*reply.resources("RiskAssessment"), *reply.resources("ServiceRequest")]
    hold(all(one["subject"] == subject for one in found), "a resource is about somebody else")
    on.refused(422, on.form.response(RED_FLAG, subject=None))
    on.refused(422, on.form.response(RED_FLAG, subject={"reference": "#p"}, contained=[_PATIENT]))
    parameters = [
        {"name": "questionnaireResponse", "resource": on.form.response(RED_FLAG)},
        {"name": "subject", "valueReference": {"reference": "Patient/somebody-else"}},
    ]
    other = on.refused(422, {"resourceType": "Parameters", "parameter": parameters})
    yield f"{len(found)} resources about the subject that was sent; without one, or with two: 422"
    yield first_line(other.said)


def questionnaire_version(on: Against) -> Iterator[str]:
    """A response to another questionnaire, or to a version that is not served, is not read as if it were ours."""
    url = on.form.canonical.partition("|")[0]
    for named in ("https://example.org/Questionnaire/other", f"{url}|0.0.1-never"):
        reply = on.refused(422, on.form.response(RED_FLAG, questionnaire=named))
        yield first_line(reply.said)


def stale(on: Against) -> Iterator[str]:
    """A response that was authored long ago is triaged with a warning."""
    reply = on.level(RED_FLAG, authored="2020-01-01T00:00:00Z")
    hold("authored more than" in reply.said, "nothing is said of a response that is years old")
    yield next(line for line in reply.said.splitlines() if "authored more than" in line)


def free_text(on: Against) -> Iterator[str]:
    """Words where the questionnaire asks nothing are named as not used; in place of an answer they are refused."""
    response = on.form.response(RED_FLAG)
    comment = {"linkId": "comment", "answer": [{"valueString": f"{MARK} it got worse"}]}
    reply = on.asking.triage({**response, "item": [*response["item"], comment]})
    hold(reply.status == 200 and "not used" in reply.said, "a comment is passed over in silence")
    yield next(line for line in reply.said.splitlines() if "not used" in line)
    wrong = {"linkId": YES_NO, "answer": [{"valueString": f"{MARK} yes"}]}
    refusal = on.refused(422, {**response, "item": [wrong]})
    hold(MARK not in json.dumps([refusal.body, reply.body]), "what was written is repeated")
    yield first_line(refusal.said)


def no_defaults(on: Against) -> Iterator[str]:
    """The questionnaire that is served answers nothing by itself."""
    filled = [name for name, item in on.form.items.items() if "initial" in item]
    filled += [
        name
        for name, item in on.form.items.items()
        if any(option.get("initialSelected") for option in item.get("answerOption", ()))
    ]
    hold(not filled, f"answered beforehand: {', '.join(filled)}")
    yield f"{len(on.form.items)} questions, none of them answered beforehand"


def active_rules(on: Against) -> Iterator[str]:
    """The rules in force are active, and every answer names their version."""
    plan = on.asking.get(f"/fhir/PlanDefinition/{QUESTIONNAIRE}").body
    hold(plan.get("status") == "active", f"the rule set is {plan.get('status')}")
    (risk,) = on.level(RED_FLAG).resources("RiskAssessment")
    method = risk["method"]["coding"][0]
    hold(method["version"] == plan["version"], f"answers name {method['version']}, the plan {plan['version']}")
    ready = on.asking.get("/health/ready")
    hold(ready.status == 200, f"/health/ready was answered with {ready.status}")
    yield f"rule set {method['code']} {method['version']} is active, named in the answer, and the service is ready"


def sent_twice(on: Against) -> Iterator[str]:
    """A response that is sent again, because no reply came, makes nothing new."""
    response = on.form.response(RED_FLAG, id="live-check", authored="2026-01-01T00:00:00Z")
    asked = [
        {"name": "questionnaireResponse", "resource": response},
        {"name": "bundleType", "valueCode": "transaction"},
    ]
    replies = [on.asking.triage({"resourceType": "Parameters", "parameter": asked}) for _ in range(2)]
    hold(all(reply.status == 200 for reply in replies), "it was refused")
    first, second = ([entry["fullUrl"] for entry in reply.body["entry"]] for reply in replies)
    hold(first == second, "the second answer has other ids")
    creates = [entry["request"] for entry in replies[0].body["entry"]]
    hold(
        all(create["method"] == "POST" and create.get("ifNoneExist") for create in creates), "a create has no condition"
    )
    yield f"the same {len(first)} ids twice, each to be created only if it is not there"


def not_to_be_used(on: Against) -> Iterator[str]:
    """What says of itself that it is wrong, or that its meaning is changed, is refused."""
    wrong = on.refused(422, on.form.response(RED_FLAG, status="entered-in-error"))
    changed = [{"url": "https://example.org/negated", "valueBoolean": True}]
    modified = on.refused(422, on.form.response(RED_FLAG, modifierExtension=changed))
    yield first_line(wrong.said)
    yield first_line(modified.said)


def unsound_body(on: Against) -> Iterator[str]:
    """A body that is not sound FHIR is refused whole, and nothing in it is repeated."""
    response = on.form.response(RED_FLAG)
    doubled = json.dumps(response).replace('"status":', f'"status": "{MARK}", "status":', 1).encode()
    unsound: list[Any] = [doubled, b"{", {**response, "status": "finished"}, {**response, "item": [{"linkId": None}]}]
    unknown = {"linkId": WRONG_OPTION, "answer": [{"valueCoding": {"code": "yesterday"}}]}
    replies = [on.refused(400, body) for body in unsound]
    replies.append(on.refused(422, {**response, "item": [unknown]}))
    hold(MARK not in json.dumps([reply.body for reply in replies]), "what was sent is repeated")
    yield f"{len(unsound)} unsound bodies: 400; an option that there is not: 422"


def kept_nowhere(on: Against) -> Iterator[str]:
    """No cache on the way may keep an answer."""
    control = on.level(RED_FLAG).headers.get("cache-control", "")
    hold(control == "no-store", f"Cache-Control is {control or 'missing'}")
    yield "Cache-Control: no-store"


def access(on: Against) -> Iterator[str]:
    """Without a token nothing is triaged; a service that asks for none listens on this machine only."""
    reply = on.asking.without_token().triage(on.form.response(RED_FLAG))
    if reply.status == 401:
        yield f"without a token: 401, {first_line(reply.said)}"
        return
    host = urlsplit(on.asking.base).hostname or ""
    hold(host in ("127.0.0.1", "::1", "localhost"), "answers are given without a token, and not only to this machine")
    yield "no token is asked for, and the address is of this machine only"
