"""The project stands on its own feet: nothing in it speaks of where or how it is developed."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOREIGN = re.compile(r"/work/|\.\./shared\b|/tmp/v/|\bthis session\b|\bsessions? of the project\b", re.I)
MAY = (".ci/run", "tests/")


def files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name]
    assert names, "git lists no file"
    return [name for name in names if (ROOT / name).is_file()]


def test_no_file_speaks_of_how_the_project_is_developed():
    found = []
    for name in files():
        if not name.startswith(MAY):
            text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
            found += [f"{name}: {match[0]}" for match in FOREIGN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["see /work/main", "run ../shared/x", "in this session", "This Session"])
def test_the_pattern_finds_what_it_should(text):
    assert FOREIGN.search(text)


@pytest.mark.parametrize("text", ["https://example.org/network/1", "shared by its workers", "a session of treatment"])
def test_the_pattern_lets_plain_words_be(text):
    assert not FOREIGN.search(text)
