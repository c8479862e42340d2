"""Events tell of transitions, once, and of the worst first."""

from typing import Any

from assessor.reporting.transitions import MOST, notes


def status(compliant: str = "True", evidence: str = "True", **results: str) -> dict[str, Any]:
    """Make a stored status with these results by control (`NET_01="Fail"`)."""
    return {
        "conditions": [
            {"type": "Compliant", "status": compliant, "message": "told"},
            {"type": "EvidenceComplete", "status": evidence, "message": "pods: Forbidden"},
        ],
        "controls": [
            {"id": name.replace("_", "-"), "result": result, "severity": "High", "message": "bad"}
            for name, result in results.items()
        ],
    }


def told(*pair: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Reason, type and key of the notes between two statuses."""
    return [(note.reason, note.type, note.key) for note in notes(*pair)]


def test_the_first_assessment_is_one_event() -> None:
    """However much fails."""
    first = status("False", NET_01="Fail", AUTHZ_02="Fail")
    assert told({}, first) == [("Assessed", "Warning", "first")]


def test_nothing_changed_nothing_told() -> None:
    """A heartbeat is no transition."""
    same = status("False", NET_01="Fail")
    assert told(same, same) == []


def test_worse_warns_and_better_is_normal() -> None:
    """A failure and its recovery are told by control."""
    good, bad = status(NET_01="Pass"), status("False", NET_01="Fail")
    assert told(good, bad) == [
        ("ComplianceChanged", "Warning", "compliance"),
        ("ControlFailed", "Warning", "NET-01"),
    ]
    assert told(bad, good) == [
        ("ComplianceChanged", "Normal", "compliance"),
        ("ControlRecovered", "Normal", "NET-01"),
    ]


def test_a_failure_that_becomes_unknown_has_not_recovered() -> None:
    """Blindness is told as missing evidence, never as a recovery."""
    bad, blind = status("False", NET_01="Fail"), status("Unknown", "False", NET_01="Unknown")
    assert told(bad, blind) == [
        ("ComplianceChanged", "Warning", "compliance"),
        ("EvidenceUnavailable", "Warning", "evidence"),
    ]
    assert ("EvidenceRestored", "Normal", "evidence") in told(blind, bad)


def test_many_transitions_are_summed_up() -> None:
    """At most ten and one."""
    names = [f"C_{number:02}" for number in range(30)]
    before, after = (status(**dict.fromkeys(names, result)) for result in ("Pass", "Fail"))
    found = notes(before, after)
    assert len(found) == MOST + 1
    assert "20 more" in found[-1].message
    assert found[-1].type == "Warning"
