"""Every file in tests/bad_rules is refused at the line and column, and in the words, that stand in its own comments.

The first line names the file of the tiny rule set that it takes the place of; every `#>` line is one expected problem.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set

BAD = sorted((Path(__file__).parents[1] / "bad_rules").glob("*.yaml"))


def replaced(bad: Path) -> str:
    return bad.read_text(encoding="utf-8").splitlines()[0].removeprefix("# instead of: ")


def expected(bad: Path) -> list[str]:
    lines = bad.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("#> ") for line in lines if line.startswith("#> ")]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.stem)
def test_a_bad_file_is_refused_at_its_place_and_in_words(bad: Path, tiny_with: Callable[..., Path]) -> None:
    folder = tiny_with({replaced(bad): bad.read_bytes()})
    assert [problem.text for problem in check_rule_set(folder)] == expected(bad)
    assert expected(bad), "a bad file says what is wrong with it"


BAD_RULES = [bad for bad in BAD if replaced(bad) != "cases.yaml"]
"""Without the bad cases, which are no part of the rule set."""


@pytest.mark.parametrize("bad", BAD_RULES, ids=lambda bad: bad.stem)
def test_a_bad_file_is_not_loaded(bad: Path, tiny_with: Callable[..., Path]) -> None:
    with pytest.raises(RuleSetInvalid):
        load_rule_set(tiny_with({replaced(bad): bad.read_bytes()}))


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.stem)
def test_every_problem_has_a_place_and_a_remedy(bad: Path, tiny_with: Callable[..., Path]) -> None:
    for problem in check_rule_set(tiny_with({replaced(bad): bad.read_bytes()})):
        file, line, column = problem.where.split(":")
        assert file.startswith("tiny/")
        assert int(line) >= 1
        assert int(column) >= 1
        assert problem.message.endswith((".", "”"))
        assert problem.remedy.endswith(".")
