"""Attack guided by coverage: python -m attack.guided FOLDER [-runs=100000]. Needs the extra `fuzz` (atheris, Linux).

What reaches lines that nothing reached before is kept in FOLDER and changed further. Ends at the first finding, whose
body libFuzzer writes beside it; the options are libFuzzer's.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["service.fhir_io", "service.web", "service.triage", "service.assess"]):
    from attack.changes import CHANGES, written
    from attack.door import Door
    from attack.invariants import faults
    from attack.kind import KIND
    from attack.mutants import FHIR_JSON, TRIAGE, Mutant
    from attack.seeds import seeds


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for place, group in enumerate((*seeds("4.0"), *seeds("5.0"))):
        for number, seed in enumerate(group):
            if len(seed) < 6_000:
                (folder / f"seed-{place}-{number}").write_text(seed, "utf-8")
    door = Door()

    def send(raw: bytes) -> None:
        """The body in each version; RuntimeError when something is wrong with a reply."""
        for version in ("4.0", "5.0"):
            headers = {"Content-Type": f"{FHIR_JSON}; fhirVersion={version}"}
            made = Mutant("POST", TRIAGE, "explain=false", headers, raw, version)
            if found := list(faults(made, door.send(made))):
                raise RuntimeError(f"{found} in FHIR {version}")

    atheris.Setup([sys.argv[0], *sys.argv[1:]], send, custom_mutator=changed)
    atheris.Fuzz()


def changed(raw: bytes, longest: int, seed: int) -> bytes:
    """The body changed as JSON where it is some, else as bytes, and now and then as bytes all the same."""
    die = random.Random(seed)
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or die.random() < 0.2:
        return bytes(atheris.Mutate(raw, longest))
    for _ in range(die.choice((1, 1, 2, 4))):
        die.choice(KIND if die.random() < 0.3 else CHANGES)(die, body)
    made = written(body, die)
    return made if len(made) <= longest else raw


if __name__ == "__main__":
    main()
