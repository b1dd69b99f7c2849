"""The rule reference says what the rules say, and all of it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from service.cli import main
from service.wiring import Service


class Text(HTMLParser):
    """The text of a page, its tags, and the addresses that it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.loads: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href") and tag != "a"]


def test_the_page_names_every_criterion_question_and_statement(client: FlaskClient, service: Service) -> None:
    page = client.get("/rules")
    assert page.status_code == 200
    text = Text(page.text).text
    rule_set = service.triage.served[0]
    for criterion in rule_set.criteria:
        assert criterion.title in text
        assert all(f"{source.id} {source.states}" in text for source in criterion.sources)
    assert all(item.text in text for item in rule_set.items.values())
    assert all(statement.says in text for statement in rule_set.statements.values())
    assert "Emergency when weakness of a limb: yes; unless known: The weakness came on gradually." in text
    assert Text(page.text).loads == ["/static/icon.svg", "/static/page.css"]


def test_the_files_stand_alone(tmp_path: Path, service: Service) -> None:
    done = CliRunner().invoke(main, ["docs", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    assert done.output == f"rules.md and rules.html written to {tmp_path / 'made'}\n"
    page = Text((tmp_path / "made/rules.html").read_text("utf-8"))
    assert page.loads == []
    markdown = (tmp_path / "made/rules.md").read_text("utf-8")
    for criterion in service.triage.served[0].criteria:
        assert f"- **{criterion.title}** (`{criterion.id}`). " in markdown
    assert "| `confusion` | Are you confused, or has someone noticed that you are? | yes or no |\n" in markdown
    assert "| Stroke | MRI of the brain | stated | TM-8, TM-22 |\n" in markdown
