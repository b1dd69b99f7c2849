"""Attack the service with mutants: python -m attack --mutants 1000000 --seed 1 [--folder FOLDER]

Takes a run up again where it was left, if FOLDER is of the same seed. Exits with 1 when anything was found.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path

from attack.run import GROWTH_BYTES, Run, Tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m attack", description=__doc__)
    parser.add_argument("--mutants", type=int, default=100_000, help="how many in all, those of earlier runs included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fhir", default="4.0,5.0", help="FHIR versions, with commas between")
    parser.add_argument("--folder", type=Path, help="where findings and the tally are kept")
    given = parser.parse_args()
    folder = given.folder or Path("build/attack") / f"{given.fhir.replace(',', '-')}-{given.seed}"
    tally = Tally.read(folder / "tally.json", given.seed)
    run, began, first = Run(tally, folder, tuple(given.fhir.split(","))), time.monotonic(), tally.next
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run.go(given.mutants)
    except KeyboardInterrupt:  # told to stop: the next run goes on here
        run.look()
        (folder / "under-way").unlink(missing_ok=True)
    said = {
        "seed": tally.seed, "fhir": given.fhir, "mutants": tally.next, "statuses": dict(tally.statuses),
        "sampled": tally.sampled, "findings": dict(tally.findings), "slowest": tally.slowest[:3],
        "plain_ms": round(tally.plain_seconds * 1000, 3), "grown_by_bytes": run.growth,
        "per_second": round((tally.next - first) / max(0.001, time.monotonic() - began)), "folder": str(folder),
    }  # fmt: skip
    print(json.dumps(said, indent=1))
    return 1 if tally.findings or run.growth > GROWTH_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
