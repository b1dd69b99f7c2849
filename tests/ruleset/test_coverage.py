"""What the cases cover, and what they leave out by name and place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from service.cli import main
from service.ruleset.cases import load_cases
from service.ruleset.coverage import coverage, overall, table
from service.ruleset.load import load_whole

Make = Callable[..., Path]

ONE_CASE = b"""- id: weak
  says: Numb and weak, nothing else.
  others: unanswered
  answers: {numb: true, weak: true}
  expect: {level: emergency, fires: [weak-limb]}
"""


def test_each_row_counts_what_a_case_shows(tiny_with: Make) -> None:
    folder = tiny_with({"cases.yaml": ONE_CASE})
    whole = load_whole(folder)
    rows = {row.title: row for row in coverage(whole, load_cases(folder, whole.rule_set))}
    fired = rows["criteria that fire"]
    assert (fired.seen, fired.total) == (1, len(whole.rule_set.criteria))
    assert fired.percent == 100 // fired.total
    assert rows["criteria kept silent"].seen == 0
    assert rows["single conditions true"].seen >= 1
    assert rows["notices"].percent in (0, 100)


def test_what_is_missing_is_named_with_its_place(tiny_with: Make) -> None:
    folder = tiny_with({"cases.yaml": ONE_CASE})
    whole = load_whole(folder)
    missing = overall(coverage(whole, load_cases(folder, whole.rule_set))).missing
    other = next(criterion for criterion in whole.rule_set.criteria if criterion.id != "weak-limb")
    assert f"{other.place}: No case expects criterion “{other.id}” to fire." in missing
    assert any("In no case is “" in text and text.endswith("” false.") for text in missing)


def test_the_table_ends_with_all_of_it(tiny_with: Make) -> None:
    folder = tiny_with({})
    whole = load_whole(folder)
    rows = coverage(whole, load_cases(folder, whole.rule_set))
    *_, last = table(rows).splitlines()
    all_of_it = overall(rows)
    assert last.split() == ["all", str(all_of_it.seen), "of", str(all_of_it.total), str(all_of_it.percent), "%"]


def test_a_threshold_that_is_missed_is_bad_news(tiny_with: Make) -> None:
    folder = tiny_with({"cases.yaml": ONE_CASE})
    missed = CliRunner().invoke(main, ["cases", str(folder), "--threshold", "100"])
    assert missed.exit_code == 1
    assert "criteria kept silent: 0 %, below 100 %\n" in missed.stderr
    assert missed.stdout.endswith("1 cases passed, 0 failed\n")
    assert CliRunner().invoke(main, ["cases", str(folder), "--threshold", "0"]).exit_code == 0
