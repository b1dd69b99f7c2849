"""The few rules for the XHTML of a Narrative that are worth refusing for."""

from __future__ import annotations

from xml.parsers import expat

_ROOT = "http://www.w3.org/1999/xhtml div"
_ACTIVE = frozenset({"script", "form", "base", "link", "frame", "iframe", "object", "embed", "head", "body", "style"})
_ACTS = "A narrative has no scripts, forms, styles, frames or objects."
_DEEPEST = 1_000


class _Fault(Exception):  # noqa: N818 - carries words out of the parser's callbacks
    pass


def narrative_fault(text: str) -> str:
    """What is wrong with a narrative by FHIR's txt-1 (https://hl7.org/fhir/R4/narrative.html), or nothing.

    It must be one well-formed `div` of the XHTML namespace with nothing in it that a browser would act on. A document
    type is refused before any entity of it could be expanded, and so is what is nested deeper than any text needs.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth, harmless = 0, set[str]()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if attributes or name not in harmless or depth > _DEEPEST:
            _refuse_element(name, attributes, depth)
            harmless.add(name)
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text, True)
    except _Fault as fault:
        return str(fault)
    except (expat.ExpatError, ValueError):
        return "This is not well-formed XHTML."
    return ""


def _refuse_element(name: str, attributes: dict[str, str], depth: int) -> None:
    if depth == 0 and name != _ROOT:
        raise _Fault('A narrative is one <div xmlns="http://www.w3.org/1999/xhtml">.')
    if name.rpartition(" ")[2].lower() in _ACTIVE or any(key.lower().startswith("on") for key in attributes):
        raise _Fault(_ACTS)
    if depth > _DEEPEST:
        raise _Fault(f"A narrative is nested no more than {_DEEPEST} levels deep.")


def _refuse_doctype(*_: object) -> None:
    raise _Fault("A narrative has no document type.")
