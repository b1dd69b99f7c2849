"""No criterion changes without a new version: what the lock notices, and when it may be written anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.ruleset.load import RuleSetInvalid, check_rule_set, load_rule_set, lock_rule_set
from service.ruleset.lock import digest_of

Make = Callable[..., Path]
Edit = Callable[[str, str, str], None]
EMERGENCY, URGENT, ROUTINE = (f"criteria/{level}.yaml" for level in ("emergency", "urgent", "routine"))
RUN = "Run: numbness-triage check --update-lock."
CHANGED = (
    "tiny/criteria/emergency.yaml:1:3: The criterion “weak-limb” is not what was locked as version 1. "
    "Write “version: 2” in the criterion, then run: numbness-triage check --update-lock."
)
SET_KEPT = (
    "tiny/ruleset.yaml:2:10: The rule set is still version 0.1.0, but criteria changed: {}. "
    "Write a higher version, then run: numbness-triage check --update-lock."
)


@pytest.fixture
def locked(tiny_with: Make) -> Path:
    """A copy of the tiny rule set that is active and locked."""
    folder = tiny_with({})
    change(folder, "ruleset.yaml", "status: draft", "status: active")
    lock_rule_set(folder)
    assert check_rule_set(folder) == []
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder: Path) -> list[str]:
    return [problem.text for problem in check_rule_set(folder)]


def lock_of(folder: Path) -> Any:
    return json.loads((folder / "lock.json").read_text(encoding="utf-8"))


def test_the_lock_holds_version_and_digest_of_every_criterion(locked: Path) -> None:
    criteria = load_rule_set(locked).criteria
    assert lock_of(locked) == {
        "version": "0.1.0",
        "criteria": {criterion.id: {"version": 1, "digest": digest_of(criterion)} for criterion in criteria},
    }
    assert list(lock_of(locked)["criteria"]) == sorted(criterion.id for criterion in criteria)
    assert (locked / "lock.json").read_bytes().endswith(b"}\n")


def test_the_lock_is_no_part_of_the_digest_of_the_rule_set(locked: Path) -> None:
    digest = load_rule_set(locked).digest
    (locked / "lock.json").unlink()
    assert load_rule_set(locked).digest == digest


def test_an_active_rule_set_needs_a_lock_and_a_draft_does_not(locked: Path) -> None:
    (locked / "lock.json").unlink()
    assert found(locked) == [f"tiny/ruleset.yaml:3:9: An active rule set needs a lock.json, and there is none. {RUN}"]
    change(locked, "ruleset.yaml", "status: active", "status: draft")
    assert found(locked) == []


def test_a_draft_that_is_locked_is_held_to_it(locked: Path) -> None:
    change(locked, "ruleset.yaml", "status: active", "status: draft")
    change(locked, EMERGENCY, "tell: Weakness with numbness.", "tell: Weakness.")
    assert found(locked) == [CHANGED, SET_KEPT.format("weak-limb")]


DECISIVE = [
    (EMERGENCY, "{item: numb, is: true}, {item: weak, is: true}", "{item: weak, is: true}"),
    (EMERGENCY, "suspects: [nerve]", "suspects: []"),
    (EMERGENCY, "tell: Weakness with numbness.", "tell: Weakness."),
    (EMERGENCY, "{D0-E1: emergency, D0-W1: unstated}", "{D0-E1: emergency, D0-W1: unstated, D0-R2: routine}"),
    (EMERGENCY, "suspects: [nerve]", "tests: [{test: scan, sources: [D0-T1], basis: stated}]\n  suspects: [nerve]"),
    ("qualifiers.yaml", "when: {item: weak-onset, is: gradual}", "when: {item: weak-onset, is_any: [gradual]}"),
]
"""Changes of the first criterion that a decision, or what the person is told, depends on."""


@pytest.mark.parametrize(("file", "old", "new"), DECISIVE)
def test_a_criterion_may_not_change_under_its_version(file: str, old: str, new: str, locked: Path) -> None:
    change(locked, file, old, new)
    problems = check_rule_set(locked)
    assert CHANGED in [problem.text for problem in problems]
    assert {problem.check for problem in problems} == {"unraised-version"}
    before = (locked / "lock.json").read_bytes()
    with pytest.raises(RuleSetInvalid) as caught:
        lock_rule_set(locked)
    assert CHANGED in [problem.text for problem in caught.value.problems]
    assert (locked / "lock.json").read_bytes() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (EMERGENCY, "title: A weak limb", "title: A limb that is weak"),
        (EMERGENCY, "basis: stated", "basis: reconciled\n  why: A reason."),
        (EMERGENCY, "settles: [CF-1, UN-1]", "settles: [CF-1]"),
        (EMERGENCY, "- id: weak-limb", "# A comment.\n- id: weak-limb"),
        ("notices.yaml", "Ask someone.", "Ask anyone."),
        ("cases.yaml", "Nothing is numb.", "All is well."),
    ],
)
def test_what_no_decision_depends_on_may_change(file: str, old: str, new: str, locked: Path) -> None:
    change(locked, file, old, new)
    assert found(locked) == []


def test_a_higher_version_is_locked_and_told(locked: Path) -> None:
    change(locked, EMERGENCY, "tell: Weakness with numbness.", "tell: Weakness.\n  version: 2")
    change(locked, "ruleset.yaml", '"0.1.0"', '"0.2.0"')
    assert found(locked) == [
        f"tiny/criteria/emergency.yaml:1:3: The criterion “weak-limb” is version 2, but lock.json has version 1. {RUN}",
        f"tiny/lock.json:2:14: lock.json is of version 0.1.0 of the rule set, which is now 0.2.0. {RUN}",
    ]
    assert lock_rule_set(locked) == ["rule set: 0.1.0 to 0.2.0", "weak-limb: raised, version 1 to 2"]
    assert found(locked) == []
    assert lock_of(locked)["criteria"]["weak-limb"]["version"] == 2
    assert lock_rule_set(locked) == []


def test_the_rule_set_must_have_a_new_version_too(locked: Path) -> None:
    change(locked, EMERGENCY, "tell: Weakness with numbness.", "tell: Weakness.\n  version: 2")
    assert SET_KEPT.format("weak-limb") in found(locked)
    with pytest.raises(RuleSetInvalid) as caught:
        lock_rule_set(locked)
    assert [problem.text for problem in caught.value.problems] == [SET_KEPT.format("weak-limb")]


def test_a_criterion_that_is_new_or_gone_is_noticed(locked: Path) -> None:
    change(locked, ROUTINE, "id: any-numbness", "id: all-numbness")
    cases = (locked / "cases.yaml").read_text(encoding="utf-8")
    (locked / "cases.yaml").write_text(cases.replace("any-numbness", "all-numbness"), encoding="utf-8")
    gone = "The criterion “any-numbness” is in lock.json, but no longer in the rules."
    assert found(locked) == [
        f"tiny/criteria/routine.yaml:8:3: The criterion “all-numbness” is not in lock.json. {RUN}",
        f"tiny/lock.json:4:5: {gone} {RUN}",
        SET_KEPT.format("all-numbness, any-numbness"),
    ]
    change(locked, "ruleset.yaml", '"0.1.0"', '"1.0.0"')
    assert lock_rule_set(locked) == [
        "rule set: 0.1.0 to 1.0.0",
        "all-numbness: new, version 1",
        "any-numbness: gone, version 1",
    ]
    assert found(locked) == []


def test_versions_do_not_go_down(locked: Path) -> None:
    change(locked, EMERGENCY, "level: emergency", "level: emergency\n  version: 2")
    change(locked, "ruleset.yaml", '"0.1.0"', '"0.10.0"')
    lock_rule_set(locked)
    change(locked, EMERGENCY, "version: 2", "version: 1")
    change(locked, "ruleset.yaml", '"0.10.0"', '"0.9.0"')
    assert [problem.text for problem in check_rule_set(locked) if problem.check == "unraised-version"] == [
        "tiny/criteria/emergency.yaml:4:12: The criterion “weak-limb” is version 1, but version 2 is locked. "
        "Write “version: 3” in the criterion, then run: numbness-triage check --update-lock.",
        "tiny/ruleset.yaml:2:10: The rule set is version 0.9.0, but 0.10.0 is locked. "
        "Write a higher version, then run: numbness-triage check --update-lock.",
    ]


def test_the_lock_of_faulty_rules_is_not_written(locked: Path) -> None:
    (locked / "lock.json").unlink()
    change(locked, "cases.yaml", "silent: [weak-limb]", "silent: []")
    with pytest.raises(RuleSetInvalid) as caught:
        lock_rule_set(locked)
    assert [problem.check for problem in caught.value.problems] == ["missing-case"]
    assert not (locked / "lock.json").exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            '{"version": "1", "criteria": {}}',
            ["1:13: “version” must be a version of three numbers. Take lock.json as it was written."],
        ),
        (
            '{"version": "1.0.0", "criteria": {"a": {"version": 0, "digest": "0"}}}',
            [
                "1:52: “version” must be a whole number from 1. Write it like 2, without quotes.",
                "1:65: “digest” must be a SHA-256. Take lock.json as it was written.",
            ],
        ),
        (
            '{"version": "1.0.0", "version": "1.0.1", "criteria": {}}',
            ["1:22: The key “version” is repeated; it first stands in line 1. Keep one of the two."],
        ),
    ],
)
def test_a_lock_that_was_spoilt_is_not_written_over(content: str, expected: list[str], locked: Path) -> None:
    (locked / "lock.json").write_text(content, encoding="utf-8")
    assert found(locked) == [f"tiny/lock.json:{one}" for one in expected]
    with pytest.raises(RuleSetInvalid):
        lock_rule_set(locked)
    assert (locked / "lock.json").read_text(encoding="utf-8") == content
    assert load_rule_set(locked).id == "tiny"
