"""Guards and applications that trust the issuer of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from security.issuer import AUDIENCE, Issuer

from service.security.guard import Guard
from service.settings import Settings
from service.web.app import create_app
from service.wiring import Service


class Clock:
    """A clock that the test turns, beside the real one."""

    def __init__(self, real: Callable[[], float]) -> None:
        self.real, self.ahead = real, 0.0

    def __call__(self) -> float:
        return self.real() + self.ahead


@pytest.fixture(scope="module")
def shared_issuer() -> Iterator[Issuer]:
    """An issuer for tests that leave it as it was."""
    running = Issuer()
    yield running
    running.stop()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    yield running
    running.stop()


def trusting(issuer: Issuer, **more: Any) -> Settings:
    """The settings of a service that trusts the issuer."""
    given = {"auth": "smart", "auth_issuer": issuer.url, "auth_audience": AUDIENCE}
    return Settings(**{**given, "auth_token_url": f"{issuer.url}/token", **more})


def asking(issuer: Issuer, **more: Any) -> dict[str, Any]:
    """The settings by which the issuer is asked about tokens."""
    given = {"auth_introspection_url": f"{issuer.url}/introspect", "auth_introspection_client_id": "triage"}
    return {**given, "auth_introspection_secret": "a-secret-of-ours", **more}


@pytest.fixture
def guard_of() -> Callable[..., tuple[Guard, Clock]]:
    """Makes a guard, and gives the one clock that it goes by."""

    def make(issuer: Issuer, **more: Any) -> tuple[Guard, Clock]:
        import time

        clock = Clock(time.time)
        return Guard(trusting(issuer, **more), clock=clock, monotonic=clock), clock

    return make


@pytest.fixture
def door_of(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FlaskClient]:
    """Makes a client of an application that trusts an issuer."""
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)

    def make(issuer: Issuer, **more: Any) -> FlaskClient:
        settings = trusting(issuer, fixed_time=service.settings.fixed_time, **more)
        return create_app(settings, replace(service, settings=settings)).test_client()

    return make
