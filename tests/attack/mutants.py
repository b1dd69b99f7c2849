"""One mutant of a request: the same seed and number make the same one, so that any of them can be made again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import orjson
from attack.changes import CHANGES, MARK, thin, written
from attack.damage import DAMAGES
from attack.kind import KIND
from attack.seeds import seeds

TRIAGE = "/fhir/QuestionnaireResponse/$triage"
VALIDATE = "/fhir/QuestionnaireResponse/$validate"
FHIR_JSON = "application/fhir+json"

PATHS = (
    TRIAGE, VALIDATE, "/fhir/QuestionnaireResponse/%24triage", "/fhir//QuestionnaireResponse/$triage", f"{TRIAGE}/",
    "/fhir/QuestionnaireResponse", "/fhir/Patient/$triage", "/fhir/QuestionnaireResponse/1/$triage", "/", "//", "/fhir",
    "/fhir/", "/fhir/metadata", "/fhir/$versions", "/rules", "/rules/reload", "/health/ready", "/health/live",
    "/fhir/Questionnaire", "/fhir/Questionnaire/limb-numbness", f"/fhir/Questionnaire/{MARK}", "/fhir/ValueSet/..",
    "/static/page.css", "/static/../app.py", "/static/%2e%2e/app.py", "/examples/../response.json", f"/{MARK}",
    "/examples/amended-response/response.json", "/openapi.json", "/fhir/CodeSystem/\x00", "/\u00ff\u00fe", "*", "",
)  # fmt: skip
METHODS = (
    "POST",
    "POST",
    "GET",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    MARK,
    "post",
)
QUERIES = (
    "", "explain=false", "explain=true", "explain=", f"explain={MARK}", "explain=false&explain=true", "_format=json",
    "_format=xml", "_format=application/fhir%2Bjson", "_format=" + "a," * 400, "%", "%ff=%ff", "&&&", "=", "url=x|y|z",
    f"url={MARK}", "url=https://numbness-triage.example/fhir/Questionnaire/limb-numbness", "explain=false;a",
    "\xff", "a" * 5000,
)  # fmt: skip
TYPES = (
    FHIR_JSON, "application/json", "text/json", "application/fhir+xml", "text/plain", "", "application/fhir+json;",
    ";;;",
    "application/fhir+json; fhirVersion=4.0", "application/fhir+json; fhirVersion=5.0",
    "application/fhir+json; fhirVersion=4.3",
    "application/fhir+json; fhirVersion=9", "application/fhir+json; fhirversion=5.0",
    'application/json; fhirVersion="5.0"',
    "application/json; charset=utf-16", "application/json; charset=UTF-8", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded", MARK, "application/fhir+json; fhirVersion*=utf-8''5.0",
    "a/b; " + "x=1; " * 300,
    "application/json; charset*0=utf; charset*1=-8", "application/fhir+json, application/json", "\xff/\xfe",
)  # fmt: skip
ACCEPTS = (
    *TYPES, "*/*", "application/*", "text/html", "application/fhir+json;q=0", "*/*;q=nan", "*/*;q=1e999", "*/*;q=-1",
    "application/fhir+xml, application/fhir+json", "application/fhir+json; fhirVersion=5.0, */*;q=0.1",
    "," * 2000, "*/*;q=inf",
)  # fmt: skip
OTHERS = (
    ("Content-Encoding", ("gzip", "identity", "deflate, gzip", "br", MARK)),
    ("Accept-Encoding", ("gzip", "*", "identity;q=0")),
    ("If-None-Match", ("*", '"x"', "W/", MARK, '"' * 500)),
    ("Range", ("bytes=0-1", "bytes=-1", "bytes=9-1", "lines=0", "bytes=" + "0-0," * 500)),
    ("Host", ("", MARK, "x.example:99999", "[::1", "a" * 300, "127.0.0.1, x")),
    ("X-Forwarded-Host", ("x.example", MARK)), ("X-Forwarded-For", (MARK, "1.2.3.4, 5.6.7.8")), ("Forwarded", (MARK,)),
    ("X-Request-Id", (MARK, "a" * 3000, "\x01")), ("Traceparent", ("00-" + "0" * 32 + "-" + "0" * 16 + "-00", MARK)),
    ("Authorization", ("Bearer " + MARK, "Basic " + "A" * 900, "Bearer", "")),
    ("X-HTTP-Method-Override", ("GET", "DELETE")), ("Expect", ("100-continue", MARK)),
    ("Cookie", (MARK, "a=" + "b" * 999)),
    ("Origin", ("null", "http://x.example")), ("Prefer", ("return=minimal", "respond-async", MARK)),
    ("If-Modified-Since", (MARK, "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Oct 99999 07:28:00 GMT")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request. `version` is that of the seed, which the Content-Type may contradict."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    raw: bytes
    version: str
    says_length: bool = True
    plain_request: bool = field(default=True)
    """Whether only the body was changed: then it must be judged, not turned away at the door."""


def mutant(seed: int, number: int, versions: tuple[str, ...] = ("4.0", "5.0")) -> Mutant:
    """Mutant `number` of this seed."""
    die = random.Random(f"{seed}/{number}")  # one for each, so that a run can be taken up anywhere
    version = versions[number % len(versions)]
    raw = mutated(die, version)
    headers = {"Content-Type": f"{FHIR_JSON}; fhirVersion={version}", "Accept": FHIR_JSON}
    path, query = (TRIAGE if die.random() < 0.9 else VALIDATE), ("explain=false" if die.random() < 0.97 else "")
    if die.random() < 0.94:
        return Mutant("POST", path, query, headers, raw, version, says_length=die.random() < 0.95)
    return _asked_otherwise(die, Mutant("POST", path, query, headers, raw, version))


def mutated(die: random.Random, version: str) -> bytes:
    """The bytes of a body: a seed, changed once or several times while it is parsed, and after it is written."""
    known = seeds(version if die.random() < 0.97 else die.choice(("4.0", "4.3", "5.0")))
    body = orjson.loads(die.choice(die.choice(known)))
    if die.random() < 0.85:
        thin(die, body)
    kind = die.random() < 0.4
    for _ in range(die.choice((0, 1, 1, 1, 2, 2, 3, 6))):
        die.choice(KIND if kind else CHANGES)(die, body)
    raw = written(body, die)
    for _ in range(0 if kind else die.choice((0, 0, 0, 1, 2))):
        raw = die.choice(DAMAGES)(die, raw)
    return raw


def _asked_otherwise(die: random.Random, plain: Mutant) -> Mutant:
    """The same body in an odd request."""
    method, path, query, headers = plain.method, plain.path, plain.query, dict(plain.headers)
    for _ in range(die.choice((1, 1, 2, 3))):
        kind = die.randrange(6)
        if kind == 0:
            method = die.choice(METHODS)
        elif kind == 1:
            path = die.choice(PATHS)
        elif kind == 2:
            query = die.choice(QUERIES)
        elif kind == 3:
            headers["Content-Type"] = die.choice(TYPES)
        elif kind == 4:
            headers["Accept"] = die.choice(ACCEPTS)
        else:
            name, values = die.choice(OTHERS)
            headers[name] = die.choice(values)
    return Mutant(method, path, query, headers, plain.raw, plain.version, plain_request=False)
