"""The commands `generate` and `impact`: what they print and write, and their exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.fhir_io.canonical import Edition
from service.fhir_io.read import read_request
from service.fhir_io.respond import questionnaire_response
from service.fhir_io.versions import R4, VERSIONS, FhirVersion
from service.ruleset.load import load_rule_set
from service.settings import packaged
from service.triage.compiled import compile_rules
from service.triage.decide import decide
from service.triage.model import Level

CANONICAL = "https://numbness-triage.example/fhir"
TINY = Path(__file__).parent / "ruleset" / "tiny"
RULES = packaged("rules") / "limb_numbness"
Run = Callable[..., Result]

WEAK = """\
- id: weak-limb
  title: A weak limb
  level: urgent
  when: {all: [{item: numb, is: true}, {item: weak, is: true}]}
  unless: [came-gradually]
  suspects: [nerve]
  tell: Weakness with numbness.
  sources: {D0-E1: emergency, D0-W1: unstated}
  basis: stated
- id: numb-hand
  title: A numb hand
  level: urgent
  when: {item: site, includes: hand}
  tests: [{test: scan, sources: [D0-T1], basis: stated}]
  tell: A hand.
  sources: {D0-U1: urgent}
  basis: stated
"""
COLD = '      - {id: cold, type: boolean, text: "Cold?", label: cold}\n      - {id: feels,'
INTENDED = """\
intended_changes:
  - {criterion: weak-limb, from: emergency, to: urgent, reason: "Too much <b>alarm</b> & noise."}
"""
WEIGHTS = """\
answers: {numb: 0.8, weak: 0.5, weak-onset: {sudden: 1, gradual: 1}, site: {foot: 0.5, hand: 0.2}, feels: 0.1}
profiles:
  - {id: anyone, says: Anyone., share: 1}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return shutil.copytree(TINY, tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Version 0.2.0: weakness is urgent, a hand is urgent too, and there is a question about cold."""
    folder = shutil.copytree(TINY, tmp_path / "new")
    change(folder, "ruleset.yaml", 'version: "0.1.0"', 'version: "0.2.0"')
    change(folder, "items.yaml", "      - {id: feels,", COLD)
    (folder / "criteria/emergency.yaml").write_text("[]")
    with (folder / "criteria/urgent.yaml").open("a") as file:
        file.write(WEAK)
    return folder


def change(folder: Path, name: str, there: str, instead: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert there in text
    (folder / name).write_text(text.replace(there, instead, 1), encoding="utf-8")


def response(name: str, answers: dict[str, Any], **elements: Any) -> dict[str, Any]:
    edition = Edition(load_rule_set(TINY), CANONICAL, R4)
    given = {link_id: tuple(v) if isinstance(v, list) else (v,) for link_id, v in answers.items()}
    made = questionnaire_response(given, edition, subject="Patient/example", response_id=name) | elements
    return {key: value for key, value in made.items() if value is not None}


PEOPLE = [
    response("weak", {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["none"], "feels": True}),
    response("weak-too", {"numb": True, "weak": True, "weak-onset": "sudden", "site": ["none"], "feels": True}),
    response("hand", {"numb": True, "weak": False, "site": ["hand"], "feels": True}),
    response("unsure", {"numb": True, "site": ["hand"], "feels": True}),
    response("well", {"numb": False, "weak": False, "site": ["none"], "feels": True}),
]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return ndjson(tmp_path, PEOPLE)


def ndjson(folder: Path, responses: list[dict[str, Any]]) -> Path:
    path = folder / "people.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in responses) + "\n", encoding="utf-8")
    return path


REPORT = """\
tiny 0.1.0 → 0.2.0, on 5 responses in people.ndjson

before ↓  after →  emergency  urgent  routine  self-care  all
emergency                  0       2        0          0    2
urgent                     0       0        0          0    0
routine                    0       2        0          0    2
self-care                  0       0        0          1    1
all                        0       4        0          1    5

2 moved down, 2 moved up, 1 stayed at their level.

Moved down
  emergency → urgent: 2, no longer raised by weak-limb. NOT INTENDED.
    weak, weak-too

Moved up
  routine → urgent: 2, now raised by numb-hand.
    hand, unsure

Criteria responsible
  numb-hand: 2 up
  weak-limb: 2 down

Status
  preliminary → final: 1 (unsure)

Recommended tests
  scan: 2 more

2 responses are moved down from emergency without being intended. List the change under intended_changes in \
ruleset.yaml with its reason, or take it back.
"""


def test_impact_prints_the_table_and_fails_when_anyone_is_moved_down_from_emergency(
    run: Run, old: Path, new: Path, people: Path
) -> None:
    done = run("impact", old, new, "--on", people)
    assert (done.exit_code, done.stdout, done.stderr) == (1, REPORT, "")


def test_an_intended_change_is_told_with_its_reason_and_taken(run: Run, old: Path, new: Path, people: Path) -> None:
    with (new / "ruleset.yaml").open("a") as file:
        file.write(INTENDED)
    done = run("impact", old, new, "--on", people)
    told = "no longer raised by weak-limb. Intended (weak-limb from emergency to urgent): Too much"
    assert done.exit_code == 0
    assert told in " ".join(done.stdout.split())
    assert "NOT INTENDED" not in done.stdout
    assert done.stdout.endswith("  scan: 2 more\n")


def test_an_intended_change_that_moves_nobody_is_named(run: Run, old: Path, new: Path, tmp_path: Path) -> None:
    with (new / "ruleset.yaml").open("a") as file:
        file.write(INTENDED)
    done = run("impact", old, new, "--on", ndjson(tmp_path, PEOPLE[2:]))
    assert done.exit_code == 0
    assert "Intended changes that move nobody here\n  weak-limb from emergency to urgent: Too" in done.stdout


def test_a_change_that_the_old_version_made_already_excuses_nothing(
    run: Run, old: Path, new: Path, people: Path
) -> None:
    for folder in (old, new):
        with (folder / "ruleset.yaml").open("a") as file:
            file.write(INTENDED)
    assert run("impact", old, new, "--on", people).exit_code == 1


def test_two_editions_of_one_version_are_told_apart_by_their_digests(run: Run, old: Path, people: Path) -> None:
    done = run("impact", old, old, "--on", people)
    digest = load_rule_set(old).digest[:12]
    assert done.exit_code == 0
    assert done.stdout.startswith(f"tiny 0.1.0 (SHA-256 {digest}…) → 0.1.0 (SHA-256 {digest}…), on 5")
    assert "0 moved down, 0 moved up, 5 stayed at their level.\n\nMoved down\n  nobody\n" in done.stdout


def test_a_folder_or_one_file_or_parameters_are_read_too(run: Run, old: Path, new: Path, tmp_path: Path) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    for one in PEOPLE:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    (folder / "notes.txt").write_text("not read")
    done = run("impact", old, new, "--on", folder)
    assert done.stdout.splitlines()[2:8] == REPORT.splitlines()[2:8]
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "questionnaireResponse", "resource": PEOPLE[2]}]}
    (tmp_path / "one.json").write_text(json.dumps(parameters))
    done = run("impact", old, new, "--on", tmp_path / "one.json")
    assert done.exit_code == 0
    assert "on 1 response in one.json" in done.stdout
    assert "routine → urgent: 1, now raised by numb-hand.\n    hand\n" in done.stdout


def test_the_version_that_was_answered_does_not_matter_nor_who_answered(
    run: Run, old: Path, new: Path, tmp_path: Path
) -> None:
    answered = f"{CANONICAL}/Questionnaire/tiny"
    same = [PEOPLE[2] | {"questionnaire": f"{answered}|{version}"} for version in ("0.0.1", "0.2.0")]
    same += [PEOPLE[2] | {"questionnaire": answered}, response("hand", {"site": ["hand"]}, subject=None)]
    done = run("impact", old, new, "--on", ndjson(tmp_path, same))
    assert done.exit_code == 0
    assert (
        "hand, hand (people.ndjson:2), hand (people.ndjson:3), hand (people.ndjson:4)"
        in " ".join(done.stdout.split())
    )  # fmt: skip


def test_what_cannot_be_read_is_listed_and_fails(run: Run, old: Path, new: Path, tmp_path: Path) -> None:
    bad = [
        PEOPLE[2],
        PEOPLE[2] | {"status": "entered-in-error"},
        PEOPLE[2] | {"questionnaire": "http://example.org/q"},
        response("knee", {"site": ["knee"]}),
    ]
    path = ndjson(tmp_path, bad)
    with path.open("a") as file:
        file.write("\n{\n")
    done = run("impact", old, new, "--on", path)
    told = " ".join(done.stdout.split())
    assert done.exit_code == 1
    assert "on 1 response in" in told
    assert "people.ndjson:2: QuestionnaireResponse.status: A response with status entered-in-error" in told
    assert "people.ndjson:3: QuestionnaireResponse.questionnaire: This questionnaire is not served." in told
    assert "people.ndjson:4: QuestionnaireResponse.item[0].item[0].answer[0].valueCoding: The code knee" in told
    assert "people.ndjson:6: The body is not JSON" in told
    assert done.stdout.endswith("\n4 responses are not counted, as nothing could be read.\n")


def test_answers_that_one_version_does_not_know_are_counted(run: Run, old: Path, new: Path, tmp_path: Path) -> None:
    change(new, "items.yaml", "          - {code: foot, text: foot, codings: [foot]}\n", "")
    change(new, "criteria/urgent.yaml", "{item: site, includes: foot}", "{item: site, includes: hand}")
    change(new, "criteria/routine.yaml", "[foot, hand]", "[hand]")
    change(new, "conditions.yaml", "includes: foot", "includes: hand")
    both = response("both", {"numb": True, "weak": False, "site": ["foot", "hand"], "feels": True})
    cold = {"linkId": "cold", "answer": [{"valueBoolean": True}]}
    both["item"] += [cold, {"linkId": "shoe-size", "answer": [{"valueInteger": 43}]}]
    done = run("impact", old, new, "--on", ndjson(tmp_path, [both, PEOPLE[2]]))
    assert done.exit_code == 0
    assert (
        "Answers that a version does not know, and did not read\n"
        "  by the old version, 0.1.0: cold in 1, shoe-size in 1\n"
        "  by the new version, 0.2.0: shoe-size in 1, site in 1\n" in done.stdout
    )
    assert "Recommended tests\n" in done.stdout


def test_impact_draws_by_the_weights_of_both_versions(run: Run, old: Path, new: Path) -> None:
    (old / "weights.yaml").write_text(WEIGHTS)
    (new / "weights.yaml").write_text(WEIGHTS.replace("numb: 0.8", "numb: 0.8, cold: 0.5"))
    done = run("impact", old, new, "--generate", "300", "--seed", "5")
    assert done.exit_code == 1
    assert done.stdout.startswith("tiny 0.1.0 → 0.2.0, on 300 responses generated with seed 5\n")
    assert "by the old version, 0.1.0: cold in 300\n" in done.stdout
    assert done.stdout == run("impact", old, new, "--generate", "300", "--seed", "5").stdout
    assert done.stdout != run("impact", old, new, "--generate", "300", "--seed", "6").stdout
    back = run("impact", new, old, "--generate", "300", "--seed", "5")
    assert back.exit_code == 0
    assert "by the new version, 0.1.0: cold in 300\n" in back.stdout


def test_weights_of_one_version_are_enough_and_none_are_not(run: Run, old: Path, new: Path) -> None:
    done = run("impact", old, new, "--generate", "10")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "new/weights.yaml:1:1: The file is missing." in done.stderr
    (old / "weights.yaml").write_text(WEIGHTS)
    assert run("impact", old, new, "--generate", "10").stdout.startswith("tiny 0.1.0 → 0.2.0, on 10 responses")


def test_misuse_is_told(run: Run, old: Path, new: Path, people: Path, tmp_path: Path) -> None:
    for arguments in ([], ["--on", people, "--generate", "3"]):
        done = run("impact", old, new, *arguments)
        assert done.exit_code == 2
        assert "Name the responses by --on, or have some drawn by --generate." in done.stderr
    done = run("impact", old, RULES, "--on", people)
    assert done.exit_code == 2
    assert "tiny and limb-numbness are not two versions of one rule set." in done.stderr
    (tmp_path / "empty").mkdir()
    done = run("impact", old, new, "--on", tmp_path / "empty")
    assert done.exit_code == 2
    assert "There is no response in empty" in done.stderr


def test_a_file_that_cannot_be_written_is_told(run: Run, old: Path, people: Path, tmp_path: Path) -> None:
    (old / "weights.yaml").write_text(WEIGHTS)
    nowhere = tmp_path / "nowhere" / "file"
    for command in (["impact", old, old, "--on", people, "--html", nowhere], ["generate", "1", "--rules", old]):
        done = run(*command, *([] if "--html" in command else ["--out", nowhere]))
        assert done.exit_code == 1
        assert "nowhere/file': No such file or directory" in done.stderr


def test_a_page_of_nobody_says_so(run: Run, old: Path, tmp_path: Path) -> None:
    (tmp_path / "none.ndjson").write_text("{\n")
    done = run("impact", old, old, "--on", tmp_path / "none.ndjson", "--html", tmp_path / "none.html")
    assert done.exit_code == 1
    assert "on 0 responses in none.ndjson" in done.stdout
    assert "no responses." in Page((tmp_path / "none.html").read_text("utf-8")).words


def test_rules_with_errors_are_named_by_line(run: Run, old: Path, new: Path, people: Path) -> None:
    (new / "notices.yaml").write_text("- {id: a}\n")
    done = run("impact", old, new, "--on", people)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "new/notices.yaml:1:3: The key “text” is missing. Add it.\n" in done.stderr


class Page(HTMLParser):
    """What stands in a page: its tags with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture
def page(run: Run, old: Path, new: Path, tmp_path: Path) -> Page:
    with (new / "ruleset.yaml").open("a") as file:
        file.write(INTENDED)
    many = [response(f"hand-{n}", {"numb": True, "site": ["hand"], "weak": False, "feels": True}) for n in range(9)]
    odd = [PEOPLE[0], *PEOPLE[3:], PEOPLE[2] | {"item": [{"linkId": "<i>", "answer": [{"valueBoolean": True}]}]}]
    path = ndjson(tmp_path, [*odd, *many]).rename(tmp_path / "<script>alert(1)</script>.ndjson".replace("/", "_"))
    with path.open("a") as file:
        file.write("{\n")
    done = run("impact", old, new, "--on", path, "--html", tmp_path / "impact.html")
    assert done.exit_code == 1
    return Page((tmp_path / "impact.html").read_text("utf-8"))


def test_the_page_says_what_the_terminal_says(page: Page) -> None:
    told = " ".join(page.words.split())
    assert "What the change of rules does to 13 responses in <script>alert(1)<_script>.ndjson." in told
    assert "1 moved down, 10 moved up, 2 stayed at their level." in told
    assert "weak-limb from emergency to urgent: Too much <b>alarm</b> & noise." in told
    assert "10 responses" in told
    assert "hand-0, hand-1," in told
    assert "1 response is not counted, as nothing could be read." in told
    assert ":14: The body is not JSON" in told


def test_the_page_needs_nothing_from_elsewhere_and_escapes_everything(page: Page) -> None:
    names = {tag for tag, _ in page.tags}
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "b", "i", "a", "image", "use"} & names
    for _, attributes in page.tags:
        assert not {"src", "href", "srcset", "action", "data", "xlink:href", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?:", page.words)
    (policy,) = [meta["content"] for meta in page.of("meta") if "http-equiv" in meta]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_can_be_read_without_seeing_the_chart(page: Page) -> None:
    (svg,) = page.of("svg")
    assert (svg["role"], svg["aria-labelledby"]) == ("img", "chart-title chart-told")
    assert "1 from emergency to urgent; 10 from routine to urgent" in page.words
    assert {head.get("scope") for head in page.of("th")} == {"row", "col"}
    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("caption")) == len(page.of("h1")) == 1
    assert Counter(path["class"] for path in page.of("path")) == {"flow": 2, "flow down": 1, "flow up": 1}


def generated(run: Run, tmp_path: Path, count: int, *arguments: object) -> tuple[list[bytes], list[dict[str, Any]]]:
    out = tmp_path / "made.ndjson"
    done = run("generate", count, "--out", out, *arguments)
    assert (done.exit_code, done.stdout) == (0, "")
    levels = [json.loads(line) for line in (tmp_path / "made.levels.ndjson").read_text("utf-8").splitlines()]
    return out.read_bytes().splitlines(keepends=True), levels


def test_generate_writes_the_same_bytes_for_the_same_seed(run: Run, tmp_path: Path) -> None:
    first, levels = generated(run, tmp_path, 40)
    assert generated(run, tmp_path, 40) == (first, levels)
    assert generated(run, tmp_path, 20) == (first[:20], levels[:20])
    assert generated(run, tmp_path, 40, "--seed", 2)[0] != first
    printed = run("generate", 40)
    assert printed.stdout.encode() == b"".join(first)
    assert re.fullmatch(
        r"40 responses of limb-numbness \S+, seed 1: emergency \d+, urgent \d+, routine \d+, self-care \d+\n",
        printed.stderr,
    )


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_every_response_is_valid_and_gets_the_level_that_it_carries(
    run: Run, tmp_path: Path, version: FhirVersion
) -> None:
    lines, levels = generated(run, tmp_path, 150, "--fhir-version", version.code)
    rules = compile_rules(load_rule_set(RULES))
    for number, (line, expected) in enumerate(zip(lines, levels, strict=True), start=1):
        body = json.loads(line)
        if number % 10 == 1:
            version.model("QuestionnaireResponse").model_validate(body)
        assert (body["id"], body["subject"]) == (expected["id"], {"reference": f"Patient/generated-{number}"})
        assert body["id"] == f"generated-1-{number}"
        request = read_request(body, version, rules.rule_set, CANONICAL)
        assert request.warnings == ()
        decision = decide(rules, request.answers)
        level = decision.level.code
        assert body["meta"]["tag"] == [{"system": f"{CANONICAL}/CodeSystem/triage-level", "code": level}]
        assert expected | {"profile": ""} == {
            "id": body["id"],
            "profile": "",
            "level": level,
            "highest": decision.highest.code,
            "complete": decision.complete,
        }


def test_generate_of_another_folder(run: Run, old: Path, tmp_path: Path) -> None:
    (old / "weights.yaml").write_text(WEIGHTS)
    lines, levels = generated(run, tmp_path, 30, "--rules", old)
    assert json.loads(lines[0])["questionnaire"] == f"{CANONICAL}/Questionnaire/tiny|0.1.0"
    assert {entry["profile"] for entry in levels} == {"anyone"}
    assert {entry["level"] for entry in levels} <= {level.code for level in Level}


def test_generate_needs_weights_that_hold(run: Run, old: Path, tmp_path: Path) -> None:
    (old / "weights.yaml").write_text(WEIGHTS.replace("numb: 0.8", "numb: 8"))
    done = run("generate", 3, "--rules", old, "--out", tmp_path / "made.ndjson")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("old/weights.yaml:1:17: A chance cannot be 8. Write a number from 0 to 1.\n")
    assert not (tmp_path / "made.ndjson").exists()
    for count in ("0", "-1", "many"):
        assert run("generate", count).exit_code == 2


def test_what_is_generated_can_be_compared_on(run: Run, tmp_path: Path) -> None:
    """Through FHIR or straight from the weights, it is the same people."""
    generated(run, tmp_path, 60)
    read = run("impact", RULES, RULES, "--on", tmp_path / "made.ndjson")
    drawn = run("impact", RULES, RULES, "--generate", "60")
    assert (read.exit_code, drawn.exit_code) == (0, 0)
    assert read.stdout.splitlines()[1:] == drawn.stdout.splitlines()[1:]
