"""docs/cli.md names every command, option and exit code, and none that there is not."""

import re
from pathlib import Path

import click

from service.cli import EXIT_BAD_NEWS, EXIT_CODES, EXIT_USAGE, main

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `numbness-triage (\w+)[^`]*`\n(.*?)(?=^## )", PAGE, re.M | re.S))


def test_the_page_and_the_command_line_have_the_same_commands():
    assert set(SECTIONS) == set(main.commands)


def test_the_page_names_every_option_of_every_command():
    for name, command in main.commands.items():
        options = {p.opts[0] for p in command.params if isinstance(p, click.Option)}
        assert set(re.findall(r"(?<!\w)--[a-z-]+", SECTIONS[name])) == options, name


def test_the_page_and_the_code_have_the_same_exit_codes():
    rows = re.findall(r"^\| (\d+) \| ([a-z-]*) ?\|", PAGE, re.M)
    assert len(rows) == len(dict(rows))
    expected = {kind.value: code for kind, code in EXIT_CODES.items()}
    assert {kind: int(code) for code, kind in rows if kind} == expected
    assert {int(code) for code, kind in rows if not kind} == {0, EXIT_BAD_NEWS, EXIT_USAGE}
