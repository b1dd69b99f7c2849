"""Which items answer a question that an item beside them answers already (qrs-2 of R5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_Place = tuple[Any, ...]
"""The place of the parent, the name of the list and the place in it; nothing for the response itself."""


def repeated_answers(response: dict[str, Any]) -> Iterator[str]:
    """The FHIRPath, within the response, of each item that should have been another answer of an earlier one.

    `repeat(answer | item).select(item.where(answer.value.exists()).linkId.isDistinct()).allTrue()`, asked of each item
    of the response, looks inside what stands below that item: two items of the response itself, or two directly in one
    of these, may have the same linkId, and so may groups anywhere
    (https://hl7.org/fhir/R5/questionnaireresponse-definitions.html).
    """
    waiting = [below for index, item in _listed(response, "item") for below in _inside(item, ((), "item", index))]
    for element, place in waiting:
        linked = set()
        for index, item in _listed(element, "item"):
            link_id = item.get("linkId")
            if not isinstance(link_id, str) or not _has_value(item):
                continue
            if link_id in linked:
                yield _path((place, "item", index))
            linked.add(link_id)
        waiting += _inside(element, place)


def _inside(element: dict[str, Any], place: _Place) -> list[tuple[dict[str, Any], _Place]]:
    return [(one, (place, name, index)) for name in ("answer", "item") for index, one in _listed(element, name)]


def _listed(element: dict[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a list; what stands there otherwise is told elsewhere."""
    given = element.get(name)
    return [(index, one) for index, one in enumerate(given) if isinstance(one, dict)] if isinstance(given, list) else []


def _has_value(item: dict[str, Any]) -> bool:
    return any(name.startswith(("value", "_value")) for _, answer in _listed(item, "answer") for name in answer)


def _path(place: _Place) -> str:
    above, name, index = place
    return f"{_path(above)}.{name}[{index}]" if above else f".{name}[{index}]"
