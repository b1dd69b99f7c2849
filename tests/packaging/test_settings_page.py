"""docs/settings.md names every setting, with the default and the range that the code has."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from service.settings import Settings, SettingsInvalid, load_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| `TRIAGE_")
    for cells in [[cell.strip() for cell in line.strip("|").split(" | ")]]
}
RANGES = {
    name: (int(found[1]), int(found[2]))
    for name, (_, _, allowed) in ROWS.items()
    if (found := re.fullmatch(r"(\d+) to (\d+)", allowed))
}


def accepts(name, value):
    try:
        load_settings({name: value})
    except SettingsInvalid:
        return False
    return True


def test_the_page_and_the_code_name_the_same_settings():
    assert set(ROWS) == {f"TRIAGE_{field.name.upper()}" for field in fields(Settings)}


def test_the_page_gives_every_default():
    defaults = load_settings({})
    for field in fields(Settings):
        if field.name not in ("rules_path", "examples_path"):  # where they are depends on where the package is
            said = ROWS[f"TRIAGE_{field.name.upper()}"][1].strip("`")
            value = getattr(defaults, field.name)
            as_is = str(value).lower() if isinstance(value, bool) or value is None else str(value)
            assert said == (as_is or "empty"), field.name


def test_every_number_has_a_range_on_the_page():
    assert set(RANGES) == {f"TRIAGE_{f.name.upper()}" for f in fields(Settings) if type(f.default) is int}


@pytest.mark.parametrize("name", RANGES)
def test_the_ranges_on_the_page_are_those_of_the_code(name):
    least, most = RANGES[name]
    judged = {value: accepts(name, str(value)) for value in (least - 1, least, most, most + 1)}
    assert judged == {least - 1: False, least: True, most: True, most + 1: False}


def test_the_log_levels_on_the_page_are_accepted_and_others_are_not():
    levels = re.findall(r"`(\w+)`", ROWS["TRIAGE_LOG_LEVEL"][2])
    assert levels
    assert all(accepts("TRIAGE_LOG_LEVEL", level) for level in levels)
    assert not accepts("TRIAGE_LOG_LEVEL", "TRACE")
