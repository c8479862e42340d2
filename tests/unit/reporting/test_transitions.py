"""Events tell of transitions, once, and of the worst first."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assessor.reporting.status import not_ready_status, suspended_status
from assessor.reporting.transitions import MOST, notes

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def status(compliant: str = "True", evidence: str = "True", **results: str) -> dict[str, Any]:
    """Make a stored status with these results by control (`NET_01="Fail"`).

    `"Unknown Fail"` is Unknown, and Fail was the last result that was judged.
    """
    return {
        "conditions": [
            {"type": "Compliant", "status": compliant, "message": "told"},
            {"type": "EvidenceComplete", "status": evidence, "message": "pods: Forbidden"},
        ],
        "controls": [_control(name, *result.split()) for name, result in results.items()],
    }


def _control(name: str, result: str, last: str = "") -> dict[str, Any]:
    told = {"id": name.replace("_", "-"), "result": result, "severity": "High", "message": "bad"}
    return told | {"reason": "Forbidden"} | ({"lastResult": last} if last else {})


def not_ready(previous: dict[str, Any]) -> dict[str, Any]:
    """What is stored while the spec names no profile that there is."""
    return not_ready_status(stamped(previous), 2, NOW, "ProfileNotFound", "no such profile")


def stamped(made: dict[str, Any]) -> dict[str, Any]:
    """The same with the times that a stored condition has."""
    times = {"lastTransitionTime": "2025-12-31T00:00:00Z"}
    return made | {"conditions": [condition | times for condition in made["conditions"]]}


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


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        ("Fail", "Pass", [("ControlRecovered", "Normal", "NET-01")]),
        ("Fail", "Fail", []),
        ("Pass", "Fail", [("ControlFailed", "Warning", "NET-01")]),
        ("Pass", "Pass", []),
    ],
)
def test_blindness_between_hides_and_repeats_nothing(
    last: str, now: str, expected: list[tuple[str, str, str]]
) -> None:
    """What came of a failure is told once, however long nobody could see."""
    blind = status("Unknown", "False", NET_01=f"Unknown {last}")
    found = told(blind, status("False", NET_01=now))
    assert [note for note in found if note[2] == "NET-01"] == expected


def test_an_outage_without_drift_warns_of_no_failure() -> None:
    """To know again what was known before is no change for the worse."""
    bad = status("False", NET_01="Fail", AUTHZ_02="Fail")
    blind = status("Unknown", "False", NET_01="Unknown Fail", AUTHZ_02="Unknown Fail")
    assert [note for note in told(blind, bad) if note[1] == "Warning"] == []
    worse = status("False", NET_01="Fail", AUTHZ_02="Fail", AUTHZ_01="Fail")
    assert told(blind, worse)[0] == ("ComplianceChanged", "Warning", "compliance")


def test_a_failure_with_nothing_left_to_judge_is_over() -> None:
    """It does not pass, and it fails no more: its next failure is a new one."""
    bad, gone = status("False", NET_01="Fail"), status("True", NET_01="NotApplicable")
    gone["controls"][0]["reason"] = "NoSubjects"
    (_, recovered) = notes(bad, gone)
    assert (recovered.reason, recovered.type) == ("ControlRecovered", "Normal")
    assert recovered.message == "NET-01 has nothing left to judge."
    assert ("ControlFailed", "Warning", "NET-01") in told(gone, bad)


def test_what_is_excluded_has_not_recovered() -> None:
    """Whoever excluded it knows."""
    bad, gone = status("False", NET_01="Fail"), status("False", NET_01="NotApplicable")
    gone["controls"][0]["reason"] = "Excluded"
    assert told(bad, gone) == []


def test_a_spec_that_cannot_be_judged_loses_no_transition() -> None:
    """Compliance is lost and told; what happened meanwhile is told when the spec is mended."""
    good, bad = status(NET_01="Pass"), status("False", NET_01="Fail")
    assert told(good, not_ready(good)) == [("ComplianceChanged", "Warning", "compliance")]
    assert told(not_ready(good), bad) == [
        ("ComplianceChanged", "Warning", "compliance"),
        ("ControlFailed", "Warning", "NET-01"),
    ]
    assert told(not_ready(good), good) == [("ComplianceChanged", "Normal", "compliance")]
    assert told(not_ready(bad), bad) == [("ComplianceChanged", "Normal", "compliance")]
    assert told(not_ready(bad), not_ready(not_ready(bad))) == []


def test_missing_evidence_is_told_once_through_a_bad_spec() -> None:
    """It was missing before and it is missing after."""
    blind = status("Unknown", "False", NET_01="Unknown")
    assert told(blind, not_ready(blind)) == []
    assert told(not_ready(blind), blind) == []


def test_before_the_first_verdict_nothing_is_told() -> None:
    """A spec that could never be judged has no first assessment yet."""
    assert told({}, not_ready({"conditions": []})) == []
    first = status("False", NET_01="Fail")
    assert told(not_ready({"conditions": []}), first) == [("Assessed", "Warning", "first")]


def test_suspension_hides_no_drift() -> None:
    """What failed meanwhile is told at the end of it."""
    good = stamped(status(NET_01="Pass"))
    suspended = suspended_status(good, 2, NOW)
    assert told(good, suspended) == [("ComplianceChanged", "Warning", "compliance")]
    assert ("ControlFailed", "Warning", "NET-01") in told(suspended, status("False", NET_01="Fail"))


def test_the_worst_is_told_where_not_all_can_be() -> None:
    """Twelve recoveries swallow no failure, and of failures the worst come first."""
    names = [f"A_{number:02}" for number in range(12)]
    before = status("False", **dict.fromkeys(names, "Fail"), Y_01="Pass", Z_01="Pass")
    after = status("False", **dict.fromkeys(names, "Pass"), Y_01="Fail", Z_01="Fail")
    after["controls"][-1]["severity"] = "Critical"
    found = told(before, after)
    assert found[:3] == [
        ("ControlFailed", "Warning", "Z-01"),
        ("ControlFailed", "Warning", "Y-01"),
        ("ControlRecovered", "Normal", "A-00"),
    ]
    assert found[-1] == ("MoreTransitions", "Normal", "rest")


def test_many_failures_do_not_swallow_the_verdict() -> None:
    """The headline stays the first, whichever way it goes."""
    names = [f"A_{number:02}" for number in range(12)]
    before, after = (
        status(c, **dict.fromkeys(names, r)) for c, r in (("False", "Pass"), ("True", "Fail"))
    )
    assert told(before, after)[0] == ("ComplianceChanged", "Normal", "compliance")


def test_many_transitions_are_summed_up() -> None:
    """At most ten and one."""
    names = [f"C_{number:02}" for number in range(30)]
    before, after = (status(**dict.fromkeys(names, result)) for result in ("Pass", "Fail"))
    found = notes(before, after)
    assert len(found) == MOST + 1
    assert "20 more" in found[-1].message
    assert found[-1].type == "Warning"
