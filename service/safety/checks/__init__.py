"""The live checks: what a running service shows of the controls, each with the evidence in a line or two."""

from __future__ import annotations

from service.safety.against import Check
from service.safety.checks import handling, levels

CHECKS: dict[str, Check] = {
    "emergency-stays": levels.emergency_stays,
    "unanswered-is-open": levels.unanswered_is_open,
    "mild-is-mild": levels.mild_is_mild,
    "same-patient": handling.same_patient,
    "questionnaire-version": handling.questionnaire_version,
    "stale": handling.stale,
    "free-text": handling.free_text,
    "no-defaults": handling.no_defaults,
    "active-rules": handling.active_rules,
    "sent-twice": handling.sent_twice,
    "not-to-be-used": handling.not_to_be_used,
    "unsound-body": handling.unsound_body,
    "contradictions": levels.contradictions,
    "children": levels.children,
    "limits-said": levels.limits_said,
    "kept-nowhere": handling.kept_nowhere,
    "access": handling.access,
}
"""The one table of the live checks, by the names that hazards.toml uses."""
