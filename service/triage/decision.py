"""The nouns of a verdict, all frozen: findings, suspicions, proposals, open questions, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from service.triage.model import Criterion, Level, Notice, Qualifier, RecommendedTest, SuspectedCondition
from service.triage.questions import Coding, Item, Option


class Verdict(Enum):
    """What a criterion says about a set of answers."""

    FIRED = "fired"
    NOT_FIRED = "not fired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Answers that contradict each other or that a question's `asked_when` hides; `counted` says what was taken."""

    link_ids: tuple[str, ...]
    says: str
    counted: str
    hidden: bool = False
    harmless: bool = False


@dataclass(frozen=True)
class Finding:
    """One criterion's verdict, the answers it rests on in words, and the linkIds that are still open.

    `unasked` are linkId and option where a question that leaves it open was answered in part.
    """

    criterion: Criterion
    verdict: Verdict
    because: tuple[str, ...]
    open: tuple[str, ...] = ()
    lowered_by: tuple[Qualifier, ...] = ()
    unasked: tuple[tuple[str, str], ...] = ()

    @cached_property
    def words(self) -> str:
        """The finding as one sentence, the same wherever it is printed."""
        return f"{self.criterion.title} ({'; '.join(self.because)})"


@dataclass(frozen=True, slots=True)
class Judged:
    """How the criteria turn out: the level, what fired, what is open above it, and what a qualifier lowered."""

    level: Level
    fired: tuple[Finding, ...]
    above: tuple[Finding, ...]
    lowered: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A condition that may lie behind the numbness, how soon it matters, and why it is suspected."""

    condition: SuspectedCondition
    level: Level
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recommended test, the level of what asks for it most urgently, and every reason.

    `suspicions` are the suspected conditions that ask for it; `findings` the criteria that ask for it directly.
    """

    test: RecommendedTest
    codings: tuple[Coding, ...]
    level: Level
    suspicions: tuple[Suspicion, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unanswered question and the highest level that its answer could still lead to.

    `unasked` are the options that could raise the level when only they are open: the question was answered in part.
    """

    item: Item
    could_reach: Level
    unasked: tuple[Option, ...] = ()

    @property
    def words(self) -> str:
        """What is open: the question, or these options of it."""
        options = "; ".join(option.text for option in self.unasked)
        return f"{self.item.label} (not asked about: {options})" if options else self.item.label


@dataclass(frozen=True)
class Decision:
    """The whole verdict on one set of answers.

    `fired` stand with the most acute first, otherwise in the order of the rule files; `lowered` are those of which a
    qualifier holds. `found` makes the findings of all criteria, which nobody needs but those who ask for them.
    """

    level: Level
    highest: Level
    fired: tuple[Finding, ...]
    lowered: tuple[Finding, ...]
    suspicions: tuple[Suspicion, ...]
    proposals: tuple[Proposal, ...]
    withheld: tuple[Proposal, ...]
    notices: tuple[Notice, ...]
    open_questions: tuple[OpenQuestion, ...]
    conflicts: tuple[Conflict, ...]
    found: Callable[[], tuple[Finding, ...]] = field(repr=False, compare=False)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """A finding for each criterion, in the order of the rule files."""
        return self.found()

    @property
    def complete(self) -> bool:
        """Whether no unanswered question could raise the level."""
        return self.highest <= self.level
