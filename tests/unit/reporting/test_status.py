"""The status that is written: valid, bounded, and silent about time alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.api.status import SecurityAssessmentStatus
from assessor.catalogue.checklist import CATALOGUE_VERSION, CONTROLS
from assessor.catalogue.profiles import BUILT_IN_PROFILES
from assessor.checks.loading import load
from assessor.engine.assess import assess
from assessor.engine.assessment import Assessment, Finding
from assessor.engine.tailoring import Tailoring
from assessor.inventory.kinds import Evidence
from assessor.inventory.meta import Meta
from assessor.inventory.snapshot import EvidenceGap, GapReason, Snapshot
from assessor.inventory.workloads import Namespace
from assessor.kernel.refs import ObjectRef
from assessor.kernel.severity import Severity
from assessor.reporting.status import (
    MAX_STATUS_BYTES,
    Ready,
    content_hash,
    not_ready_status,
    render_status,
    suspended_status,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
READY = Ready("True", "Assessed", "Current.")


def judged(*gaps: EvidenceGap) -> Assessment:
    """Assess an empty namespace with the real checks."""
    snapshot = Snapshot(
        Namespace(Meta("payments", "", "u", {})), gaps={gap.evidence: gap for gap in gaps}
    )
    tailoring = Tailoring(profile=BUILT_IN_PROFILES["full"])
    return assess(snapshot, controls=CONTROLS, checks=load(), tailoring=tailoring)


def rendered(
    assessment: Assessment, previous: dict[str, Any] | None = None, now: datetime = NOW
) -> dict[str, Any]:
    """Render with the usual arguments."""
    return render_status(
        assessment,
        ready=READY,
        generation=1,
        max_findings=200,
        previous=previous or {},
        now=now,
        next_at=now + timedelta(hours=1),
        catalogue_version=CATALOGUE_VERSION,
    )


def told(status: dict[str, Any]) -> list[str]:
    """The ids of all controls that a status names, sorted."""
    rest = (name for each in status["notJudged"] for name in each["controls"])
    return sorted([*(each["id"] for each in status["controls"]), *rest])


def test_it_is_what_the_crd_allows() -> None:
    """The model that the CRD is generated from accepts it, unknown fields refused."""
    status = rendered(judged())
    SecurityAssessmentStatus.model_validate(status)
    assert told(status) == sorted(control.id for control in CONTROLS)
    assert sum(status["summary"].values()) == 64


def test_time_alone_changes_no_content() -> None:
    """An hour later the same verdict has the same digest, and its old transition times."""
    first = rendered(judged())
    second = rendered(judged(), first, LATER)
    assert content_hash(first) == content_hash(second)
    assert second["lastChangeTime"] == first["lastChangeTime"]
    assert second["lastAssessedTime"] != first["lastAssessedTime"]


def test_a_change_moves_its_own_times_only() -> None:
    """A control that changes gets a new `since`; the others keep theirs."""
    first = rendered(judged())
    gap = EvidenceGap(Evidence.NETWORK_POLICIES, GapReason.FORBIDDEN, "403")
    second = rendered(judged(gap), first, LATER)
    since = {c["id"]: c.get("since") for c in second["controls"]}
    assert since["NET-01"] == "2026-01-01T01:00:00Z"
    assert since["WORKLOAD-01"] == "2026-01-01T00:00:00Z"
    complete = next(c for c in second["conditions"] if c["type"] == "EvidenceComplete")
    assert complete["status"] == "False"
    assert "networkpolicies" in complete["message"]


def test_what_says_nothing_of_the_namespace_is_told_in_short() -> None:
    """By its id under its reason; all else is the catalogue's."""
    status = rendered(judged())
    rest = {each["reason"]: each for each in status["notJudged"]}
    assert rest["ClusterScope"]["result"] == "NotApplicable"
    assert "NODE-04" in rest["ClusterScope"]["controls"]
    assert rest["NotAutomated"]["result"] == "Unknown"
    assert "NET-02" in rest["NotAutomated"]["controls"]
    (net,) = (c for c in status["controls"] if c["id"] == "NET-01")
    assert {"severity", "since"} <= net.keys()


def test_what_was_judged_once_is_not_forgotten() -> None:
    """A control that another version judged keeps an entry of its own, with what it was."""
    once = {"controls": [{"id": "NET-02", "result": "Fail", "since": "2026-01-01T00:00:00Z"}]}
    status = rendered(judged(), once)
    (net,) = (c for c in status["controls"] if c["id"] == "NET-02")
    assert (net["result"], net["reason"]) == ("Unknown", "NotAutomated")
    assert net["lastResult"] == "Fail"
    assert told(status) == sorted(control.id for control in CONTROLS)


def test_suspended_keeps_the_last_verdicts() -> None:
    """Only the conditions and the generation say that nothing is judged."""
    first = rendered(judged())
    status = suspended_status(first, 2, LATER)
    SecurityAssessmentStatus.model_validate(status)
    assert status["controls"] == first["controls"]
    assert status["observedGeneration"] == 2
    told = {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}
    assert told["Ready"] == ("True", "Suspended")
    assert told["Compliant"][0] == "Unknown"


def test_not_ready_holds_no_verdict() -> None:
    """What cannot be judged shows nothing that could be taken for a verdict."""
    first = rendered(judged())
    status = not_ready_status(first, 2, LATER, "ProfileNotFound", "no such profile")
    SecurityAssessmentStatus.model_validate(status)
    assert {(c["result"], c["reason"]) for c in status["controls"]} == {
        ("Unknown", "ProfileNotFound")
    }
    assert {"score", "summary", "findings", "failing"}.isdisjoint(status)
    failed = next(c for c in status["controls"] if c["id"] == "NET-01")
    assert failed["lastResult"] == "Fail"
    assert failed["since"] == "2026-01-01T01:00:00Z"
    assert {"message", "evaluated", "failing", "basis"}.isdisjoint(failed)
    again = not_ready_status(status, 3, LATER + timedelta(hours=1), "InvalidSpec", "odd")
    assert next(c for c in again["controls"] if c["id"] == "NET-01") == failed | {
        "reason": "InvalidSpec"
    }


def test_not_ready_from_the_start_has_no_controls() -> None:
    """There is nothing to remember."""
    assert "controls" not in not_ready_status({}, 1, NOW, "InvalidSpec", "odd")


def test_the_last_judged_result_outlives_blindness() -> None:
    """Through one missing kind, another, and a spec that cannot be judged; a verdict ends it."""
    gaps = [
        EvidenceGap(Evidence.NETWORK_POLICIES, reason)
        for reason in (GapReason.STALE, GapReason.FORBIDDEN)
    ]

    def net(status: dict[str, Any]) -> tuple[str, str | None]:
        control = next(c for c in status["controls"] if c["id"] == "NET-01")
        return control["result"], control.get("lastResult")

    known = rendered(judged())
    stale = rendered(judged(gaps[0]), known, LATER)
    forbidden = rendered(judged(gaps[1]), stale, LATER)
    assert net(known) == ("Fail", None)
    assert net(stale) == net(forbidden) == ("Unknown", "Fail")
    SecurityAssessmentStatus.model_validate(forbidden)
    assert net(not_ready_status(forbidden, 2, LATER, "InvalidSpec", "odd")) == ("Unknown", "Fail")
    assert net(rendered(judged(), forbidden, LATER)) == ("Fail", None)
    assert net(rendered(judged(gaps[0]))) == ("Unknown", None)


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=3000), st.integers(0, 400))
def test_it_fits_whatever_the_findings(hostile: str, number: int) -> None:
    """Hostile texts and counts stay within 64 KiB, and every missing finding is counted."""
    finding = Finding(
        "no-network-policy",
        "NET-01",
        Severity.HIGH,
        ObjectRef("", "Pod", "payments", hostile),
        hostile,
        hostile,
        "0" * 16,
        hostile,
    )
    assessment = msgspec.structs.replace(judged(), findings=(finding,) * number)
    status = rendered(assessment)
    assert len(msgspec.json.encode(status)) <= MAX_STATUS_BYTES
    assert len(status["findings"]) + status["truncated"] == number
    SecurityAssessmentStatus.model_validate(status)
