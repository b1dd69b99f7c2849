"""Lint the chart and render it with each example of values, as Helm does: deploy/render.py FOLDER [VALUES...]

Runs in the environment of deploy/tools.txt. Writes a file for each file of values, and exits with 1 on the first fault.
"""

from __future__ import annotations

import sys
from pathlib import Path

import helm_python

HERE = Path(__file__).parent
CHART = HERE / "helm" / "numbness-triage"
WARNING = 2


def main() -> None:
    """Render all examples, or the values that are named."""
    folder = Path(sys.argv[1])
    given = [Path(one) for one in sys.argv[2:]] or sorted((HERE / "helm" / "variants").glob("*.yaml"))
    folder.mkdir(parents=True, exist_ok=True)
    for file in given:
        try:
            (folder / file.name).write_text(rendered(file.read_text("utf-8")), "utf-8")
        except (helm_python.HelmError, ValueError) as error:
            sys.exit(f"{file.name}: {error}")


def rendered(text: str) -> str:
    """The manifests for values in YAML; HelmError or ValueError for values or a chart that Helm refuses."""
    values = helm_python.values_from_yaml(text)
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        files = chart.render(values, name="triage", namespace="clinic")
    found = helm_python.lint(CHART, values, strict=True)
    if faults := [one["error"] for one in found["messages"] if one["severity"] >= WARNING] + found["errors"]:
        raise ValueError("; ".join(faults))
    kept = [one.strip("-\n ") for name, one in sorted(files.items()) if name.endswith(".yaml")]
    return "---\n" + "\n---\n".join(one for one in kept if one) + "\n"


if __name__ == "__main__":
    main()
