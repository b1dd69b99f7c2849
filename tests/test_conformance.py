"""The comparison behind `make conformance`, on made-up verdicts: neither Java nor Node is needed."""

import json

import pytest

from conformance.collect import TO_BREAK, corpora
from conformance.compare import (
    Difference,
    Known,
    errors_in_ours,
    load_differences,
    load_known,
    unexplained,
    unfound,
    unjudged,
)
from conformance.judges import read_lines
from conformance.planted import FAULTS, plant

OURS = "R4/ours/generated/0001.json"
PLANTED = "R4/ours/planted/two-values.json"
LINES = f"{OURS}\terror\tBundle.type\tNo such code\n{OURS}\twarning\tBundle\tOdd\n{OURS}\tjudged\t\t\n"
KNOWN = Known("hapi", "R4/ours/*", "No such *", "it is one")


@pytest.fixture
def judges():
    return {"hapi": read_lines(LINES)}


def test_lines_become_findings(judges):
    assert judges["hapi"].files == {OURS}
    assert [found.message for found in judges["hapi"].findings] == ["No such code", "Odd"]
    assert [found.message for found in judges["hapi"].errors] == ["No such code"]


def test_a_file_that_was_not_judged_is_told(judges):
    assert list(unjudged([OURS], judges)) == []
    assert list(unjudged([OURS, PLANTED], judges)) == [f"hapi has not judged {PLANTED}"]


def test_an_error_in_ours_is_told_with_its_place(judges):
    assert list(errors_in_ours(judges, [])) == [f"hapi: {OURS}: Bundle.type: No such code"]


def test_a_known_error_is_let_be(judges):
    assert list(errors_in_ours(judges, [KNOWN])) == []


@pytest.mark.parametrize("other", [{"judge": "medplum"}, {"file": "R5/*"}, {"message": "No such"}])
def test_a_known_error_is_that_of_one_judge_and_place_and_message(judges, other):
    entry = Known(**{"judge": KNOWN.judge, "file": KNOWN.file, "message": KNOWN.message, "reason": "", **other})
    told, unused = errors_in_ours(judges, [entry])
    assert told.startswith("hapi: ")
    assert unused.endswith("remove the entry")


@pytest.mark.parametrize("file", [PLANTED, "R4/others/primitives/code.invalid.0.json"])
def test_errors_elsewhere_are_no_errors_in_ours(file):
    judged = read_lines(f"{file}\terror\tBundle\tWrong\n{file}\tjudged\t\t\n")
    assert list(errors_in_ours({"hapi": judged}, [])) == []


def test_a_planted_fault_must_be_found_by_one_judge():
    found = read_lines(f"{PLANTED}\tfatal\t\tWrong\n{PLANTED}\tjudged\t\t\n")
    missed = read_lines(f"{PLANTED}\twarning\t\tOdd\n{PLANTED}\tjudged\t\t\n")
    assert list(unfound([OURS, PLANTED], {"hapi": found, "medplum": missed})) == []
    assert list(unfound([OURS, PLANTED], {"medplum": missed})) == [f"no judge finds the fault planted in {PLANTED}"]


VERDICTS = {
    "a.json": {"us": "valid", "corpus": "invalid", "hapi": "valid"},
    "b.json": {"us": "invalid", "corpus": "invalid", "hapi": "invalid"},
}


def explained(*entries):
    return list(unexplained(VERDICTS, [Difference(who, says, files, "us", "") for who, says, files in entries]))


def test_a_verdict_that_differs_must_be_explained():
    assert explained() == ["a.json: corpus says invalid, we do not, and differences.toml does not say why"]
    assert explained(("corpus", "invalid", ("a.json",))) == []


def test_an_explanation_of_what_does_not_differ_is_told():
    (told,) = explained(("corpus", "invalid", ("a.json", "b.json")))
    assert told.startswith("differences.toml: corpus and we agree on b.json")


def test_one_explanation_is_enough():
    (told,) = explained(("corpus", "invalid", ("a.json",)), ("corpus", "invalid", ("a.json",)))
    assert told.startswith("differences.toml: more than one entry")


def test_the_tables_can_be_read_and_speak_of_files_of_the_corpora():
    paths = {row["path"] for row in corpora()}
    assert all(entry.reason.strip() for entry in load_known())
    for entry in load_differences():
        assert set(entry.files) <= paths
        assert entry.who in ("corpus", "hapi", "medplum")
        assert entry.says in ("valid", "invalid")
        assert entry.reason.strip()


def test_each_fault_is_planted_in_a_bundle_of_its_own():
    whole = json.loads(TO_BREAK.read_text("utf-8"))
    broken = plant(whole)
    assert broken.keys() == FAULTS.keys()
    texts = {json.dumps(bundle) for bundle in (whole, *broken.values())}
    assert len(texts) == len(FAULTS) + 1
