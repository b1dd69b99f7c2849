"""Write what the image holds beside Python and Debian as a CycloneDX document: deploy/sbom.py FILE

Runs in the environment of deploy/tools.txt. The locked packages are installed into an environment of their own, because
only installed packages tell their licences and what depends on what.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
OF_THE_IMAGE = ("--python-version", "3.12", "--python-platform", "x86_64-unknown-linux-gnu")
"""Nothing of it is run here, so that any Python can tell what the image's one would hold."""


def main() -> None:
    """Write the document; it is held to CycloneDX's schema before."""
    file = Path(sys.argv[1]).absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sbom-") as folder:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        python = Path(folder) / "bin" / "python"
        packages = next(Path(folder).glob("lib/python3*/site-packages"))
        hashed = ["--require-hashes", "--only-binary", ":all:", "--requirements", "deploy/lock/service.txt"]
        _run(BIN / "uv", "pip", "install", "--quiet", *OF_THE_IMAGE, "--target", packages, *hashed)
        _run(BIN / "python", "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", ".")
        described = [
            "--pyproject",
            "pyproject.toml",
            "--mc-type",
            "application",
            "--sv",
            "1.6",
            "--output-reproducible",
        ]
        _run(BIN / "cyclonedx-py", "environment", *described, "--validate", "-o", file, python)


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
