"""The page for people."""

from __future__ import annotations

import html
import json

from flask.testing import FlaskClient

from service.settings import packaged
from service.wiring import Service


def test_the_page_shows_the_rule_set_every_criterion_and_every_example(client: FlaskClient, service: Service) -> None:
    reply = client.get("/")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    shown = html.unescape(reply.text)
    rule_set = service.triage.served[0]
    assert f"Rule set <strong>limb-numbness {rule_set.version}</strong>" in shown
    for criterion in rule_set.criteria:
        assert f"<strong>{criterion.title}</strong>" in shown
    for about in packaged("fhir_examples").glob("*/about.json"):
        told = json.loads(about.read_text("utf-8"))
        expected = f'<option value="{about.parent.name}" data-version="{told["fhirVersion"]}">{told["title"]}</option>'
        assert expected in shown


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'src="/static/page.js"' in page
    assert 'href="/static/page.css"' in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "onclick" not in page
    assert "<script>" not in page
    assert "<style" not in page


def test_what_the_page_loads_is_served(client: FlaskClient) -> None:
    script, style = client.get("/static/page.js"), client.get("/static/page.css")
    assert (script.status_code, script.mimetype) == (200, "text/javascript")
    assert (style.status_code, style.mimetype) == (200, "text/css")
    assert "QuestionnaireResponse/$triage" in script.text


def test_an_example_is_served_as_it_would_be_posted(client: FlaskClient) -> None:
    for file in packaged("fhir_examples").glob("*/response.json"):
        reply = client.get(f"/examples/{file.parent.name}/response.json")
        assert reply.data == file.read_bytes()
        assert reply.mimetype == "application/fhir+json"


def test_nothing_else_of_the_disk_is_served(client: FlaskClient) -> None:
    for name in ("nothing", "..", "%2e%2e", "..%2frules", "unknown-items%2f..%2funknown-items"):
        assert client.get(f"/examples/{name}/response.json").status_code == 404
