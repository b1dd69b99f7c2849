"""The service itself and the plain pipeline, in a process of their own, without HTTP."""

from __future__ import annotations

from bench import doors
from bench.peers import plain, window


def main() -> None:
    """Obey the commands of the benchmark."""
    made = doors.triage()

    def verdict(raw: bytes) -> tuple[str, list[str]]:
        return doors.level(made, raw), doors.fired(made, raw)

    modes = {
        "objects": lambda raw: doors.to_bundle(made, raw),
        "bytes": lambda raw: doors.assess(made, raw, explain=False),
        "plain": lambda raw: plain.assess(made, raw),
        "explained": lambda raw: doors.assess(made, raw, explain=True),
    }
    window.obey(modes, verdict)


if __name__ == "__main__":
    main()
