"""The rule reference, made of the rules so that it cannot go stale: GET /rules, and as HTML and Markdown files."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, url_for
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.triage.model import Level, RuleSet
from service.triage.questions import Item
from service.triage.rule_words import condition_words, criterion_words
from service.web.edges import the_service

DOOR = Blueprint("reference", __name__)

TEMPLATES = Environment(
    loader=PackageLoader("service.web"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@DOOR.get("/rules")
def rules() -> str:
    """The reference of every rule set that is served."""
    return reference("rules.html", the_service().triage.served, static=url_for("static", filename=""))


def reference(template: str, rule_sets: Sequence[RuleSet], *, static: str = "") -> str:
    """The reference of the rule sets by a template of ours, `rules.html` or `rules.md`."""
    return TEMPLATES.get_template(template).render(
        rule_sets=rule_sets,
        levels=sorted(Level, reverse=True),
        criterion_words=criterion_words,
        condition_words=condition_words,
        kind_of=_kind,
        asked_tests=_asked_tests,
        static=static,
    )


def _kind(item: Item) -> str:
    return "yes or no" if item.kind == "boolean" else "several of" if item.repeats else "one of"


def _asked_tests(rule_set: RuleSet) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each condition that asks for tests: its title, and of each test the title, the basis and the sources."""
    return [
        (
            condition.title,
            [(rule_set.tests[ask.test].title, ask.basis, ", ".join(ask.sources)) for ask in condition.tests],
        )
        for condition in rule_set.conditions.values()
        if condition.tests
    ]
