"""What can be wrong with an input, as a value that knows neither HTTP nor FHIR."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The kinds of refusal, fault and warning; doors turn them into a status, an issue code and an exit code."""

    MALFORMED = "malformed"  # not JSON, or not JSON that FHIR allows
    STRUCTURE = "structure"  # JSON, but not structurally valid FHIR
    NOT_FOUND = "not-found"
    METHOD = "method"
    NOT_ACCEPTABLE = "not-acceptable"
    MEDIA_TYPE = "media-type"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"  # a request that did not come in whole within its time
    STATUS = "status"  # a response whose status says that it must not be used
    QUESTIONNAIRE = "questionnaire"  # not the questionnaire, or not the version, that is served
    SUBJECT = "subject"
    ANSWER_TYPE = "answer-type"
    ANSWER_CODE = "answer-code"
    NOT_ASKED = "not-asked"  # an item that the questionnaire does not have
    ARRANGEMENT = "arrangement"  # items in another place or order than in the questionnaire
    REQUIRED_ANSWER = "required-answer"
    OCCURRENCE = "occurrence"  # given more often than the questionnaire allows, or beside what excludes it
    NOT_ENABLED = "not-enabled"  # an answer to what the questionnaire does not ask then
    ANSWER_LIMIT = "answer-limit"  # too long, too small, of another unit, and the like
    AUTHORIZATION = "authorization"  # credentials sent in a way that is not understood
    LOGIN = "login"  # no access token, or one that is not valid here
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"  # an access token that does not allow it
    NOT_READY = "not-ready"
    BUSY = "busy"  # more is asked for than can be answered in good time
    THROTTLED = "throttled"  # this caller asks more often than is allowed
    CERTIFICATE = "certificate"  # the caller shows no client certificate
    FAULT = "fault"
    CONTRADICTION = "contradiction"
    HIDDEN_ANSWER = "hidden-answer"
    UNKNOWN_ITEM = "unknown-item"
    REARRANGED = "rearranged"  # arranged differently than in the questionnaire, but read all the same
    NO_QUESTIONNAIRE = "no-questionnaire"
    INCOMPLETE = "incomplete"
    STALE = "stale"  # authored too long ago, or in the future
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or worth saying.

    `where` is a FHIRPath into the caller's own body, or `file:line:column` of a rule file, or empty.
    `check` is the id of the check of the rules that found it, if one did.
    `link_id` and `question` name the question concerned, if one is.
    No field may hold an answer's free text or anything that names a patient.
    """

    kind: Kind
    where: str
    message: str
    remedy: str = ""
    link_id: str = ""
    question: str = ""
    check: str = ""

    @property
    def text(self) -> str:
        """Where, what and what to do, in one line."""
        parts = [self.message]
        if self.link_id:
            parts.append(
                f"Question: {self.link_id} “{self.question}”." if self.question else f"linkId: {self.link_id}."
            )
        if self.remedy:
            parts.append(self.remedy)
        head = f"{self.where}: " if self.where else ""
        return head + " ".join(parts)


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """Raised when an input cannot be taken; carries every problem found, the first one deciding the status."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems
