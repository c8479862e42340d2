"""metav1.Conditions as values: their transition time moves only with their status."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from assessor.engine.assessment import Assessment
from assessor.inventory.snapshot import EvidenceGap, GapReason
from assessor.reporting.bounds import bounded

MAX_CONDITION_MESSAGE = 1024


class ConditionValue(NamedTuple):
    """What a condition says; ``status`` is True, False or Unknown."""

    type: str
    status: str
    reason: str
    message: str


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second, as metav1.Time is written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def render_conditions(
    values: Sequence[ConditionValue],
    previous: Mapping[str, Any],
    *,
    generation: int,
    now: datetime,
) -> list[dict[str, Any]]:
    """The conditions, each with the transition time that its status has had."""
    before = {c.get("type"): c for c in previous.get("conditions", ())}
    return [_condition(value, before.get(value.type), generation, now) for value in values]


def _condition(
    value: ConditionValue, before: Mapping[str, Any] | None, generation: int, now: datetime
) -> dict[str, Any]:
    same = before is not None and before.get("status") == value.status
    since = before["lastTransitionTime"] if before is not None and same else timestamp(now)
    return {
        "type": value.type,
        "status": value.status,
        "observedGeneration": generation,
        "lastTransitionTime": since,
        "reason": value.reason,
        "message": bounded(value.message, MAX_CONDITION_MESSAGE),
    }


def evidence_complete(assessment: Assessment) -> ConditionValue:
    """Whether every kind could be read; False names those that could not."""
    if not assessment.gaps:
        told = "Every observed kind could be read."
        return ConditionValue("EvidenceComplete", "True", "AllReadable", told)
    return ConditionValue("EvidenceComplete", "False", "EvidenceMissing", _missing(assessment.gaps))


def _missing(gaps: Sequence[EvidenceGap]) -> str:
    """All names first: details are as long as the API server likes, and are cut off."""
    kinds: dict[GapReason, list[str]] = defaultdict(list)
    for gap in gaps:
        kinds[gap.reason].append(gap.evidence)
    named = "; ".join(f"{reason}: {', '.join(names)}" for reason, names in kinds.items())
    details = "; ".join(f"{gap.evidence}: {gap.detail}" for gap in gaps if gap.detail)
    return f"{named}. {details}".rstrip()
