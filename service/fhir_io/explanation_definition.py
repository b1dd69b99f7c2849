"""The extension that carries an explanation: the one table of its parts, and its StructureDefinition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.fhir_io.canonical import Edition, Resource

EXPLANATION = "triage-explanation"
"""The id of the StructureDefinition."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the extension: its url, how often it comes, what it says, and its types or its own parts."""

    url: str
    least: int
    most: str
    says: str
    types: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


_LEVEL = Part("level", 1, "1", "The level, a code of CodeSystem/triage-level.", ("code",))
_QUESTION = Part("question", 1, "1", "The linkId of the question.", ("string",))
_CHANGES = (
    _LEVEL,
    Part(
        "change",
        1,
        "3",
        "One question answered otherwise than it is; all changes of a set are needed.",
        parts=(
            _QUESTION,
            Part("how", 1, "1", "What is done to the answer, a code of CodeSystem/answer-change.", ("code",)),
            Part("to", 1, "*", "The other answer; of several, any one will do.", ("boolean", "Coding")),
        ),
    ),
)

PARTS = (
    Part(
        "fired",
        0,
        "*",
        "A criterion that fired.",
        parts=(
            Part("criterion", 1, "1", "Its id, that of an action in the PlanDefinition.", ("code",)),
            _LEVEL,
            Part("question", 0, "*", "The linkId of a question on whose answer it fired.", ("string",)),
            Part("because", 0, "*", "An answer on which it fired, in words.", ("string",)),
            Part(
                "source",
                0,
                "*",
                "A statement that it rests on; the part before the hyphen names the document.",
                ("string",),
            ),
        ),
    ),
    Part("raise", 0, "*", "A smallest set of answers that would make the level higher.", parts=_CHANGES),
    Part("lower", 0, "*", "A smallest set of answers that would make the level lower.", parts=_CHANGES),
    Part(
        "ask",
        0,
        "*",
        "An open question, the one that can change most first.",
        parts=(
            _QUESTION,
            Part("level", 0, "1", "The highest level that its answer could still lead to.", ("code",)),
            Part("alone", 1, "1", "Whether one answer to it is enough to raise the level.", ("boolean",)),
            Part("test", 0, "*", "A test that it could add, a code of CodeSystem/recommended-test.", ("code",)),
        ),
    ),
)
"""Every part, in the order in which they stand."""


def explanation_definition(edition: Edition) -> Resource:
    """The StructureDefinition (https://hl7.org/fhir/R4/defining-extensions.html) of a complex extension."""
    title = "Explanation of a triage"
    description = (
        "Which criteria fired and on which answers, which answers would make the level higher or lower, and what to "
        "ask next."
    )
    header = edition.header("StructureDefinition", EXPLANATION, title=title, description=description)
    root = {"id": "Extension", "path": "Extension", "short": title, "definition": description, "min": 0, "max": "1"}
    return {
        **header,
        **edition.copyright(),
        "fhirVersion": edition.version.release,
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "RiskAssessment"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": [root, *_inside(PARTS, "Extension", "Extension", header["url"])]},
    }


def _inside(parts: tuple[Part, ...], at: str, path: str, url: str) -> Iterator[Resource]:
    """The elements below the extension element `at`; a part has either parts or a value, never both."""
    for part in parts:
        own, own_path = f"{at}.extension:{part.url}", f"{path}.extension"
        yield {
            "id": own,
            "path": own_path,
            "sliceName": part.url,
            "short": part.says,
            "min": part.least,
            "max": part.most,
        }
        if part.types:
            yield _closed(f"{own}.extension", f"{own_path}.extension")
            yield _url(own, own_path, part.url)
            types = [{"code": code} for code in part.types]
            yield {"id": f"{own}.value[x]", "path": f"{own_path}.value[x]", "min": 1, "type": types}
        else:
            yield from _inside(part.parts, own, own_path, part.url)
    yield _url(at, path, url)
    yield _closed(f"{at}.value[x]", f"{path}.value[x]")


def _url(at: str, path: str, url: str) -> Resource:
    return {"id": f"{at}.url", "path": f"{path}.url", "fixedUri": url}


def _closed(at: str, path: str) -> Resource:
    return {"id": at, "path": path, "max": "0"}
