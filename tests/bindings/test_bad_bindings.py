"""Every file in tests/bindings/bad is refused at the line and column, and in the words, of its own `#>` lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bindings.conftest import PAGE, example

from service.ruleset.bindings.checks import AGAINST, CHECKS, READING
from service.ruleset.bindings.load import load_bindings, read_bindings
from service.ruleset.load import RuleSetInvalid
from service.triage.model import RuleSet

Rules = tuple[RuleSet, ...]
BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


def expected(bad: Path) -> list[str]:
    lines = bad.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("#> ") for line in lines if line.startswith("#> ")]


def found(path: Path, rules: Rules) -> list[str]:
    return [f"[{problem.check}] {problem.text}" for problem in read_bindings(path, rules)[1]]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.stem)
def test_a_bad_binding_is_refused_at_its_place_and_in_words(bad: Path, tiny_rules: Rules) -> None:
    assert found(bad, tiny_rules) == expected(bad)
    assert expected(bad), "a bad binding says what is wrong with it"


def test_every_check_has_a_bad_binding_and_is_described() -> None:
    shown = {line.split("]")[0].removeprefix("[") for bad in BAD for line in expected(bad)}
    ids = [name for name, _ in CHECKS]
    assert set(ids) - shown == {"repeated-questionnaire"}, "shown below"
    text = PAGE.read_text("utf-8")
    assert [name for name in (*ids, *READING, AGAINST) if f"`{name}`" not in text] == []
    modules = {Path(check.__code__.co_filename).stem for _, check in CHECKS}
    assert len(modules) == len(CHECKS)


def test_bindings_are_refused_with_every_fault_of_every_file(tmp_path: Path, tiny_rules: Rules) -> None:
    two = [bad for bad in BAD if bad.stem in ("dangling_ids", "unreadable")]
    for bad in two:
        shutil.copy(bad, tmp_path / bad.name)
    with pytest.raises(RuleSetInvalid) as caught:
        load_bindings(tmp_path, tiny_rules)
    assert len(caught.value.problems) == sum(len(expected(bad)) for bad in two)


def pair(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    folder = tmp_path / "both"
    folder.mkdir()
    second = example()
    for old, new in changes:
        assert old in second
        second = second.replace(old, new)
    (folder / "a.yaml").write_text(example(), "utf-8")
    (folder / "b.yaml").write_text(second, "utf-8")
    return folder


def test_two_bindings_of_one_questionnaire(tmp_path: Path, rule_sets: Rules) -> None:
    assert found(pair(tmp_path), rule_sets) == [
        "[repeated-questionnaire] both/b.yaml:1:5: “example-hospital-intake” is the id of another active binding, "
        "in both/a.yaml. Rename one, or retire one.",
        "[repeated-questionnaire] both/b.yaml:8:16: This questionnaire is bound in both/a.yaml, too. "
        "Retire one of the two, or give each the “versions” that it holds for.",
    ]


@pytest.mark.parametrize(
    ("changes", "served"),
    [
        ([("id: example-hospital-intake", "id: another"), ('["2.1"]', '["2.2"]')], 2),
        ([("status: active", "status: retired")], 1),
        ([("status: active", "status: draft")], 1),
    ],
)
def test_bindings_side_by_side(tmp_path: Path, rule_sets: Rules, changes: list[tuple[str, str]], served: int) -> None:
    assert len(load_bindings(pair(tmp_path, *changes), rule_sets)) == served


def test_a_folder_without_a_binding(tmp_path: Path, rule_sets: Rules) -> None:
    empty = tmp_path / "none"
    said = "Add one, written as docs/writing-bindings.md says."
    assert found(empty, rule_sets)[0].endswith(f"none:1:1: There is no such file or folder. {said}")
    empty.mkdir()
    assert found(empty, rule_sets)[0].endswith(f"none:1:1: The folder holds no binding. {said}")
    (empty / "a.yaml").write_text("", "utf-8")
    assert found(empty, rule_sets) == [
        "[unreadable] none/a.yaml:1:1: The file is empty. Fill it as docs/writing-bindings.md says."
    ]


def test_the_example_of_the_page_is_whole(tmp_path: Path, rule_sets: Rules) -> None:
    (tmp_path / "example.yaml").write_text(example(), "utf-8")
    (binding,) = load_bindings(tmp_path, rule_sets)
    assert binding.canonicals == ("https://hospital.example/fhir/Questionnaire/neuro-intake|2.1",)
