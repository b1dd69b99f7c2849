"""Asking a running service over HTTP, with answers about nobody, made for the questionnaire that it serves."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

FHIR_JSON = "application/fhir+json"
TRIAGE = "/fhir/QuestionnaireResponse/$triage"
SECONDS = 30.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Resource = dict[str, Any]
Value = bool | str | list[str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers by lower-case name, and the JSON, if it was any."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def resources(self, resource_type: str) -> list[Resource]:
        """The resources of a type in the Bundle."""
        entries = self.body.get("entry", []) if isinstance(self.body, dict) else []
        found = [entry["resource"] for entry in entries]
        return [one for one in found if one["resourceType"] == resource_type]

    @property
    def level(self) -> str:
        """The triage level; empty when there is none."""
        for risk in self.resources("RiskAssessment"):
            return str(risk["prediction"][0]["qualitativeRisk"]["coding"][0]["code"])
        return ""

    @property
    def said(self) -> str:
        """All texts of the issues of OperationOutcomes."""
        outcomes = [self.body] if isinstance(self.body, dict) and "issue" in self.body else []
        issues = [issue for one in [*outcomes, *self.resources("OperationOutcome")] for issue in one["issue"]]
        return "\n".join(issue["details"]["text"] for issue in issues)


@dataclass(frozen=True)
class Asking:
    """A running service at `base`; `token` is sent as a bearer token when there is one."""

    base: str
    token: str = field(default="", repr=False)

    def without_token(self) -> Asking:
        """The same service, asked by somebody who has none."""
        return replace(self, token="")

    def get(self, path: str) -> Reply:
        """GET; OSError when nobody answers."""
        return self._send(urllib.request.Request(self.base + path, headers=self._headers()))  # noqa: S310 - by the caller

    def triage(self, body: Resource | bytes, **headers: str) -> Reply:
        """POST to $triage."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = self._headers() | {"Content-Type": FHIR_JSON} | headers
        return self._send(urllib.request.Request(self.base + TRIAGE, data=raw, headers=given, method="POST"))  # noqa: S310

    def _headers(self) -> dict[str, str]:
        return {"Accept": FHIR_JSON} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def _send(self, request: urllib.request.Request) -> Reply:
        try:
            with _DIRECT.open(request, timeout=SECONDS) as reply:
                return _reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error.headers, error.read())


def _reply(status: int, headers: Any, raw: bytes) -> Reply:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    return Reply(status, {name.lower(): value for name, value in headers.items()}, body)


@dataclass(frozen=True, slots=True)
class Form:
    """The Questionnaire that is served, as far as it is needed to answer it."""

    canonical: str
    items: Mapping[str, Resource]
    groups: Mapping[str, str]

    def response(self, answers: Mapping[str, Value], *, rest_no: bool = True, **elements: Any) -> Resource:
        """A response about nobody: these answers, and "no" to all other questions that take it, unless not wanted."""
        said = {**(self._all_no() if rest_no else {}), **answers}
        grouped: dict[str, list[Resource]] = {}
        for link_id, value in said.items():
            values = value if isinstance(value, list) else [value]
            item = {"linkId": link_id, "answer": [self._answer(link_id, one) for one in values]}
            grouped.setdefault(self.groups[link_id], []).append(item)
        made = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": self.canonical,
            "status": "completed",
            "subject": {"reference": "Patient/nobody"},
            "authored": datetime.now(UTC).isoformat(timespec="seconds"),
            "item": [{"linkId": group, "item": items} for group, items in grouped.items()],
        }
        return {name: value for name, value in {**made, **elements}.items() if value is not None}

    def _all_no(self) -> dict[str, Value]:
        return {
            link_id: False if item["type"] == "boolean" else ["none"]
            for link_id, item in self.items.items()
            if item["type"] == "boolean" or "none" in _codes(item)
        }

    def _answer(self, link_id: str, value: bool | str) -> Resource:
        if isinstance(value, bool):
            return {"valueBoolean": value}
        options = [option["valueCoding"] for option in self.items[link_id]["answerOption"]]
        return {"valueCoding": next(one for one in options if one["code"] == value)}


def form_of(questionnaire: Resource) -> Form:
    """The form of a Questionnaire of ours."""
    items, groups = {}, {}
    for group in questionnaire["item"]:
        for item in group["item"]:
            items[item["linkId"]] = item
            groups[item["linkId"]] = group["linkId"]
    return Form(f"{questionnaire['url']}|{questionnaire['version']}", items, groups)


def _codes(item: Resource) -> list[str]:
    return [option["valueCoding"]["code"] for option in item.get("answerOption", ()) if "valueCoding" in option]
