"""Reading YAML strictly: what comes back, where it stood, and what is refused."""

from __future__ import annotations

import pytest

from service.ruleset.positions import Mark, Sheet, read_sheet


def read(text: str) -> Sheet:
    sheet, problems = read_sheet("f.yaml", text.encode())
    assert problems == []
    assert sheet is not None
    return sheet


def refusals(content: bytes) -> list[str]:
    sheet, problems = read_sheet("f.yaml", content)
    assert sheet is None
    return [problem.text for problem in problems]


def test_values_come_back_as_plain_python() -> None:
    sheet = read("a: [true, 1, -2.5, 'x', ~]\nb: {c: x, d: 0}\ne: >-\n  two\n  lines\n")
    assert sheet.data == {"a": [True, 1, -2.5, "x", None], "b": {"c": "x", "d": 0}, "e": "two lines"}


def test_quoted_text_is_taken_as_it_stands() -> None:
    assert read("['yes', \"010\", '1:30', \"2024-05-31\", '<<', '']").data == [
        "yes",
        "010",
        "1:30",
        "2024-05-31",
        "<<",
        "",
    ]


def test_every_key_value_and_element_has_a_place_counted_from_one() -> None:
    sheet = read("- id: a\n  list:\n    - x\n    - {é: z}\n")
    assert sheet.marks[(0,)] == Mark("f.yaml", 1, 3)
    assert sheet.keys[(0, "list")] == Mark("f.yaml", 2, 3)
    assert sheet.marks[(0, "list", 0)] == Mark("f.yaml", 3, 7)
    assert sheet.keys[(0, "list", 1, "é")] == Mark("f.yaml", 4, 8)
    assert sheet.marks[(0, "list", 1, "é")] == Mark("f.yaml", 4, 11)


def test_what_is_missing_stands_where_its_mapping_stands() -> None:
    assert read("a:\n  b: 1\n").mark(("a", "c", 3)).where == "f.yaml:2:3"


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "Yes"])
def test_bare_words_are_refused_as_key_and_as_value(word: str) -> None:
    remedy = "Write true or false, or put it in quotes."
    assert refusals(f"{word}: {word}".encode()) == [
        f"f.yaml:1:1: The bare word “{word}” is not allowed. {remedy}",
    ]
    assert refusals(f"- {word}".encode()) == [f"f.yaml:1:3: The bare word “{word}” is not allowed. {remedy}"]


def test_a_byte_that_is_not_utf_8_is_refused_at_its_place() -> None:
    assert refusals("a: é\nb: ü".encode() + b"\xff") == ["f.yaml:2:5: This byte is not UTF-8. Save the file as UTF-8."]


def test_a_control_character_is_refused_at_its_place() -> None:
    assert refusals(b"a: 1\nb: \x00") == ["f.yaml:2:4: This character is not allowed in YAML. Remove it."]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# nothing\n", b"---\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusals(content) == ["f.yaml:1:1: The file is empty. Fill it as docs/writing-rules.md says."]


def test_every_refusal_of_a_file_is_told_at_once() -> None:
    found = refusals(b"a: 010\na: 1\nb: *c\nd: &e yes\n")
    assert sorted(found) == [
        "f.yaml:1:4: The number “010” has a leading zero. Put a code in quotes; write a number without it.",
        "f.yaml:2:1: The key “a” is repeated; it first stands in line 1. Keep one of the two.",
        "f.yaml:3:4: The alias “*c” is not allowed. Write the value out.",
        "f.yaml:4:4: The anchor “&e” is not allowed. Remove it.",
        "f.yaml:4:4: The bare word “yes” is not allowed. Write true or false, or put it in quotes.",
    ]
