"""The few rules for the XHTML of a Narrative that are worth refusing for."""

from __future__ import annotations

from xml.parsers import expat

_ROOT = "http://www.w3.org/1999/xhtml div"
_IMAGE = "http://www.w3.org/1999/xhtml img"
_XML_SPACE = " \t\r\n"
_ACTIVE = frozenset({"script", "form", "base", "link", "frame", "iframe", "object", "embed", "head", "body", "style"})
_ACTS = "A narrative has no scripts, forms, styles, frames or objects."
_DEEPEST = 1_000


class _Fault(Exception):  # noqa: N818 - carries words out of the parser's callbacks
    pass


def narrative_fault(text: str) -> str:
    """What is wrong with a narrative by FHIR's txt-1 and txt-2 (https://hl7.org/fhir/R4/narrative.html), or nothing.

    It must be one well-formed `div` of the XHTML namespace with text or an image in it and nothing that a browser would
    act on. A document type is refused before any entity of it could be expanded, and so is what is nested deeper than
    any text needs.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    watch = _Watch()
    parser.StartElementHandler, parser.EndElementHandler = watch.start, watch.end
    parser.CharacterDataHandler = watch.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text, True)
    except _Fault as fault:
        return str(fault)
    except (expat.ExpatError, ValueError):
        return "This is not well-formed XHTML."
    return "A narrative has text or an image (txt-2)." if watch.empty else ""


class _Watch:
    """The hooks of one parse: how deep it is, and whether anything that a reader would see was met."""

    def __init__(self) -> None:
        self.empty = True
        self._depth = 0
        self._harmless: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if attributes or name not in self._harmless or self._depth > _DEEPEST:
            _refuse_element(name, attributes, self._depth)
            self._harmless.add(name)
        self.empty = self.empty and name != _IMAGE
        self._depth += 1

    def end(self, _: str) -> None:
        self._depth -= 1

    def text(self, written: str) -> None:
        self.empty = self.empty and not written.strip(_XML_SPACE)


def _refuse_element(name: str, attributes: dict[str, str], depth: int) -> None:
    if depth == 0 and name != _ROOT:
        raise _Fault('A narrative is one <div xmlns="http://www.w3.org/1999/xhtml">.')
    if name.rpartition(" ")[2].lower() in _ACTIVE or any(key.lower().startswith("on") for key in attributes):
        raise _Fault(_ACTS)
    if depth > _DEEPEST:
        raise _Fault(f"A narrative is nested no more than {_DEEPEST} levels deep.")


def _refuse_doctype(*_: object) -> None:
    raise _Fault("A narrative has no document type.")
