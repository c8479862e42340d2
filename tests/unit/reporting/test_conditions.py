"""What a condition's message must hold, however much there is to say."""

import datetime as dt

import msgspec
import pytest

from assessor.engine.assessment import Assessment
from assessor.inventory.kinds import BUILD_EVIDENCE, Evidence
from assessor.inventory.snapshot import EvidenceGap, GapReason
from assessor.reporting.conditions import evidence_complete, render_conditions
from tests.unit.reporting.test_status import judged

REFUSAL = (
    'pods is forbidden: User "system:serviceaccount:kube-assessor-system:kube-assessor" cannot list'
    ' resource "pods" in API group "" at the cluster scope'
)

OBSERVED = [kind for kind in Evidence if kind not in BUILD_EVIDENCE]
"""What a cluster can be missing; it has no Dockerfiles."""


def message(assessment: Assessment) -> str:
    """EvidenceComplete's message, as it is stored."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    (rendered,) = render_conditions([evidence_complete(assessment)], {}, generation=1, now=now)
    assert rendered["status"] == "False"
    told: str = rendered["message"]
    return told


@pytest.mark.parametrize("reason", GapReason)
def test_every_kind_that_is_missing_is_named(reason: GapReason) -> None:
    """The API server's long refusals push no name out."""
    told = message(judged(*(EvidenceGap(kind, reason, REFUSAL) for kind in OBSERVED)))
    assert all(kind in told.partition(".")[0] for kind in OBSERVED)
    assert told.startswith(f"{reason}: clusterrolebindings, clusterroles, ")
    assert REFUSAL in told


def test_kinds_are_named_by_what_is_wrong_with_them() -> None:
    """Each reason once; then what is known of each kind."""
    gaps = (
        EvidenceGap(Evidence.PODS, GapReason.FORBIDDEN, "no"),
        EvidenceGap(Evidence.JOBS, GapReason.STALE),
        EvidenceGap(Evidence.SERVICES, GapReason.FORBIDDEN, "neither"),
    )
    told = message(msgspec.structs.replace(judged(), gaps=gaps))
    assert told == "Forbidden: pods, services; Stale: jobs. pods: no; services: neither"
