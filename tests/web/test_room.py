"""How many workers are started: by processors, and by the limits of the control groups, of either version."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.web.room import MASTER_BYTES, WORKER_BYTES, usable, workers_for

PLENTY = 8
NONE_SET = 9_223_372_036_854_771_712


@pytest.fixture
def room(tmp_path: Path) -> object:
    """The workers for eight processors under the files given, and the group that /proc names."""

    def count(files: dict[str, str], own: str | None = "0::/\n") -> int:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "ascii")
        if own is not None:
            (tmp_path / "own").write_text(own, "ascii")
        return workers_for(PLENTY, tmp_path, tmp_path / "own")

    return count


@pytest.mark.parametrize(
    ("quota", "workers"),
    [("max 100000", 8), ("200000 100000", 2), ("250000 100000", 2), ("50000 100000", 1), ("9000000 100000", 8)],
)
def test_of_version_2_the_quota_counts_in_whole_processors_and_at_least_one(
    room: object, quota: str, workers: int
) -> None:
    assert room({"cpu.max": f"{quota}\n"}) == workers


def test_of_version_2_the_narrowest_group_above_us_counts(room: object) -> None:
    files = {
        "cpu.max": "max 100000\n",
        "pods/cpu.max": "300000 100000\n",
        "pods/ours/cpu.max": "500000 100000\n",
        "pods/other/cpu.max": "100000 100000\n",
    }
    assert room(files, "0::/pods/ours\n") == 3


@pytest.mark.parametrize(("quota", "workers"), [("-1", 8), ("350000", 3), ("20000", 1)])
def test_of_version_1_the_quota_counts_too(room: object, quota: str, workers: int) -> None:
    files = {"cpu/ours/cpu.cfs_quota_us": f"{quota}\n", "cpu/ours/cpu.cfs_period_us": "100000\n"}
    assert room(files, "5:cpu,cpuacct:/ours\n2:pids:/\n0::/\n") == workers


def test_of_version_1_a_path_of_the_host_leads_to_the_root_of_the_container(room: object) -> None:
    files = {"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}
    assert room(files, "4:cpu,cpuacct:/docker/0123abcd\n") == 2


@pytest.mark.parametrize("file", ["memory.max", "memory/memory.limit_in_bytes"])
@pytest.mark.parametrize(
    ("most", "workers"), [(MASTER_BYTES + 3 * WORKER_BYTES, 3), (WORKER_BYTES, 1), (1, 1), (NONE_SET, 8)]
)
def test_there_are_no_more_than_there_is_memory_for(room: object, file: str, most: int, workers: int) -> None:
    assert room({file: f"{most}\n"}, "3:memory:/\n0::/\n") == workers


@pytest.mark.parametrize("text", ["", "max", "nonsense", "100000 0", "-5 100000", "1e5 100000"])
def test_a_limit_that_cannot_be_read_is_none(room: object, text: str) -> None:
    assert room({"cpu.max": text, "memory.max": text}) == 8


def test_without_control_groups_the_processors_count(room: object) -> None:
    assert room({}, own=None) == 8


def test_here_there_is_room_for_one_at_least() -> None:
    assert usable() >= 1
