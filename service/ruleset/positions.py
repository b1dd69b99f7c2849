"""Reads one YAML file strictly and keeps the line and column of every key, value and list element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml

from service.problems import Kind, Problem
from service.ruleset.scalars import Refusal, plain_value

Path = tuple[str | int, ...]
DEEPEST = 40
"""How far mappings and lists may be nested; far more than any rule needs, far less than Python's stack."""

_TOO_DEEP = "nested too deep"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    @property
    def where(self) -> str:
        """`file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its content as plain Python, and the marks of its values and of its keys by their path."""

    file: str
    data: Any
    marks: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]

    def mark(self, path: Path) -> Mark:
        """Where the value at `path` stands; for what is missing, where the mapping stands that should hold it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks[path]

    def problem(self, path: Path, message: str, remedy: str, *, at_key: bool = False) -> Problem:
        """A problem with the value (or the key) at `path`."""
        mark = self.keys.get(path) if at_key else None
        return Problem(Kind.STRUCTURE, (mark or self.mark(path)).where, message, remedy)


def read_sheet(file: str, content: bytes, *, page: str = "docs/writing-rules.md") -> tuple[Sheet | None, list[Problem]]:
    """The file named `file`, or everything about it that YAML or our stricter reading of YAML refuses.

    `page` is where it says how to fill an empty file.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        readable = content[: error.start].decode("utf-8")
        return None, [_unreadable(_end_of(file, readable), "This byte is not UTF-8.", "Save the file as UTF-8.")]
    try:
        source: Any = yaml.SafeLoader(text)
        composer, node = _composed_fast(text) or _composed(source)
    except yaml.reader.ReaderError as error:
        said = "This character is not allowed in YAML."
        return None, [_unreadable(_end_of(file, text[: error.position]), said, "Remove it.")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [_unreadable(_mark(file, mark), *_syntax_words(error))]
    except (ValueError, OverflowError):
        mark = source.get_mark()
        return None, [_unreadable(_mark(file, mark), "There is no such character or number.", "Correct the escape.")]
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value == "" and not node.style):
        return None, [_unreadable(Mark(file, 1, 1), "The file is empty.", f"Fill it as {page} says.")]
    reading = _Reading(file, {}, {}, composer.refused)
    data = _plain(reading, node, ())
    found = [_unreadable(_mark(file, mark), message, remedy) for mark, message, remedy in reading.refused]
    return (None, found) if found else (Sheet(file, data, reading.marks, reading.keys), [])


def _composed(source: Any) -> tuple[_StrictComposer, yaml.Node | None]:
    composer = _StrictComposer(source)
    return composer, composer.get_single_node()


def _composed_fast(text: str) -> tuple[_StrictComposer, yaml.Node | None] | None:
    """The same by libyaml, four times as fast; None when it is absent or finds any fault, which PyYAML words better."""
    if not yaml.__with_libyaml__:
        return None
    try:
        composer, node = _composed(yaml.CSafeLoader(text))
    except (yaml.YAMLError, ValueError, OverflowError):
        return None
    return None if composer.refused else (composer, node)


class _StrictComposer(yaml.composer.Composer, yaml.resolver.Resolver):
    """PyYAML's own composer; it notes anchors, aliases and tags, which are gone from the nodes that it makes."""

    def __init__(self, source: Any) -> None:
        yaml.composer.Composer.__init__(self)
        yaml.resolver.Resolver.__init__(self)
        self.check_event, self.peek_event, self.get_event = source.check_event, source.peek_event, source.get_event
        self.refused: list[tuple[yaml.Mark, str, str]] = []
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            self.get_event()
            self.refused.append((mark, f"The alias “*{event.anchor}” is not allowed.", "Write the value out."))
            return yaml.ScalarNode("tag:yaml.org,2002:str", "", mark, mark, style="'")
        if event.anchor is not None:
            self.refused.append((mark, f"The anchor “&{event.anchor}” is not allowed.", "Remove it."))
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.refused.append((mark, f"The tag “{tag}” is not allowed.", "Remove it; put text in quotes."))
        if self.depth >= DEEPEST:
            raise yaml.MarkedYAMLError(None, None, _TOO_DEEP, mark)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is gathered on the walk over the nodes of one file."""

    file: str
    marks: dict[Path, Mark]
    keys: dict[Path, Mark]
    refused: list[tuple[yaml.Mark, str, str]]


def _plain(reading: _Reading, node: yaml.Node, path: Path) -> Any:
    """The node as plain Python; its mark and those of all below it go into `reading`."""
    reading.marks[path] = _mark(reading.file, node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(reading, part, (*path, index)) for index, part in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(reading, node, path)
    value = plain_value(cast("yaml.ScalarNode", node))
    if isinstance(value, Refusal):
        reading.refused.append((node.start_mark, value.message, value.remedy))
        return None
    return value


def _mapping(reading: _Reading, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = plain_value(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            said = key if isinstance(key, Refusal) else Refusal("A key must be text.", "Put it in quotes.")
            reading.refused.append((key_node.start_mark, said.message, said.remedy))
            continue
        here = (*path, key)
        if key in found:
            first = reading.keys[here].line
            said = Refusal(f"The key “{key}” is repeated; it first stands in line {first}.", "Keep one of the two.")
            reading.refused.append((key_node.start_mark, said.message, said.remedy))
            continue
        reading.keys[here] = _mark(reading.file, key_node.start_mark)
        found[key] = _plain(reading, value_node, here)
    return found


def _syntax_words(error: yaml.MarkedYAMLError) -> tuple[str, str]:
    problem = str(error.problem)
    if problem == "but found another document":
        return "A second document begins here.", "Keep one document in each file; remove the “---”."
    if "'\\t'" in problem:
        return "A tab stands where YAML wants spaces.", "Indent with spaces."
    if problem == _TOO_DEEP:
        return f"Lists and mappings are nested more than {DEEPEST} deep.", "Write it flatter."
    told = re.sub(r"\s+", " ", f"{error.context}: {problem}" if error.context else problem)
    return f"This is not YAML: {told}.", "Look at indentation, quotes and brackets here and in the lines above."


def _mark(file: str, mark: yaml.Mark | None) -> Mark:
    return Mark(file, mark.line + 1, mark.column + 1) if mark else Mark(file, 1, 1)


def _end_of(file: str, text: str) -> Mark:
    """The place right after `text`."""
    return Mark(file, text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1)


def _unreadable(mark: Mark, message: str, remedy: str) -> Problem:
    return Problem(Kind.MALFORMED, mark.where, message, remedy)
