"""The status model accepts what the design shows, and nothing that the API server would refuse."""

from typing import Any

import pytest
from pydantic import ValidationError

from assessor.api.status import SecurityAssessmentStatus

COUNTS = {"pass": 31, "fail": 4, "waived": 2, "unknown": 19, "notApplicable": 8, "error": 0}
TIME = "2026-01-02T03:04:05Z"


def example() -> dict[str, Any]:
    """The status of docs/design/api.md."""
    return {
        "observedGeneration": 3,
        "conditions": [
            {
                "type": "Compliant",
                "status": "False",
                "observedGeneration": 3,
                "lastTransitionTime": TIME,
                "reason": "ControlsFailing",
                "message": "NET-01 fails",
            }
        ],
        "score": 87,
        "coverage": 66,
        "summary": COUNTS,
        "failing": {"critical": 0, "high": 1, "medium": 2, "low": 1},
        "sections": [{"name": "Network", "score": 50, **COUNTS}],
        "controls": [
            {
                "id": "NET-01",
                "result": "Fail",
                "reason": "Findings",
                "severity": "High",
                "basis": "Observed",
                "evaluated": 12,
                "failing": 3,
                "message": "3 of 12 objects fail",
                "since": TIME,
            }
        ],
        "findings": [
            {
                "check": "pod-not-isolated",
                "control": "NET-01",
                "severity": "High",
                "object": "Deployment/api",
                "path": "spec.template",
                "message": "not isolated",
                "remediation": "Add a policy.",
                "fingerprint": "3f9a3f9a3f9a3f9a",
            }
        ],
        "truncated": 0,
        "lastAssessedTime": TIME,
        "nextAssessmentTime": TIME,
        "lastChangeTime": TIME,
        "catalogue": "1.0.0",
    }


def test_the_design_s_example_round_trips() -> None:
    """What is read is what was written."""
    status = SecurityAssessmentStatus.model_validate(example())
    assert status.model_dump(by_alias=True, mode="json", exclude_none=True) == example()


def test_an_empty_status_is_valid() -> None:
    """A suspended or unreadable assessment states only what it knows."""
    assert SecurityAssessmentStatus.model_validate({}).score is None


@pytest.mark.parametrize(
    "change",
    [
        {"score": 101},
        {"score": -1},
        {"findings": example()["findings"] * 201},
        {"controls": example()["controls"] * 65},
        {"controls": [{**example()["controls"][0], "reason": "no word"}]},
        {"controls": [{**example()["controls"][0], "result": "Maybe"}]},
        {"findings": [{**example()["findings"][0], "fingerprint": "xyz"}]},
        {"findings": [{**example()["findings"][0], "message": "m" * 1025}]},
        {"summary": {"pass": 1}},
        {"lastAssessedTime": "2026-01-02T03:04:05"},
        {"surprise": True},
    ],
)
def test_what_the_api_server_would_refuse_is_refused(change: dict[str, Any]) -> None:
    """Bounds, words, missing counts, times without a zone and unknown fields."""
    with pytest.raises(ValidationError):
        SecurityAssessmentStatus.model_validate({**example(), **change})
