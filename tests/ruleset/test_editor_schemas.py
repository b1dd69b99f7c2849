"""The JSON Schemas for editors are those of today's shapes, and say of every file what reading it says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker, ValidationError
from marshmallow import ValidationError as Unshapely
from ruleset.test_bad_rules import BAD, replaced

from service.cli import main
from service.ruleset.editor_schemas import editor_schemas
from service.ruleset.positions import read_sheet
from service.ruleset.schema import SHAPES
from service.settings import packaged

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "rules" / "schemas"
RULE_SETS = (packaged("rules") / "limb_numbness", ROOT / "tests/several/hand_after_cast", ROOT / "tests/ruleset/tiny")
FILES = [path for folder in RULE_SETS for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.json")])]
BINDINGS = sorted((ROOT / "tests/bindings/published").glob("*/binding.yaml"))
SCHEMAS = editor_schemas()

Path_ = tuple[str | int, ...]


def validator(name: str) -> Draft7Validator:
    """What an editor would check the file with; it reads dates, as the language server for YAML does."""
    stem = name.split("/")[0].partition(".")[0]
    return Draft7Validator(SCHEMAS[f"{stem}.schema.json"], format_checker=FormatChecker(["date"]))


VALIDATORS = {name: validator(name) for name in SHAPES}


def name_of(path: Path) -> str:
    return "criteria" if path.parent.name == "criteria" else path.name


def data_of(path: Path) -> Any:
    sheet, problems = read_sheet(path.name, path.read_bytes())
    assert sheet is not None, problems
    return sheet.data


def refused_by_us(name: str, data: Any) -> bool:
    try:
        SHAPES[name].deserialize(data)
    except Unshapely:
        return True
    return False


def test_the_files_are_those_of_the_shapes_of_today(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["schemas", str(tmp_path / "made")])
    assert (done.exit_code, done.output) == (0, f"15 schemas written to {tmp_path / 'made'}\n")
    made = {path.name: path.read_text("utf-8") for path in (tmp_path / "made").iterdir()}
    committed = {path.name: path.read_text("utf-8") for path in COMMITTED.iterdir()}
    assert made == committed, "out of step; run: numbness-triage schemas rules/schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_of_the_draft_that_it_names(name: str) -> None:
    schema = json.loads((COMMITTED / name).read_text("utf-8"))
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == Draft7Validator.META_SCHEMA["$schema"]
    assert schema["$id"].endswith(f"/{name}")
    assert schema["title"].endswith((" of a rule set", "somebody else's questionnaire"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_rule_file_is_good_for_both(path: Path) -> None:
    data = data_of(path)
    assert not refused_by_us(name_of(path), data)
    assert [error.message for error in VALIDATORS[name_of(path)].iter_errors(data)] == []


NOT_SAID = {
    "shape-of-conditions": {
        ((10, "when", "any", 0, "at_least"), "a number cannot be compared with the length of the list beside it")
    }
}
"""Faults of shape in tests/bad_rules that JSON Schema has no words for, with the reason; an editor passes them."""


def faults(messages: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where each of our messages belongs; a key that is missing or unknown belongs to itself."""
    if not isinstance(messages, dict):
        yield path
        return
    for key, below in messages.items():
        of_entry = key in ("_schema", "key", "value")  # the words under which marshmallow files its messages
        yield from faults(below, path if of_entry else (*path, key))


def places(errors: Iterable[ValidationError], data: Any) -> Iterator[Path_]:
    """Where a validator finds something wrong, the branches of an anyOf included."""
    for error in errors:
        here = tuple(error.absolute_path)
        yield here
        if error.validator == "required":
            yield from ((*here, key) for key in error.validator_value if key not in error.instance)
        elif error.validator == "additionalProperties":
            yield from ((*here, key) for key in error.instance if key not in error.schema["properties"])
        elif isinstance(error.instance, str) and isinstance(at(data, here), dict):
            yield (*here, error.instance)  # a key that the pattern of keys does not take
        yield from places(error.context, data)


def at(data: Any, path: Path_) -> Any:
    for step in path:
        data = data[step]
    return data


def shapely(bad: Path) -> tuple[str, Any, list[Path_]] | None:
    """The file that the bad one is in place of, what it holds, and where its shape is wrong."""
    sheet, _ = read_sheet("bad.yaml", bad.read_bytes())
    name = replaced(bad).split("/")[0]
    if sheet is None:
        return None
    try:
        SHAPES[name].deserialize(sheet.data)
    except Unshapely as error:
        return name, sheet.data, list(faults(error.messages))
    return None


ILL_SHAPED = {bad.stem: found for bad in BAD if (found := shapely(bad)) is not None}


@pytest.mark.parametrize("stem", ILL_SHAPED)
def test_every_fault_of_shape_is_found_by_both_at_its_place(stem: str) -> None:
    name, data, found = ILL_SHAPED[stem]
    seen = set(places(VALIDATORS[name].iter_errors(data), data))
    assert {path for path in found if path not in seen} == {path for path, _ in NOT_SAID.get(stem, ())}


def test_there_are_faults_of_every_kind() -> None:
    assert set(NOT_SAID) < set(ILL_SHAPED)
    assert len(ILL_SHAPED) >= 8


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        pytest.param("notices.yaml", "when", {"at_least": 3, "of": [{"item": "numb", "is": True}]}, id="3 of 1"),
        pytest.param("criteria", "version", 2.0, id="2.0 is 2"),
    ],
)
def test_what_an_editor_does_not_see(name: str, key: str, value: Any) -> None:
    data = copy.deepcopy(SAMPLES[name])
    data[0][key] = value
    assert refused_by_us(name, data)
    assert VALIDATORS[name].is_valid(data)


def test_an_editor_shows_our_words_and_what_a_key_is_for() -> None:
    soonest = SCHEMAS["conditions.schema.json"]["items"]["properties"]["tests"]["items"]["properties"]["soonest"]
    assert soonest == {
        "enum": ["emergency", "urgent", "routine", "self-care"],
        "description": "No sooner than this, whatever the level.",
        "default": "emergency",
    }
    name = SCHEMAS["criteria.schema.json"]["items"]["properties"]["id"]
    said = "This must be an id in small letters, digits and hyphens. Write it like limb-weakness."
    assert name["errorMessage"] == said


SAMPLES = {name_of(path): data_of(path) for path in FILES if "tiny" in path.parts and path.stem != "self-care"}
SAMPLES["weights.yaml"] = data_of(RULE_SETS[0] / "weights.yaml")
SAMPLES["vignettes.yaml"] = data_of(RULE_SETS[0] / "vignettes.yaml")
SAMPLES["lock.json"] = {"version": "1.0.0", "criteria": {"weak-limb": {"version": 1, "digest": "0" * 64}}}
SAMPLES["ruleset.yaml"] |= {"intended_changes": [{"criterion": "a", "from": "urgent", "to": "routine", "reason": "b"}]}
VALUES: tuple[Any, ...] = (None, True, 0, 7, -1, 1.5, "", " ", "word", "Two words", "D0-E1", [], ["a"], {}, {"a": "b"})
NESTED = (*VALUES, {"item": "numb", "is": True}, {"all": []}, {"any": [{"qualifier": "a"}]}, {"item": "a", "all": [1]})


def spots(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    for key, below in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from spots(below, (*path, key))


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, Any]:
    """Good data of a file with one to three changes: a key dropped, added, misspelt, a value of another kind."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    data = copy.deepcopy(SAMPLES[name])
    for _ in range(draw(st.integers(1, 3))):
        inside = [path for path in spots(data) if path]
        if not inside:
            break
        *above, last = draw(st.sampled_from(inside))
        parent = at(data, tuple(above))
        how = draw(st.sampled_from(("drop", "add", "replace", "empty")))
        if how == "drop":
            del parent[last]
        elif how == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(("extra", "Extra", "not", "when", "codings", "item")))] = draw(
                st.sampled_from(NESTED).map(copy.deepcopy)
            )
        elif how == "empty" and isinstance(parent[last], dict | list):
            parent[last] = type(parent[last])()
        else:
            parent[last] = draw(st.sampled_from(NESTED).map(copy.deepcopy))
    return name, data


def asks_for_more_than_there_are(data: Any) -> bool:
    """The one thing that JSON Schema cannot say."""
    found = (at(data, path) for path in spots(data))
    return any(
        isinstance(one, dict) and isinstance(one.get("at_least"), int) and one["at_least"] > len(one.get("of") or ())
        for one in found
        if not isinstance(one, dict) or isinstance(one.get("of"), list)
    )


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed())
def test_both_say_the_same_of_changed_files(made: tuple[str, Any]) -> None:
    name, data = made
    if not asks_for_more_than_there_are(data):
        assert refused_by_us(name, data) is not VALIDATORS[name].is_valid(data)


@pytest.mark.parametrize("path", BINDINGS, ids=lambda path: path.parent.name)
def test_a_binding_is_good_for_the_editor_and_with_a_fault_it_is_not(path: Path) -> None:
    judge = Draft7Validator(SCHEMAS["binding.schema.json"])
    data = data_of(path)
    assert not list(judge.iter_errors(data))
    for fault in ({"extra": 1}, {"status": "on"}, {"questions": []}, {"version": "1"}, {"rules": {}}):
        assert not judge.is_valid(data | fault), fault
    for needed in ("id", "questionnaire", "rules", "questions"):
        assert not judge.is_valid({key: value for key, value in data.items() if key != needed}), needed


def test_the_guide_tells_the_editor_of_every_file_and_its_schema() -> None:
    guide = (ROOT / "docs/writing-rules.md").read_text("utf-8")
    told = json.loads(guide.partition("```json\n")[2].partition("```")[0])["yaml.schemas"]
    files = {name: f"rules/*/{name if '.' in name else f'{name}/*.yaml'}" for name in SHAPES if name != "lock.json"}
    assert told == {f"rules/schemas/{n.partition('.')[0]}.schema.json": pattern for n, pattern in files.items()}
    for path in RULE_SETS[0].rglob("*.yaml"):
        assert any(path.relative_to(ROOT).match(pattern) for pattern in told.values()), path
