"""The codes of a value set that came with the Questionnaire, as far as it lists them itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from service.fhir_io.conformity.form import Key, Options
from service.fhir_io.conformity.values import key

Resource = dict[str, Any]

_CODING = frozenset({"Coding"})


def options_of(reference: str, contained: Iterable[Resource]) -> Options:
    """The codings of the value set that `#id` or a canonical names; not `listed` when it is not here in full."""
    found = next((one for one in contained if _is_named(one, reference)), None)
    if found is None:
        return Options(types=_CODING, listed=False)
    if "expansion" in found:
        return _expanded(found["expansion"])
    return _composed(found.get("compose", {}))


def _is_named(resource: Resource, reference: str) -> bool:
    if resource.get("resourceType") != "ValueSet":
        return False
    if reference.startswith("#"):
        return bool(resource.get("id") == reference[1:])
    url, version = resource.get("url"), resource.get("version")
    return url is not None and reference in (url, f"{url}|{version}")


def _expanded(expansion: Resource) -> Options:
    """All codes of an expansion, but abstract ones; a part of one (`total` above what it has) is not all."""
    codings = list(_contained_in(expansion.get("contains", ())))
    keys = {key(("Coding", one)) for one in codings if "code" in one and not one.get("abstract")}
    return _options(keys, listed="offset" not in expansion and expansion.get("total", 0) <= len(codings))


def _options(keys: set[Key], *, listed: bool) -> Options:
    return Options(frozenset(keys), _CODING, listed=listed, codes=frozenset(code for _, _, code in keys))


def _contained_in(entries: Iterable[Resource]) -> Iterator[Resource]:
    for entry in entries:
        yield entry
        yield from _contained_in(entry.get("contains", ()))


def _composed(compose: Resource) -> Options:
    """The concepts that a definition names one by one; filters, imports and whole systems need a terminology."""
    included: set[Key] = set()
    listed = "include" in compose
    for part in compose.get("include", ()):
        listed = listed and "concept" in part and not {"filter", "valueSet"} & part.keys()
        included |= _concepts(part)
    for part in compose.get("exclude", ()):
        included -= _concepts(part)
    return _options(included, listed=listed)


def _concepts(part: Resource) -> set[Key]:
    system = {"system": part["system"]} if "system" in part else {}
    return {key(("Coding", {**system, "code": one["code"]})) for one in part.get("concept", ()) if "code" in one}
