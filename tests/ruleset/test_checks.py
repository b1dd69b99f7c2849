"""A fault is planted for every check in a copy of the tiny rule set, and found at its place and in its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ruleset.test_bad_rules import BAD, replaced

from service.ruleset.build import build
from service.ruleset.checks import BESIDE, OF_THE_FILES, OF_THE_WHOLE, READING, SEVERITY, Severity, closed_red_flags
from service.ruleset.folder import read_folder
from service.ruleset.load import check_rule_set, load_rule_set
from service.ruleset.possible import LARGEST, possible_facts
from service.ruleset.whole import Whole
from service.triage.questions import AllOf, Is

Make = Callable[..., Path]
EMERGENCY, URGENT, ROUTINE = (f"criteria/{level}.yaml" for level in ("emergency", "urgent", "routine"))
SLOW = "when: {qualifier: came-gradually}"
WORDS = " ".join(["word"] * 20)
FAULTS: list[tuple[str, str, str, str, list[str]]] = [
    (
        "never-fires",
        ROUTINE,
        SLOW,
        "when: {all: [{item: weak-onset, is: gradual}, {item: weak-onset, is: sudden}]}",
        [
            "criteria/routine.yaml:4:9: The criterion “gradual-weakness” can never fire: no answers meet its “when”. "
            "Correct it: a question that takes one answer cannot have two, nor be asked after another."
        ],
    ),
    (
        "never-fires",
        ROUTINE,
        SLOW,
        "when: {all: [{item: weak, is: false}, {item: weak-onset, is: sudden}]}",
        [
            "criteria/routine.yaml:4:9: The criterion “gradual-weakness” can never fire: no answers meet its “when”. "
            "Correct it: a question that takes one answer cannot have two, nor be asked after another."
        ],
    ),
    (
        "never-fires",
        EMERGENCY,
        "when: {all: [{item: numb, is: true}, {item: weak, is: true}]}",
        "when: {all: [{item: numb, is: true}, {item: weak-onset, is_any: [gradual]}]}",
        [
            "criteria/emergency.yaml:5:11: The criterion “weak-limb” can never fire: whenever its “when” is met, "
            "“came-gradually” holds. Remove the qualifier, or widen “when”."
        ],
    ),
    (
        "shadowed-criterion",
        ROUTINE,
        SLOW,
        "when: {item: numb, is: true}",
        [
            "criteria/routine.yaml:1:3: The criterion “gradual-weakness” adds nothing: whenever it fires, so does "
            "“any-numbness” (routine), with all that it suspects and asks for. "
            "Remove it, or give it a condition, a suspicion, a test or a level of its own."
        ],
    ),
    (
        "shadowed-criterion",
        ROUTINE,
        SLOW,
        "when: {any: [{item: site, includes: foot}, {item: site, includes: hand}, {item: numb, is: true}]}",
        [
            "criteria/routine.yaml:8:3: The criterion “any-numbness” adds nothing: whenever it fires, so does "
            "“gradual-weakness” (routine), with all that it suspects and asks for. "
            "Remove it, or give it a condition, a suspicion, a test or a level of its own."
        ],
    ),
    (
        "closed-red-flag",
        "ruleset.yaml",
        "open_floor: routine",
        "open_floor: emergency",
        [
            "criteria/emergency.yaml:4:9: The red flag “weak-limb” has no unknown branch: with no answer at all numb, "
            "weak would not be reported open. Unanswered is not “no”: set “open_floor” in ruleset.yaml below emergency."
        ],
    ),
    (
        "unreachable-condition",
        "conditions.yaml",
        "- code: nerve",
        "- {code: vessel, title: A vessel, sources: [D0-C1]}\n- code: nerve",
        [
            "conditions.yaml:1:10: Nothing points to the condition “vessel”: no criterion, no evidence, no substance. "
            "Add evidence, or say under “unreachable” why there is none."
        ],
    ),
    (
        "unreachable-condition",
        "conditions.yaml",
        "codings: [numbness]",
        "unreachable: Nobody asks.",
        [
            "conditions.yaml:3:3: The condition “nerve” is said to be unreachable, but something points to it. "
            "Remove “unreachable”."
        ],
    ),
    (
        "unasked-test",
        "tests.yaml",
        "- {code: blood",
        "- {code: urine, title: Urine, category: laboratory, sources: [D0-T1]}\n- {code: blood",
        [
            "tests.yaml:6:10: Nothing asks for the test “urine”: no criterion, no condition that can be suspected. "
            "Let one ask for it under “tests”, or remove it."
        ],
    ),
    (
        "unread-question",
        "items.yaml",
        "      - {id: feels,",
        '      - {id: itch, type: boolean, text: "Itchy?", label: itch}\n      - {id: feels,',
        [
            "items.yaml:24:14: No rule reads the question “itch”. Name it in a condition, or do not ask it.",
        ],
    ),
    (
        "unnamed-qualifier",
        "qualifiers.yaml",
        "- id: came-gradually",
        "- {id: rare, title: Rare, when: {item: feels, is: true}, lowers: {from: urgent, to: routine}, "
        "sources: {D0-R1: routine}, basis: stated}\n- id: came-gradually",
        [
            "qualifiers.yaml:1:8: Nothing names the qualifier “rare”. Name it under “unless” of a criterion, "
            "or remove it."
        ],
    ),
    (
        "missing-source",
        "tests.yaml",
        "codings: [], sources: [D0-T1]",
        "codings: [], sources: [UN-1, TM-1]",
        ["tests.yaml:6:82: No statement of a document stands behind this, only UN-1, TM-1. Name one, such as D0-E11."],
    ),
    (
        "missing-source",
        EMERGENCY,
        "sources: {D0-E1: emergency, D0-W1: unstated}",
        "sources: {CF-1: none}",
        [
            "catalogue.yaml:1:1: No criterion cites D0-E1, which states “emergency”. "
            "Cite it under “sources” of the criterion that heeds it.",
            "catalogue.yaml:5:1: No criterion cites D0-W1, which states “unstated”. "
            "Cite it under “sources” of the criterion that heeds it.",
            "criteria/emergency.yaml:8:12: No statement of a document stands behind this, only CF-1. "
            "Name one, such as D0-E11.",
        ],
    ),
    (
        "uncited-statement",
        "catalogue.yaml",
        "D0-C1:",
        "D0-S1: {says: Some of it passes}\nD0-C1:",
        [
            "catalogue.yaml:6:1: No criterion cites D0-S1, which states “self-care”. "
            "Cite it under “sources” of the criterion that heeds it."
        ],
    ),
    (
        "missing-case",
        "cases.yaml",
        "fires: [numb-all-over]",
        "fires: []",
        [
            "criteria/urgent.yaml:1:3: The criterion “numb-all-over” has no case that fires it. "
            "Add one to cases.yaml, with its id under “fires”."
        ],
    ),
    (
        "missing-case",
        "cases.yaml",
        "silent: [weak-limb]",
        "silent: []",
        [
            "criteria/emergency.yaml:1:3: The criterion “weak-limb” has no case that keeps it silent. "
            "Add one to cases.yaml, with its id under “silent”."
        ],
    ),
    (
        "uncovered-statement",
        "catalogue.yaml",
        "UN-1:",
        "CF-2: {says: Something else}\nUN-1:",
        ["catalogue.yaml:11:1: No case covers CF-2. Add one to cases.yaml, with the statement under “covers”."],
    ),
    (
        "hard-sentence",
        URGENT,
        "tell: Two places.",
        f"tell: Two places? This sentence is {WORDS}. And {WORDS} end.",
        [
            "criteria/urgent.yaml:7:9: The sentence “This sentence is word word …” has 23 words; more than 22 are hard "
            "to read. Make two of it, or leave out what can be left out."
        ],
    ),
    (
        "hard-sentence",
        "ruleset.yaml",
        "do: Phone.}",
        f"do: Phone now and {WORDS}.}}",
        [
            "ruleset.yaml:11:47: The sentence “Phone now and word word …” has 23 words; more than 22 are hard to read. "
            "Make two of it, or leave out what can be left out."
        ],
    ),
]
"""Check id, file, what stands in it, what is planted instead, and what is found."""


@pytest.fixture
def planted(tiny: Path, tiny_with: Make) -> Callable[[str, str, str], Path]:
    """The tiny rule set with a fault in one file."""

    def plant(file: str, old: str, new: str) -> Path:
        text = (tiny / file).read_text(encoding="utf-8")
        assert old in text
        return tiny_with({file: text.replace(old, new, 1)})

    return plant


@pytest.mark.parametrize(("check", "file", "old", "new", "expected"), FAULTS)
def test_a_planted_fault_is_found(
    check: str, file: str, old: str, new: str, expected: list[str], planted: Callable[[str, str, str], Path]
) -> None:
    problems = check_rule_set(planted(file, old, new))
    assert [problem.text.removeprefix("tiny/") for problem in problems] == expected
    assert check in {problem.check for problem in problems}


def test_every_check_of_the_whole_has_a_planted_fault() -> None:
    of_the_lock = {"unraised-version", "stale-lock"}  # test_lock.py
    assert {name for name, _, _ in OF_THE_WHOLE} == {check for check, *_ in FAULTS} | of_the_lock


def test_every_check_of_the_files_has_a_bad_file(tiny_with: Make) -> None:
    found = {p.check for bad in BAD for p in check_rule_set(tiny_with({replaced(bad): bad.read_bytes()}))}
    assert {name for name, _, _ in OF_THE_FILES} <= found
    assert found <= set(SEVERITY)


def test_every_file_that_cannot_be_read_has_an_id(tiny: Path, tiny_with: Make) -> None:
    broken = tiny_with({"notices.yaml": None, "tests.yaml": "[", "items.yaml": "1", "other.yaml": "[]"})
    assert {problem.check for problem in check_rule_set(broken)} >= set(READING) - {"no-folder"}
    assert [problem.check for problem in check_rule_set(tiny / "nowhere")] == ["no-folder"]


def test_ids_are_given_once_and_described(tiny: Path) -> None:
    ids = [*READING, *BESIDE, *(name for name, _, _ in OF_THE_FILES), *(name for name, _, _ in OF_THE_WHOLE)]
    assert len(ids) == len(set(ids))
    described = (Path(__file__).parents[2] / "docs/writing-rules.md").read_text(encoding="utf-8")
    assert [name for name in ids if f"`{name}`" not in described] == []


def test_each_check_is_a_module_of_its_own() -> None:
    functions = [check for _, check, _ in OF_THE_FILES] + [check for _, check, _ in OF_THE_WHOLE]
    modules = {Path(check.__code__.co_filename).stem for check in functions}
    folder = Path(closed_red_flags.__file__).parent
    assert modules == {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert len(modules) == len(functions)


def test_sense_is_checked_once_the_files_hold_together(tiny: Path, tiny_with: Make) -> None:
    cases = (tiny / "cases.yaml").read_text(encoding="utf-8").replace("silent: [weak-limb]", "silent: [weak-lim]")
    assert {problem.check for problem in check_rule_set(tiny_with({"cases.yaml": cases}))} == {"dangling-id"}


def test_what_makes_no_sense_is_loaded_all_the_same(planted: Callable[[str, str, str], Path]) -> None:
    folder = planted("cases.yaml", "silent: [weak-limb]", "silent: []")
    assert check_rule_set(folder)
    assert load_rule_set(folder).id == "tiny"


def test_a_reason_makes_an_unreachable_condition_good(planted: Callable[[str, str, str], Path]) -> None:
    added = "- {code: vessel, title: A vessel, sources: [D0-C1], unreachable: Nobody asks.}\n- code: nerve"
    assert check_rule_set(planted("conditions.yaml", "- code: nerve", added)) == []


def test_a_test_for_what_cannot_be_suspected_is_never_proposed(tiny: Path, tiny_with: Make) -> None:
    ask = "tests: [{test: urine, sources: [D0-T1], basis: stated}]"
    vessel = "- {code: vessel, title: A vessel, sources: [D0-C1], unreachable: Nobody asks., " + ask + "}\n"
    urine = "- {code: urine, title: Urine, category: laboratory, sources: [D0-T1]}\n"
    files = {"conditions.yaml": vessel, "tests.yaml": urine}
    folder = tiny_with({name: (tiny / name).read_text(encoding="utf-8") + more for name, more in files.items()})
    assert [problem.check for problem in check_rule_set(folder)] == ["unasked-test"]


def test_of_two_equal_criteria_the_later_one_is_needless(planted: Callable[[str, str, str], Path]) -> None:
    same = "when: {any: [{item: site, includes_any: [hand, foot]}, {item: numb, is_any: [true]}]}"
    assert [problem.where for problem in check_rule_set(planted(ROUTINE, SLOW, same))] == [
        "tiny/criteria/routine.yaml:8:3"
    ]


@pytest.mark.parametrize(
    "own", ["suspects: [nerve]", "tests: [{test: blood, sources: [D0-T1], basis: stated}]", "unless: []"]
)
def test_a_criterion_that_adds_something_is_not_shadowed(own: str, planted: Callable[[str, str, str], Path]) -> None:
    folder = planted(ROUTINE, SLOW, f"when: {{item: numb, is: true}}\n  {own}")
    assert bool(check_rule_set(folder)) == (own == "unless: []")


def test_a_test_asked_for_sooner_is_something_added(planted: Callable[[str, str, str], Path]) -> None:
    more = "\n  tests:\n    - {test: scan, sources: [D0-T1], basis: stated"
    folder = planted(URGENT, "\n  tests:\n    - {test: scan,", more + ", soonest: routine}\n    - {test: blood,")
    routine = folder / ROUTINE
    both = "when: {all: [{item: site, includes: foot}, {item: site, includes: hand}]}"
    routine.write_text(routine.read_text().replace(SLOW, both + more + "}"))
    assert [problem.check for problem in check_rule_set(folder)] == ["shadowed-criterion"]
    urgent = folder / URGENT
    urgent.write_text(urgent.read_text().replace("soonest: routine", "soonest: self-care"))
    assert check_rule_set(folder) == []


def test_a_criterion_that_a_qualifier_silences_shadows_nothing(planted: Callable[[str, str, str], Path]) -> None:
    """What is an emergency with weakness fires also when the weakness came gradually, and the other one does not."""
    when = "when: {all: [{item: numb, is: true}, {item: weak, is: true}]}"
    folder = planted(ROUTINE, SLOW, when + "\n  suspects: [nerve]")
    assert check_rule_set(folder) == []


def test_a_red_flag_that_fires_without_an_answer_is_found(tiny: Path) -> None:
    contents = read_folder(tiny, cases=True)
    rules = build(contents)
    always = replace(rules, criteria=(replace(rules.criteria[0], when=AllOf(())), *rules.criteria[1:]))
    assert [problem.text for problem in closed_red_flags.check(Whole(contents.sheets, always))] == [
        "tiny/criteria/emergency.yaml:4:9: The red flag “weak-limb” has no unknown branch: with no answer at all it is "
        "fired. Unanswered is not “no”: let “when” ask a question."
    ]


def test_answers_that_nothing_tells_apart_are_tried_once(tiny: Path) -> None:
    items = load_rule_set(tiny).items
    both = Is("site", "includes_any", ("foot", "hand"))
    assert possible_facts(items, [both]) == [{"site": frozenset()}, {"site": frozenset({"foot"})}]
    assert len(possible_facts(items, [both, Is("site", "includes", ("hand",))]) or []) == 4
    assert len(possible_facts(items, [Is("weak-onset", "is", ("sudden",)), Is("weak", "is", (True,))]) or []) == 4


def test_too_many_combinations_are_left_undecided(tiny: Path) -> None:
    items = load_rule_set(tiny).items
    many = tuple(f"option-{n}" for n in range(LARGEST.bit_length()))
    assert possible_facts(items, [Is("site", "includes", (option,)) for option in many]) is None


def test_only_a_warning_leaves_a_rule_set_good() -> None:
    assert {name for name, severity in SEVERITY.items() if severity is Severity.WARNING} == {"unnamed-qualifier"}
