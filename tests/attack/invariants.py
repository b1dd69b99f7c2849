"""What must hold of every reply, whatever was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from attack.door import Reply
from attack.mutants import TRIAGE, VALIDATE, Mutant
from attack.places import resolves

from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.versions import VERSIONS

Send = Callable[[Mutant], Reply]

JUDGED = {TRIAGE: {200, 400, 413, 422}, VALIDATE: {200, 400, 413}}
"""The statuses of a request whose body alone is odd."""

ANSWERED = {200, 206, 304, 400, 404, 405, 406, 413, 415, 416, 422}
LEVELS = {"emergency", "urgent", "routine", "self-care"}
TRACE = re.compile(r"kanari|m(?:ü|\\u00fc|%c3%bc|Ã¼)ller", re.IGNORECASE)
"""The mark of a body, or a part of it, in any spelling."""

VERSION = re.compile("fhirVersion=([0-9.]+)")


def faults(mutant: Mutant, reply: Reply) -> Iterator[str]:
    """What is wrong with one reply; each begins with the name of the invariant."""
    if reply.raised:
        yield f"raised: {reply.raised}"
        return
    allowed = JUDGED[mutant.path] if mutant.plain_request else ANSWERED
    if reply.status not in allowed:
        yield f"status: {reply.status}"
    if "fault" in reply.logged:
        yield "status: a fault in the log"
    if TRACE.search(reply.logged):
        yield "mark: in the log"
    if "X-Request-Id" not in reply.headers:
        yield "headers: no X-Request-Id"
    if mutant.method == "HEAD" or reply.status in (206, 304):
        return
    if reply.status >= 400 or (mutant.path == VALIDATE and mutant.method == "POST"):
        yield from _outcome_faults(mutant, reply)
    elif mutant.path == TRIAGE and mutant.method == "POST":
        yield from _bundle_faults(mutant, reply)


def _outcome_faults(mutant: Mutant, reply: Reply) -> Iterator[str]:
    if TRACE.search(reply.raw.decode("utf-8", "replace")):
        yield "mark: in a refusal"
    outcome = reply.json
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome" or not outcome.get("issue"):
        yield "outcome: not an OperationOutcome"
        return
    if not reply.headers.get("Content-Type", "").startswith(
        ("application/fhir+json; fhirVersion=", "application/json; f")
    ):
        yield "outcome: Content-Type"
    expressions = {one for issue in outcome["issue"] for one in issue.get("expression", ())}
    if expressions:
        body = _parsed(mutant.raw)
        for one in sorted(expressions):
            if not resolves(one, body):
                yield f"expression: {re.sub('[0-9]+', '0', one)} leads nowhere"
                return


def _bundle_faults(mutant: Mutant, reply: Reply) -> Iterator[str]:
    bundle = reply.json
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        yield "bundle: not a Bundle"
        return
    resources = [entry["resource"] for entry in bundle["entry"]]
    risk = resources[0]
    if risk["resourceType"] != "RiskAssessment":
        yield "bundle: no RiskAssessment first"
        return
    if risk["prediction"][0]["qualitativeRisk"]["coding"][0]["code"] not in LEVELS:
        yield "bundle: no level"
    body = _parsed(mutant.raw)
    subjects = [one for one in _subjects(body) if isinstance(one, dict)]
    if not all(any(_names(given, one["subject"]) for given in subjects) for one in resources if "subject" in one):
        yield "subject: not that of the body"
    said = [one for one in resources if one["resourceType"] == "OperationOutcome"]
    said += [{name: risk[name]} for name in ("note", "mitigation") if name in risk]
    if TRACE.search(json.dumps(said, ensure_ascii=False)):
        yield "mark: in what an answer says"


def _names(given: dict[str, Any], named: dict[str, Any]) -> bool:
    """Whether a subject is the one given: a reference into the response itself may be left out, an identifier not."""
    local = str(given.get("reference", "#")).startswith("#")
    by = {name: given.get(name) for name in ("reference", "identifier") if name == "identifier" or not local}
    return bool(named) and all(named.get(name) == value for name, value in by.items())


def _subjects(body: Any) -> Iterator[Any]:
    """Every reference that may be the subject of the answer."""
    if not isinstance(body, dict):
        return
    yield body.get("subject")
    for one in body.get("parameter") or ():
        if one.get("name") == "subject":
            yield one.get("valueReference")
        if isinstance(one.get("resource"), dict):
            yield one["resource"].get("subject")


def _parsed(raw: bytes) -> Any:
    """The body; numbers are left as they stand, so that none is too long."""
    try:
        return json.loads(raw, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None


def slow_checks(mutant: Mutant, reply: Reply, send: Send) -> Iterator[str]:
    """What costs as much as several requests, and is looked at for a sample only."""
    again = send(mutant)
    if (again.status, again.raw) != (reply.status, reply.raw) and reply.status != 500:
        yield "same: not the same answer to the same body"
    if mutant.path == TRIAGE and mutant.plain_request:
        yield from _against_validate(reply, send(replace(mutant, path=VALIDATE)))
        if reply.status == 200:
            yield from _invalid(reply)


def _against_validate(triaged: Reply, validated: Reply) -> Iterator[str]:
    """$triage refuses what $validate calls invalid, and only besides what it cannot triage."""
    issues = (validated.json or {}).get("issue", ())
    invalid = validated.status != 200 or any(one["severity"] in ("error", "fatal") for one in issues)
    if triaged.status == 200 and invalid:
        yield "validate: calls invalid what was triaged"
    if triaged.status == 400 and not invalid:
        yield "validate: calls valid what is refused for its structure"


def _invalid(reply: Reply) -> Iterator[str]:
    """What fhir.resources and our own stricter walk say of an answer."""
    found = VERSION.search(reply.headers["Content-Type"])
    version = VERSIONS[found[1]] if found else VERSIONS["4.0"]
    for one in structural_problems(reply.json, version, "Bundle")[:1]:
        yield f"invalid: {re.sub('[0-9]+', '0', one.where)} {one.message}"
