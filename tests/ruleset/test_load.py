"""A folder of rules becomes a rule set, or every problem of all its files at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.ruleset.folder import RULE_FILES
from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set
from service.triage.model import Evidence, Level, Source
from service.triage.questions import AtLeast, Coding, Is

Make = Callable[..., Path]


def test_the_tiny_rule_set_has_no_problem(tiny: Path) -> None:
    assert check_rule_set(tiny) == []


def test_what_the_files_say_is_in_the_rule_set(tiny: Path) -> None:
    rules = load_rule_set(tiny)
    assert (rules.id, rules.version, rules.open_floor) == ("tiny", "0.1.0", Level.ROUTINE)
    assert [criterion.id for criterion in rules.criteria] == [
        "weak-limb",
        "numb-all-over",
        "gradual-weakness",
        "any-numbness",
    ]
    assert list(rules.items) == ["numb", "weak", "weak-onset", "site", "feels"]
    assert rules.items["weak-onset"].asked_when == (Is("weak", "is", (True,)),)
    assert rules.items["feels"].concern is False
    assert rules.levels[Level.SELF_CARE].do == "Rest."
    assert rules.categories["imaging"] == Coding("http://snomed.info/sct", "363679005", "Imaging")
    assert rules.statements["CF-1"].kind == "CF"
    assert rules.statements["D0-E1"].kind == "E"


def test_a_criterion_knows_its_place_and_its_qualifiers(tiny: Path) -> None:
    first, second = load_rule_set(tiny).criteria[:2]
    assert first.place == "tiny/criteria/emergency.yaml:1:3"
    assert [qualifier.id for qualifier in first.unless] == ["came-gradually"]
    assert first.sources == (Source("D0-E1", "emergency"), Source("D0-W1", "unstated"))
    assert second.when == AtLeast(2, (Is("site", "includes", ("foot",)), Is("site", "includes", ("hand",))))


def test_a_qualifier_named_in_a_condition_is_replaced_by_its_condition(tiny: Path) -> None:
    rules = load_rule_set(tiny)
    assert rules.criteria[2].when == rules.qualifiers[0].when
    assert rules.notices[1].when == rules.qualifiers[0].when


def test_a_substance_is_evidence_of_its_condition(tiny: Path) -> None:
    evidence = load_rule_set(tiny).conditions["nerve"].evidence
    assert [pattern.title for pattern in evidence] == ["A numb foot", "Poison"]
    assert evidence[1] == Evidence("Poison", Is("feels", "is", (False,)), Level.URGENT, ("D0-M1",))
    assert evidence[0].level is Level.ROUTINE


def test_the_digest_is_of_the_rules_and_not_of_the_cases(tiny: Path, tiny_with: Make) -> None:
    digest = load_rule_set(tiny).digest
    assert len(digest) == 64
    assert load_rule_set(tiny_with({"cases.yaml": "[]"})).digest == digest
    notices = (tiny / "notices.yaml").read_text() + "# more\n"
    assert load_rule_set(tiny_with({"notices.yaml": notices})).digest != digest


def test_the_same_files_make_an_equal_rule_set(tiny: Path, tiny_with: Make) -> None:
    assert dataclasses.asdict(load_rule_set(tiny)) == dataclasses.asdict(load_rule_set(tiny_with({})))


def test_all_problems_of_all_files_come_at_once_and_sorted(tiny_with: Make) -> None:
    files = {
        "notices.yaml": "- {id: a, text: yes, sources: [UN-1]}",
        "criteria/self-care.yaml": "- {id: x}\n",
        "qualifiers.yaml": None,
        "substances.yaml": "- {id: s, title: s, when: {item: num, is: true}, suspects: nerves, sources: [D0-M1]}",
        "criteria/urgent.yml": "[]",
    }
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_set(tiny_with(files))
    assert [problem.where for problem in caught.value.problems] == [
        *["tiny/criteria/self-care.yaml:1:3"] * 6,
        "tiny/criteria/urgent.yml:1:1",
        "tiny/notices.yaml:1:17",
        "tiny/qualifiers.yaml:1:1",
        "tiny/substances.yaml:1:34",
        "tiny/substances.yaml:1:60",
    ]
    assert str(caught.value).splitlines()[-1] == (
        "tiny/substances.yaml:1:60: There is no condition “nerves”. "
        "Did you mean “nerve”? Name one of conditions.yaml, or add it there."
    )


def test_lines_are_sorted_as_numbers(tiny_with: Make) -> None:
    terms = "".join(f'a{n}: {{system: s, code: "1", display: d, confidence: 9}}\n' for n in range(11))
    found = [problem.where.split(":")[1] for problem in check_rule_set(tiny_with({"terminology.yaml": terms}))]
    assert found == [str(n) for n in range(1, 12)]


@pytest.mark.parametrize("name", RULE_FILES)
def test_a_missing_file_is_named_and_nothing_else_is_blamed(name: str, tiny_with: Make) -> None:
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_set(tiny_with({name: None}))
    assert [problem.text for problem in caught.value.problems] == [
        f"tiny/{name}:1:1: The file is missing. Add it, and fill it as docs/writing-rules.md says."
    ]


def test_a_folder_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_set(tmp_path / "nowhere")
    told = [problem.text for problem in caught.value.problems]
    assert told == ["nowhere:1:1: There is no such folder. Name the folder of a rule set."]


def test_an_id_may_not_be_repeated_in_another_file(tiny: Path, tiny_with: Make) -> None:
    urgent = (tiny / "criteria/urgent.yaml").read_text().replace("numb-all-over", "any-numbness")
    with pytest.raises(RuleSetInvalid) as caught:
        load_rule_set(tiny_with({"criteria/urgent.yaml": urgent}))
    assert [problem.text for problem in caught.value.problems] == [
        "tiny/criteria/urgent.yaml:1:7: The criterion “any-numbness” is already defined at "
        "tiny/criteria/routine.yaml:8:7. Give one of the two another id, or remove it."
    ]


TEXT = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(alphabet="aA01:-#{}[]&*!|>'\"\\%@`?~=<,. \n\t", max_size=60).map(str.encode),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["ruleset.yaml", "notices.yaml", "terminology.yaml", "criteria/urgent.yaml"]), content=TEXT)
def test_no_text_raises_anything_but_rule_set_invalid(name: str, content: bytes, tiny_with: Make) -> None:
    folder = tiny_with({name: content})
    try:
        load_rule_set(folder)
    except RuleSetInvalid as invalid:
        assert invalid.problems


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_good_file_raises_anything_but_rule_set_invalid(
    data: st.DataObject, tiny: Path, tiny_with: Make
) -> None:
    name = data.draw(st.sampled_from(RULE_FILES))
    text = (tiny / name).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    patch = data.draw(
        st.sampled_from(
            ["", "key", "value: 1", "[]", "{}", "{_schema: {value: {key: 1}}}", "~", "- ", "\n", "1", "true"]
        )
    )
    try:
        load_rule_set(tiny_with({name: text[:start] + patch + text[end:]}))
    except RuleSetInvalid as invalid:
        assert all(problem.where.count(":") == 2 for problem in invalid.problems)
