"""Start the installed `numbness-triage serve`, ask it for one triage, stop it: smoke.py [--inside DIR] [--and CHECK]

Run it with the Python of the environment that is to be tried. With `--inside` the code, the rules and the examples must
all lie below DIR; with `--and` the script CHECK is run against it, too. Exits with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import service
from service.settings import packaged

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 40
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def emergency_example() -> Path:
    """The response of the first example that is of FHIR R4 and an emergency."""
    for path in sorted(packaged("fhir_examples").glob("*/about.json")):
        about = json.loads(path.read_text("utf-8"))
        if about["fhirVersion"] == "4.0" and about.get("level") == "emergency":
            return path.parent / "response.json"
    sys.exit(f"no example of an emergency in {packaged('fhir_examples')}")


def level(bundle: dict) -> str:
    return bundle["entry"][0]["resource"]["prediction"][0]["qualitativeRisk"]["coding"][0]["code"]


def free_port() -> int:
    """A port below those that the system gives to outgoing connections, so that none of them takes it meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)):
                return port
    sys.exit("no free port found")


def wait_until_ready(base: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            DIRECT.open(f"{base}/health/ready", timeout=5).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"not ready at {base}; exit code of the server: {server.poll()}")


def ask(base: str) -> None:
    """One triage, which must be answered with 200 and level emergency."""
    example = emergency_example()
    request = urllib.request.Request(
        f"{base}/fhir/QuestionnaireResponse/$triage",
        data=example.read_bytes(),
        headers={"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"},
    )
    with DIRECT.open(request, timeout=30) as reply:
        got = reply.status, level(json.load(reply))
    print(f"POST {example.parent.name}: {got[0]}, {got[1]}")
    if got != (200, "emergency"):
        sys.exit("a 200 with level emergency was expected")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", type=Path, help="folder in which code, rules and examples must be found")
    parser.add_argument("--and", dest="check", type=Path, help="a script to run with --base and the server's address")
    given = parser.parse_args()
    places = [Path(service.__file__), packaged("rules"), packaged("fhir_examples")]
    print("code, rules, examples:", *places)
    if given.inside and not all(place.resolve().is_relative_to(given.inside.resolve()) for place in places):
        sys.exit(f"not all of them are inside {given.inside}")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = Path(sys.executable).parent / "numbness-triage"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))  # so that the server is stopped then too
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([command, "serve", "--port", str(port)], stderr=log)
        try:
            wait_until_ready(base, server)
            ask(base)
            if given.check and subprocess.run([sys.executable, given.check, "--base", base], check=False).returncode:
                sys.exit(f"{given.check.name} failed")
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-8000:])
            raise
        finally:
            if server.poll() is None:
                stop(server)


def stop(server: subprocess.Popen) -> None:
    """SIGTERM must end it well."""
    server.send_signal(signal.SIGTERM)
    try:
        stopped = server.wait(STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        sys.exit("the server did not stop when asked to")
    if stopped:
        sys.exit(f"the server stopped with exit code {stopped}")


if __name__ == "__main__":
    main()
