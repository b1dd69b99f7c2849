"""The page in a real browser: it works under a policy that forbids what is inline; the browser objects to nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program, "a browser is needed: apt-get install chromium"
    with sync_playwright() as player:
        started = player.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture
def objections(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and all that the browser says against what is on it."""
    page, said = browser.new_page(), []
    page.set_default_timeout(60_000)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda asked: said.append(f"failed: {asked.url}"))
    yield page, said
    page.close()


def test_an_example_is_triaged_on_the_page(server: Any, objections: tuple[Page, list[str]]) -> None:
    page, said = objections
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.select_option("#example", "cold-foot-pain-walking")
    expect(page.locator("#body")).to_have_value(re.compile(".{500}", re.DOTALL), timeout=60_000)
    page.click("button[type=submit]")
    page.wait_for_selector("#decision .tag")
    assert page.inner_text("#decision .tag") == "Urgent"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#decision .tag')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    assert said == []


def test_the_rule_reference_is_shown_with_its_style(server: Any, objections: tuple[Page, list[str]]) -> None:
    page, said = objections
    page.goto(f"http://127.0.0.1:{server.port}/rules")
    assert page.locator("table").count() > 3
    assert page.evaluate("document.styleSheets.length") == 1
    assert said == []


def test_the_policy_is_in_force(server: Any, objections: tuple[Page, list[str]]) -> None:
    """The test of the tests above: what is inline is not run, and the browser says so."""
    page, said = objections
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.setAttribute("style", "color: red");
        }"""
    )
    assert page.evaluate("window.ran") is None
    assert len([text for text in said if "Content Security Policy" in text]) == 2


def test_a_page_of_a_named_origin_may_ask_and_one_of_another_may_not(
    start_server: Any, browser: Browser, tmp_path: Path
) -> None:
    page_of = start_server(TRIAGE_WORKERS="1")
    asked = start_server(TRIAGE_WORKERS="1", TRIAGE_CORS_ORIGINS=f"http://localhost:{page_of.port}")
    ask = f"""async () => {{
      try {{
        const reply = await fetch("http://127.0.0.1:{asked.port}/fhir/QuestionnaireResponse/$triage",
          {{method: "POST", headers: {{"Content-Type": "application/fhir+json"}}, body: "nonsense"}});
        return [reply.status, (await reply.json()).resourceType, reply.headers.get("X-Request-Id").length];
      }} catch (refused) {{ return refused.name; }}
    }}"""
    for host, expected in (("localhost", [400, "OperationOutcome", 32]), ("127.0.0.1", "TypeError")):
        page = browser.new_page(bypass_csp=True)
        page.goto(f"http://{host}:{page_of.port}/health/live")
        assert page.evaluate(ask) == expected
        page.close()
