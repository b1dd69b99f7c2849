"""What must hold of the resources that another one contains (dom-3, dom-4 and dom-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_URIS = frozenset({"uri", "url", "canonical"})

Fault = tuple[str, str, str]
"""Its FHIRPath, what is wrong, and the remedy."""


@dataclass(slots=True)
class Pointers:
    """What the parts of one resource point at inside it, met on the way through it.

    `local` are the ids in references to `#id`, each with its FHIRPath. `named` are all values `#id` of references and
    of URIs, `outward` the contained resources that point at the one around them, as `#`. `inside` is the FHIRPath of
    the contained resource that is being walked.
    """

    local: list[tuple[str, str]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    outward: set[str] = field(default_factory=set)
    inside: str = ""

    def met(self, name: str, primitive: str, given: object) -> None:
        """Keep a value that points at a contained resource or, from one of them, at the resource around it."""
        if not isinstance(given, str) or not given.startswith("#") or (primitive not in _URIS and name != "reference"):
            return
        if given == "#" and self.inside:
            self.outward.add(self.inside)
        self.named.add(given)


def contained_faults(resource: dict[str, Any], path: str, pointers: Pointers) -> Iterator[Fault]:
    """The faults of what a resource contains (https://hl7.org/fhir/R4/domainresource-definitions.html).

    dom-3 is read as R4B writes it, in all releases: R4 and R5 leave open what becomes of a resource without an id,
    which nothing can point at, and R4 asks twice for the same where R4B asks for `uri`. HL7's validator refuses one
    without an id in all of them.
    """
    given = resource.get("contained")
    for index, one in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(one, dict) or "resourceType" not in one:
            continue  # no resource at all, which is told elsewhere
        where = f"{path}.contained[{index}]"
        own = one.get("id")
        if where not in pointers.outward and not (isinstance(own, str) and f"#{own}" in pointers.named):
            message = "A contained resource is referred to from the resource around it, or refers to that one (dom-3)."
            yield where, message, "Refer to it as #id, or leave it out."
        yield from _meta_faults(one.get("meta"), f"{where}.meta")


def _meta_faults(meta: object, where: str) -> Iterator[Fault]:
    if not isinstance(meta, dict):
        return
    for name in ("versionId", "lastUpdated"):
        if name in meta or f"_{name}" in meta:
            yield f"{where}.{name}", f"A contained resource has no {name} of its own (dom-4).", "Leave it out."
    if "security" in meta:
        message = "A contained resource has no security labels of its own (dom-5)."
        yield f"{where}.security", message, "Label the resource around it."
