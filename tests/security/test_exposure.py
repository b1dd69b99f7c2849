"""Without access control nobody is served but this machine, unless that is asked for twice."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main

UNSET = (
    "TRIAGE_AUTH is not set, and {} can be reached from other machines. "
    "Set TRIAGE_AUTH=smart and the settings that go with it (docs/access.md). "
    "To try the service out, serve on 127.0.0.1, or set TRIAGE_AUTH=none and TRIAGE_INSECURE=true (or --insecure): "
    "then whoever reaches the port may use it."
)
OPEN = (
    "TRIAGE_AUTH is none, and {} can be reached from other machines: whoever reaches the port may use it. "
    "Set TRIAGE_AUTH=smart (docs/access.md), or TRIAGE_INSECURE=true (or --insecure) if that is what you want."
)
SMART = {
    "TRIAGE_AUTH": "smart",
    "TRIAGE_AUTH_ISSUER": "https://login.example.org",
    "TRIAGE_AUTH_AUDIENCE": "https://triage.example.org/fhir",
    "TRIAGE_AUTH_TOKEN_URL": "https://login.example.org/token",
}
OUTSIDE = ["0.0.0.0", "::", "10.0.0.1", "triage.example.org", "localhost.example.org"]


@pytest.fixture
def serve(monkeypatch):
    """Runs `serve` up to where it would listen; gives the exit code, and the output without its line breaks."""

    def run(*arguments, **environment):
        started = []
        monkeypatch.setattr("service.web.server.run", lambda settings, service: started.append(settings))
        done = CliRunner().invoke(main, ["serve", *arguments], env=environment)
        assert (done.exit_code == 0) == bool(started)
        return done.exit_code, " ".join(done.output.split())

    return run


@pytest.mark.parametrize("host", OUTSIDE)
def test_other_machines_are_not_served_while_nobody_said_how(serve, host):
    for arguments, environment in ((("--host", host), {}), ((), {"TRIAGE_HOST": host})):
        code, said = serve(*arguments, **environment)
        assert code == 2
        assert said.endswith(UNSET.format(host))


@pytest.mark.parametrize("host", OUTSIDE)
def test_other_machines_are_not_served_without_access_control(serve, host):
    code, said = serve("--host", host, TRIAGE_AUTH="none")
    assert code == 2
    assert said.endswith(OPEN.format(host))


def test_insecure_alone_is_not_enough(serve):
    code, said = serve("--host", "0.0.0.0", "--insecure")
    assert code == 2
    assert said.endswith(UNSET.format("0.0.0.0"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
@pytest.mark.parametrize("auth", [{}, {"TRIAGE_AUTH": ""}, {"TRIAGE_AUTH": "none"}, SMART])
def test_this_machine_is_served_either_way(serve, host, auth):
    assert serve("--host", host, **auth) == (0, "")


@pytest.mark.parametrize("arguments", [["--insecure"], []])
def test_other_machines_are_served_without_access_control_when_that_is_asked_for_twice(serve, arguments):
    environment = {"TRIAGE_AUTH": "none"} | ({} if arguments else {"TRIAGE_INSECURE": "true"})
    assert serve("--host", "0.0.0.0", *arguments, **environment) == (0, "")


def test_other_machines_are_served_with_access_control(serve):
    assert serve("--host", "0.0.0.0", **SMART) == (0, "")


def test_access_control_needs_its_settings(serve):
    code, said = serve("--host", "0.0.0.0", TRIAGE_AUTH="smart")
    assert code == 2
    for name in ("ISSUER", "AUDIENCE", "TOKEN_URL"):
        assert f"TRIAGE_AUTH_{name}: must be set when TRIAGE_AUTH is smart" in said
