"""What is planted beside our fields is found, and what is others' is left alone."""

from typing import Any

from assessor.api.owned_status import OWN_CONDITIONS, owned, removal
from assessor.api.security_assessment import SecurityAssessmentStatus


def condition(kind: str) -> dict[str, Any]:
    """Make a condition."""
    return {"type": kind, "status": "True"}


def test_our_conditions_are_those_that_the_api_documents() -> None:
    """Each is described in the CRD."""
    described = SecurityAssessmentStatus.model_fields["conditions"].description or ""
    assert all(f"{kind}: " in described for kind in OWN_CONDITIONS)


def test_others_conditions_are_not_owned() -> None:
    """All else of a status is."""
    status = {"score": 3, "conditions": [condition("Ready"), condition("Approved")]}
    assert owned(status) == {"score": 3, "conditions": [condition("Ready")]}
    assert owned({"score": 3}) == {"score": 3}


def test_what_was_sent_leaves_nothing_to_remove() -> None:
    """Nor does another owner's condition beside it."""
    sent = {"summary": {"pass": 1}, "controls": [{"id": "NET-01"}], "conditions": []}
    assert removal(sent, sent) == {}
    assert removal(sent | {"conditions": [condition("Approved")]}, sent) == {}


def test_planted_fields_are_removed_at_any_depth() -> None:
    """Whole fields, parts of objects, and conditions of our types that were not sent."""
    sent = {"summary": {"pass": 1}, "conditions": [condition("Ready")]}
    planted = [condition("Approved"), condition("Compliant"), condition("Ready")]
    stored = {
        "score": 100,
        "controls": [{"id": "NET-01", "result": "Pass"}],
        "summary": {"pass": 1, "fail": 0},
        "conditions": planted,
    }
    assert removal(stored, sent) == {
        "score": None,
        "controls": None,
        "summary": {"fail": None},
        "conditions": [condition("Approved"), condition("Ready")],
    }
