"""A watched service in process, and its metrics read by Prometheus' own parser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from watch.reading import samples

from service.web.app import create_app
from service.wiring import Service


@pytest.fixture
def watched(service: Service, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of a service that shows its metrics at its own address."""
    monkeypatch.setattr("service.web.app.start_logging", lambda _: None)
    settings = replace(service.settings, metrics_address="service")
    return create_app(settings, service).test_client()


@pytest.fixture
def scrape(watched: FlaskClient) -> Callable[[], dict[str, dict[tuple[str, ...], float]]]:
    return lambda: samples(watched.get("/metrics").text)


@pytest.fixture
def triage(watched: FlaskClient) -> Callable[..., Any]:
    def send(body: Any, **headers: str) -> Any:
        return watched.post(
            "/fhir/QuestionnaireResponse/$triage",
            **({"data": body} if isinstance(body, bytes) else {"json": body}),
            headers={"Content-Type": "application/fhir+json", **headers},
        )

    return send
