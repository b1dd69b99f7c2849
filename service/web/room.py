"""How many workers there is room for: by the processors and the memory that the machine or the container gives us."""

from __future__ import annotations

import os
import re
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")

WORKER_BYTES = 96 * 1024 * 1024
"""Memory that is counted for each worker: what it has for itself, and some for the bodies it holds."""

MASTER_BYTES = 64 * 1024 * 1024

MOST = 256
_UNLIMITED = 1 << 60
"""Control groups of version 1 write no limit to memory as a number close to 2^63."""


def usable() -> int:
    """The number of workers to start when none is set; at least 1."""
    return workers_for(_processors(), CGROUPS, OWN)


def workers_for(processors: int, cgroups: Path, own: Path) -> int:
    """One for each whole processor, and no more than there is memory for; `cgroups` is the file system of the limits.

    `own` says where in it this process is; within a container that is its root. A limit of a group holds for all below
    it. Version 2: cpu.max and memory.max; version 1: cpu/cpu.cfs_quota_us, cpu.cfs_period_us and
    memory/memory.limit_in_bytes (https://docs.kernel.org/admin-guide/cgroup-v2.html and v1).
    """
    groups = _groups(cgroups, own)
    shares = [share for group in groups if (share := _share(group)) is not None]
    memories = [most for group in groups if (most := _memory(group)) is not None]
    fitting = [(most - MASTER_BYTES) // WORKER_BYTES for most in memories]
    return max(1, min([processors, MOST, *(int(share) for share in shares), *fitting]))


def _processors() -> int:
    """The processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _groups(cgroups: Path, own: Path) -> list[Path]:
    """Every folder that may hold a limit of ours: our group and those above it, for each kind of limit."""
    found = []
    for line in _text(own).splitlines() or ["0::/"]:
        _, kinds, path = line.split(":", 2)
        ours = Path(path.lstrip("/"))
        roots = [cgroups / kind for kind in kinds.split(",") if kind in ("cpu", "memory")] if kinds else [cgroups]
        found += [root / above for root in roots for above in (ours, *ours.parents)]
    return found


def _share(group: Path) -> float | None:
    """How many processors' time the group may use; None without a limit."""
    both = _text(group / "cpu.max") or f"{_text(group / 'cpu.cfs_quota_us')} {_text(group / 'cpu.cfs_period_us')}"
    found = re.fullmatch(r"([0-9]+) ([1-9][0-9]*)", both)
    return int(found[1]) / int(found[2]) if found else None


def _memory(group: Path) -> int | None:
    """How many bytes the group may hold; None without a limit."""
    most = _text(group / "memory.max") or _text(group / "memory.limit_in_bytes")
    return int(most) if most.isdecimal() and int(most) < _UNLIMITED else None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
