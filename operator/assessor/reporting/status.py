"""An Assessment as the resource's status: complete, bounded, and equal for equal content."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from assessor.catalogue.checklist import CONTROLS
from assessor.engine.assessment import Assessment, Finding, Reason, Result, Verdict
from assessor.reporting import parts
from assessor.reporting.bounds import bounded
from assessor.reporting.conditions import (
    ConditionValue,
    evidence_complete,
    render_conditions,
    timestamp,
)

MAX_STATUS_BYTES = 64 * 1024
"""A status without managedFields is at most this long as JSON (api.md)."""
MAX_MESSAGE = 1024
MAX_PATH = 512
REMEDIATIONS = 256
"""Different ones that are kept as they are shown: each check has one."""
SHORT_MESSAGE = 120
"""What a control's message is cut to where a status is too long."""

CLOCK_FIELDS = frozenset({"lastAssessedTime", "nextAssessmentTime", "lastChangeTime"})
"""Times that move without the content."""

LAST_RESULT = "lastResult"
JUDGED = frozenset({Result.PASS, Result.FAIL, Result.WAIVED})
OPEN = frozenset({Result.UNKNOWN, Result.ERROR})
"""Results of which it is remembered what was judged last."""
OF_CATALOGUE = frozenset({Reason.CLUSTER_SCOPE, Reason.NOT_IN_PROFILE, Reason.NOT_AUTOMATED})
"""Reasons that say nothing of the namespace. Such controls are two thirds of the checklist, and
what the API server needs for a status grows with its fields: they are told by their ids alone."""

DEFAULT_SEVERITIES = {control.id: control.severity.label for control in CONTROLS}

Status = dict[str, Any]


class Ready(NamedTuple):
    """The Ready condition: whether the assessment is current, never the verdict."""

    status: str
    reason: str
    message: str


def render_status(
    assessment: Assessment,
    *,
    ready: Ready,
    generation: int,
    max_findings: int,
    previous: Mapping[str, Any],
    now: datetime,
    next_at: datetime,
    catalogue_version: str,
) -> Status:
    """The complete owned status; ``previous`` is the stored one, empty where there is none."""
    conditions = (
        ConditionValue("Ready", *ready),
        ConditionValue(
            "Compliant",
            assessment.compliance.status,
            assessment.compliance.reason,
            assessment.compliance.message,
        ),
        evidence_complete(assessment),
    )
    judged, rest = _controls(assessment, previous, now)
    status: Status = {
        "observedGeneration": generation,
        "conditions": render_conditions(conditions, previous, generation=generation, now=now),
        "summary": parts.counts(assessment.counts),
        "failing": parts.failing(assessment),
        "sections": [parts.section(section) for section in assessment.sections],
        "controls": judged,
        "notJudged": rest,
        "findings": [_finding(finding) for finding in assessment.findings[:max_findings]],
        "truncated": max(0, len(assessment.findings) - max_findings),
        "catalogue": catalogue_version,
    }
    if assessment.score is not None:
        status["score"] = assessment.score
    if assessment.coverage is not None:
        status["coverage"] = assessment.coverage
    return _timed(_fitted(status), previous, now, next_at)


def suspended_status(previous: Mapping[str, Any], generation: int, now: datetime) -> Status:
    """Ready/Suspended and Compliant Unknown; all else stays as it was stored."""
    return _without_verdict(
        dict(previous),
        previous,
        (
            ConditionValue("Ready", "True", "Suspended", "Judging is suspended by spec.suspend."),
            ConditionValue(
                "Compliant", "Unknown", "Suspended", "Nothing is judged while suspended."
            ),
        ),
        generation,
        now,
    )


def not_ready_status(
    previous: Mapping[str, Any], generation: int, now: datetime, reason: str, message: str
) -> Status:
    """A spec that cannot be judged: Ready False, Compliant Unknown, and no verdicts at all.

    What was judged before is kept as each control's last result alone, so that what changes
    meanwhile is told once the spec is mended.
    """
    status: Status = {
        "conditions": [c for c in previous.get("conditions", ()) if c["type"] == "EvidenceComplete"]
    }
    if previous.get("controls"):
        since = timestamp(now)
        status["controls"] = [_forgotten(c, reason, since) for c in previous["controls"]]
    return _without_verdict(
        status,
        previous,
        (
            ConditionValue("Ready", "False", reason, message),
            ConditionValue("Compliant", "Unknown", reason, message),
        ),
        generation,
        now,
    )


def content_hash(status: Mapping[str, Any]) -> str:
    """A digest of what a status says, whenever it was said and in whatever order of keys."""
    content = {key: value for key, value in status.items() if key not in CLOCK_FIELDS}
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two statuses say the same, whenever it was said; cheaper than two digests."""
    return all(one.get(key) == other.get(key) for key in (one.keys() | other.keys()) - CLOCK_FIELDS)


def _without_verdict(
    status: Status,
    previous: Mapping[str, Any],
    conditions: tuple[ConditionValue, ConditionValue],
    generation: int,
    now: datetime,
) -> Status:
    kept = [c for c in status.get("conditions", ()) if c["type"] not in ("Ready", "Compliant")]
    made = render_conditions(conditions, previous, generation=generation, now=now)
    status |= {"observedGeneration": generation, "conditions": [*made, *kept]}
    status.pop("nextAssessmentTime", None)
    return _changed(status, previous, now)


def _timed(status: Status, previous: Mapping[str, Any], now: datetime, next_at: datetime) -> Status:
    status["lastAssessedTime"] = timestamp(now)
    status["nextAssessmentTime"] = timestamp(next_at)
    return _changed(status, previous, now)


def _changed(status: Status, previous: Mapping[str, Any], now: datetime) -> Status:
    same = previous and same_content(status, previous)
    status["lastChangeTime"] = (
        previous["lastChangeTime"] if same and "lastChangeTime" in previous else timestamp(now)
    )
    return status


def _controls(
    assessment: Assessment, previous: Mapping[str, Any], now: datetime
) -> tuple[list[Status], list[Status]]:
    """Those of which something is said of this namespace, and the ids of all others by reason."""
    before = {control["id"]: control for control in previous.get("controls", ())}
    since = timestamp(now)
    told: list[Status] = []
    rest: dict[tuple[str, str], list[str]] = {}
    for verdict in assessment.verdicts:
        history = _history(verdict.result, before.get(verdict.control, {}), since)
        if verdict.reason in OF_CATALOGUE and LAST_RESULT not in history:
            key = verdict.reason.value, verdict.result.value
            rest.setdefault(key, []).append(verdict.control)
        else:
            told.append(_control(verdict) | history)
    grouped = sorted(rest.items())
    return told, [{"result": r, "reason": why, "controls": ids} for (why, r), ids in grouped]


def _control(verdict: Verdict) -> Status:
    rendered = parts.verdict(verdict)
    if "message" in rendered:
        rendered["message"] = bounded(rendered["message"], MAX_MESSAGE)
    return rendered


def _forgotten(before: Mapping[str, Any], reason: str, now: str) -> Status:
    """A control of which nothing is known any more but what it was."""
    rendered = {"id": before["id"], "result": Result.UNKNOWN.value, "reason": reason}
    if severity := DEFAULT_SEVERITIES.get(before["id"], before.get("severity")):
        rendered["severity"] = severity
    return rendered | _history(Result.UNKNOWN, before, now)


def _history(result: Result, before: Mapping[str, Any], now: str) -> Status:
    """Since when the result has been this one, and what it was while it could be judged."""
    known = before.get("result")
    kept = before.get("since") if known == result.value else None
    history: Status = {"since": kept or now}
    last = known if known in JUDGED else before.get(LAST_RESULT)
    if result in OPEN and last:
        history[LAST_RESULT] = last
    return history


def _finding(finding: Finding) -> Status:
    rendered = parts.finding(finding)
    for field, limit in (("object", MAX_PATH), ("path", MAX_PATH), ("message", MAX_MESSAGE)):
        if field in rendered:
            rendered[field] = bounded(rendered[field], limit)
    rendered["remediation"] = _remediation(finding.remediation)
    return rendered


@lru_cache(maxsize=REMEDIATIONS)
def _remediation(text: str) -> str:
    """A check's own; its lines stay."""
    return bounded(text, MAX_MESSAGE, lines=True)


def _fitted(status: Status) -> Status:
    """Shorten the controls' messages where it is too long; then drop findings from the tail.

    A little room stays for the three times that are added afterwards.
    """
    room = MAX_STATUS_BYTES - 256
    if len(msgspec.json.encode(status)) > room:
        for control in status["controls"]:
            if "message" in control:
                control["message"] = bounded(control["message"], SHORT_MESSAGE)
    excess = len(msgspec.json.encode(status)) - room
    while excess > 0 and status["findings"]:
        excess -= len(msgspec.json.encode(status["findings"].pop())) + 1
        status["truncated"] += 1
    return status
