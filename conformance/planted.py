"""Faults put into a Bundle on purpose, so that each run shows that the judges find what is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Bundle = dict[str, Any]


def _unknown_code(bundle: Bundle) -> None:
    _first(bundle, "ServiceRequest")["code"]["coding"][0]["code"] = "no-such-test"


def _unknown_status(bundle: Bundle) -> None:
    _first(bundle, "RiskAssessment")["status"] = "finished"


def _unknown_element(bundle: Bundle) -> None:
    _first(bundle, "ServiceRequest")["urgency"] = "stat"


def _no_status(bundle: Bundle) -> None:
    del _first(bundle, "RiskAssessment")["status"]


def _unknown_part(bundle: Bundle) -> None:
    _explanation(bundle)[0]["url"] = "melted"


def _two_values(bundle: Bundle) -> None:
    _explanation(bundle)[0]["extension"][0]["valueString"] = "as well"


def _wrong_type_of_part(bundle: Bundle) -> None:
    _explanation(bundle)[0]["extension"] = [{"url": "criterion", "valueBoolean": True}]


FAULTS: dict[str, Callable[[Bundle], None]] = {
    "unknown-code": _unknown_code,
    "unknown-status": _unknown_status,
    "unknown-element": _unknown_element,
    "no-status": _no_status,
    "unknown-part-of-extension": _unknown_part,
    "two-values": _two_values,
    "wrong-type-of-part": _wrong_type_of_part,
}


def plant(bundle: Bundle) -> dict[str, Bundle]:
    """A copy of an explained Bundle for each fault, with just that fault in it."""
    broken = {}
    for name, fault in FAULTS.items():
        broken[name] = copy.deepcopy(bundle)
        fault(broken[name])
    return broken


def _first(bundle: Bundle, resource_type: str) -> dict[str, Any]:
    found = (entry["resource"] for entry in bundle["entry"])
    return next(resource for resource in found if resource["resourceType"] == resource_type)


def _explanation(bundle: Bundle) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = _first(bundle, "RiskAssessment")["extension"][0]["extension"]
    return parts
