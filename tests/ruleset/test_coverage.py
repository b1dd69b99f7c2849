"""What the cases cover, as a table, and what they leave out by place and in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from service.cli import main
from service.ruleset.cases import load_cases
from service.ruleset.coverage import Row, coverage, overall, table
from service.ruleset.load import load_whole

Make = Callable[..., Path]

THOROUGH = (Path(__file__).parent / "thorough.yaml").read_text("utf-8")
ONE_CASE = """
- id: weak
  says: "Weak, and nothing else was answered."
  others: unanswered
  answers: {numb: true, weak: true}
  expect: {level: emergency, fires: [weak-limb], asked_by: {blood: [nerve]}}
"""


def rows_of(folder: Path) -> tuple[Row, ...]:
    whole = load_whole(folder)
    return coverage(whole, load_cases(folder, whole.rule_set))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["cases", *map(str, arguments)])


def test_the_table_of_cases_that_cover_everything(tiny_with: Make) -> None:
    done = run(tiny_with({"cases.yaml": THOROUGH}), "--threshold", "100")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "criteria that fire          4 of  4  100 %\n"
        "criteria kept silent        4 of  4  100 %\n"
        "single conditions true     10 of 10  100 %\n"
        "single conditions false    10 of 10  100 %\n"
        "single conditions unknown  10 of 10  100 %\n"
        "suspected conditions        1 of  1  100 %\n"
        "tests                       2 of  2  100 %\n"
        "notices                     2 of  2  100 %\n"
        "all                        43 of 43  100 %\n"
        "11 cases passed, 0 failed\n"
    )


def test_the_table_of_one_case(tiny_with: Make) -> None:
    assert table(rows_of(tiny_with({"cases.yaml": ONE_CASE}))) == (
        "criteria that fire          1 of  4   25 %\n"
        "criteria kept silent        0 of  4    0 %\n"
        "single conditions true      3 of 10   30 %\n"
        "single conditions false     0 of 10    0 %\n"
        "single conditions unknown   7 of 10   70 %\n"
        "suspected conditions        1 of  1  100 %\n"
        "tests                       1 of  2   50 %\n"
        "notices                     0 of  2    0 %\n"
        "all                        13 of 43   30 %"
    )


def test_what_is_missing_is_told_by_its_place(tiny_with: Make) -> None:
    missing = {row.title: row.missing for row in rows_of(tiny_with({"cases.yaml": ONE_CASE}))}
    assert missing["criteria that fire"] == (
        "tiny/criteria/urgent.yaml:1:3: No case expects criterion “numb-all-over” to fire.",
        "tiny/criteria/routine.yaml:1:3: No case expects criterion “gradual-weakness” to fire.",
        "tiny/criteria/routine.yaml:8:3: No case expects criterion “any-numbness” to fire.",
    )
    assert missing["single conditions true"] == (
        "tiny/qualifiers.yaml:3:9: In no case is “weak-onset is gradual” true.",
        "tiny/criteria/routine.yaml:11:40: In no case is “site includes any of foot, hand” true.",
        "tiny/criteria/urgent.yaml:4:28: In no case is “site includes foot” true.",
        "tiny/criteria/urgent.yaml:4:58: In no case is “site includes hand” true.",
        "tiny/conditions.yaml:7:13: In no case is “site includes foot” true.",
        "tiny/substances.yaml:3:9: In no case is “feels is false” true.",
        "tiny/tests.yaml:4:43: In no case is “feels is true” true.",
    )
    assert missing["tests"] == ("tiny/tests.yaml:1:3: No case expects test “scan” to be proposed.",)
    assert missing["notices"] == (
        "tiny/notices.yaml:1:3: No case expects notice “always” to be given.",
        "tiny/notices.yaml:4:3: No case expects notice “slow” to be given.",
    )


def test_each_row_must_reach_the_threshold(tiny_with: Make) -> None:
    folder = tiny_with({"cases.yaml": THOROUGH.replace("notices: [slow, always]", "notices: [slow]")})
    rows = rows_of(folder)
    assert overall(rows).percent == 97
    done = run(folder, "--threshold", "97")
    assert done.exit_code == 1
    assert done.stderr == (
        "tiny/notices.yaml:1:3: No case expects notice “always” to be given.\nnotices: 50 %, below 97 %\n"
    )
    assert done.stdout.endswith("all                        42 of 43   97 %\n11 cases passed, 0 failed\n")
    assert run(folder, "--threshold", "50").exit_code == 0


def test_without_a_threshold_nothing_is_asked_for(tiny_with: Make) -> None:
    done = run(tiny_with({"cases.yaml": ONE_CASE}))
    assert (done.exit_code, done.stderr) == (0, "")


def test_what_fails_is_bad_news_whatever_is_covered(tiny_with: Make) -> None:
    done = run(tiny_with({"cases.yaml": THOROUGH.replace("level: self-care", "level: urgent")}), "--threshold", "100")
    assert done.exit_code == 1
    assert done.stderr == (
        "tiny/cases.yaml:30:3: Case “weak-but-not-numb”: "
        "expected level urgent, but it was self-care; what fired: nothing.\n"
    )
    assert done.stdout.endswith("\n10 cases passed, 1 failed\n")


def test_a_condition_that_nothing_points_to_is_not_asked_for(tiny_with: Make, tiny: Path) -> None:
    unreachable = "- {code: ghost, title: A ghost, sources: [D0-C1], unreachable: Only named.}\n"
    conditions = (tiny / "conditions.yaml").read_text("utf-8") + unreachable
    rows = {row.title: row for row in rows_of(tiny_with({"conditions.yaml": conditions, "cases.yaml": THOROUGH}))}
    assert (rows["suspected conditions"].total, rows["suspected conditions"].missing) == (1, ())


def test_nothing_to_cover_is_covered() -> None:
    assert Row("notices", 0, ()).percent == 100
