"""The few rules for the XHTML of a Narrative that are worth refusing for."""

from __future__ import annotations

from xml.parsers import expat

_ROOT = "http://www.w3.org/1999/xhtml div"
_ACTIVE = frozenset({"script", "form", "base", "link", "frame", "iframe", "object", "embed", "head", "body", "style"})


class _Fault(Exception):  # noqa: N818 - carries words out of the parser's callbacks
    pass


def narrative_fault(text: str) -> str:
    """What is wrong with a narrative by FHIR's txt-1 (https://hl7.org/fhir/R4/narrative.html), or nothing.

    It must be one well-formed `div` of the XHTML namespace with nothing in it that a browser would act on. A document
    type is refused before any entity of it could be expanded.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0 and name != _ROOT:
            raise _Fault('A narrative is one <div xmlns="http://www.w3.org/1999/xhtml">.')
        if name.rpartition(" ")[2].lower() in _ACTIVE or any(key.lower().startswith("on") for key in attributes):
            raise _Fault("A narrative has no scripts, forms, styles, frames or objects.")
        depth += 1

    def doctype(*_: object) -> None:
        raise _Fault("A narrative has no document type.")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text, True)
    except _Fault as fault:
        return str(fault)
    except (expat.ExpatError, ValueError):
        return "This is not well-formed XHTML."
    return ""
