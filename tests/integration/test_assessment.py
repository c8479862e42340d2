"""A SecurityAssessment from its creation to its deletion, on a real API server."""

from tests.integration.kube import (
    ASSESSMENTS,
    DENY_BOTH,
    POLICIES,
    Kube,
    checks,
    condition,
    control,
    eventually,
    network_policy,
)


def test_first_assessment_is_complete(kube: Kube, namespace: str, operator: object) -> None:
    """All 64 controls, three conditions, one Event; what nobody judges is Unknown, not Pass."""
    del operator
    made = kube.assess(namespace, profile="full")
    status = kube.judged(namespace)
    rest = {each["reason"]: each for each in status["notJudged"]}
    assert len(status["controls"]) + sum(len(each["controls"]) for each in rest.values()) == 64
    assert status["observedGeneration"] == made["metadata"]["generation"]
    assert condition(status, "Ready")["status"] == "True"
    assert condition(status, "Compliant")["status"] == "False"
    assert condition(status, "EvidenceComplete")["status"] == "True"
    assert control(status, "NET-01")["result"] == "Fail"
    assert rest["NotAutomated"]["result"] == "Unknown"
    assert "IMAGE-15" in rest["NotAutomated"]["controls"]
    assert "NODE-04" in rest["ClusterScope"]["controls"]
    assert sum(status["summary"].values()) == 64
    assert len(status["sections"]) == 9
    first = eventually(lambda: kube.events(namespace))
    assert len(first) == 1


def test_nothing_but_status_is_written(kube: Kube, namespace: str, operator: object) -> None:
    """The user's object carries no annotation, finalizer or label of the operator's."""
    del operator
    made = kube.assess(namespace)
    kube.judged(namespace)
    found = kube.assessment(namespace)
    assert found
    assert found["spec"] == made["spec"]
    assert found["metadata"]["generation"] == made["metadata"]["generation"]
    for field in ("annotations", "finalizers", "labels"):
        assert field not in found["metadata"]
    managers = {m["manager"]: m.get("subresource") for m in found["metadata"]["managedFields"]}
    assert managers["kube-assessor"] == "status"


def test_drift_and_recovery_are_told_by_status_and_events(
    kube: Kube, namespace: str, operator: object
) -> None:
    """A removed policy arrives as a failure and an Event; its return as a recovery; twice."""
    del operator
    policy = network_policy("default-deny", **DENY_BOTH)
    kube.call("POST", POLICIES.format(namespace), policy)
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass")
    for _ in range(2):
        kube.delete(f"{POLICIES.format(namespace)}/default-deny")
        kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Fail")
        kube.call("POST", POLICIES.format(namespace), policy)
        kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass")

    def counts() -> dict[str, int] | None:
        told = {
            event["reason"]: event["count"]
            for event in kube.events(namespace)
            if event["reason"] in ("ControlFailed", "ControlRecovered")
        }
        return told if told == {"ControlFailed": 2, "ControlRecovered": 2} else None

    eventually(counts, what="two failures and two recoveries, aggregated into two Events")
    types = {(event["reason"], event["type"]) for event in kube.events(namespace)}
    assert types >= {
        ("ControlFailed", "Warning"),
        ("ControlRecovered", "Normal"),
        ("ComplianceChanged", "Warning"),
        ("ComplianceChanged", "Normal"),
    }


def test_since_moves_only_with_its_control(kube: Kube, namespace: str, operator: object) -> None:
    """A control's `since` and a condition's transition time stay while they do not change."""
    del operator
    kube.assess(namespace)
    before = kube.judged(namespace)
    kube.merge(f"{ASSESSMENTS.format(namespace)}/baseline", {"spec": {"failOn": "Low"}})
    after = kube.judged(namespace, when=lambda s: s["observedGeneration"] == 2)
    assert control(after, "NET-01")["since"] == control(before, "NET-01")["since"]
    ready = "lastTransitionTime"
    assert condition(after, "Ready")[ready] == condition(before, "Ready")[ready]


def test_suspend_freezes_and_resumes(kube: Kube, namespace: str, operator: object) -> None:
    """Suspended: Ready, Compliant Unknown, generation followed, nothing judged; then again."""
    del operator
    kube.assess(namespace)
    kube.judged(namespace)
    path = f"{ASSESSMENTS.format(namespace)}/baseline"
    kube.merge(path, {"spec": {"suspend": True}})
    status = kube.judged(namespace, when=lambda s: s["observedGeneration"] == 2)
    assert condition(status, "Ready")["reason"] == "Suspended"
    assert condition(status, "Ready")["status"] == "True"
    assert condition(status, "Compliant")["status"] == "Unknown"
    kube.call("POST", POLICIES.format(namespace), network_policy("deny", **DENY_BOTH))
    kube.merge(path, {"spec": {"suspend": False}})
    status = kube.judged(namespace, when=lambda s: s["observedGeneration"] == 3)
    assert control(status, "NET-01")["result"] == "Pass"


def test_tailoring_is_obeyed_and_visible(kube: Kube, namespace: str, operator: object) -> None:
    """Excluded controls say so; a lowered severity no longer fails, and the verdict tells."""
    del operator
    kube.assess(
        namespace,
        controls={"exclude": ["IMAGE-*"], "severities": {"NET-01": "Low"}},
    )
    status = kube.judged(namespace)
    assert control(status, "IMAGE-01")["result"] == "NotApplicable"
    assert control(status, "IMAGE-01")["reason"] == "Excluded"
    assert control(status, "NET-01")["severity"] == "Low"
    assert condition(status, "Compliant")["reason"] == "Tailored"


def test_unknown_profile_is_told(kube: Kube, namespace: str, operator: object) -> None:
    """A profile that does not exist makes the assessment not ready, and nothing green."""
    del operator
    kube.assess(namespace, profile="no-such-profile")
    status = eventually(lambda: kube.status(namespace))
    assert condition(status, "Ready")["status"] == "False"
    assert condition(status, "Ready")["reason"] == "ProfileNotFound"
    assert "no-such-profile" in condition(status, "Ready")["message"]
    assert condition(status, "Compliant")["status"] == "Unknown"


def test_a_bad_profile_is_told_and_hides_no_drift(
    kube: Kube, namespace: str, operator: object
) -> None:
    """The last results outlive it in status; what failed meanwhile is told when it is mended."""
    del operator
    kube.call("POST", POLICIES.format(namespace), network_policy("deny", **DENY_BOTH))
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Pass")
    path = f"{ASSESSMENTS.format(namespace)}/baseline"
    kube.merge(path, {"spec": {"profile": "no-such-profile"}})
    blind = kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Unknown")
    assert control(blind, "NET-01")["lastResult"] == "Pass"
    assert "score" not in blind
    kube.delete(f"{POLICIES.format(namespace)}/deny")
    kube.merge(path, {"spec": {"profile": "restricted"}})
    status = kube.judged(namespace, when=lambda s: control(s, "NET-01")["result"] == "Fail")
    assert "lastResult" not in control(status, "NET-01")

    def told() -> bool:
        events = [event["reason"] for event in kube.events(namespace)]
        return "ControlFailed" in events and events.count("Assessed") == 1

    eventually(told, what="ControlFailed, and no second first assessment")


def test_two_assessments_are_independent(kube: Kube, namespace: str, operator: object) -> None:
    """Two in one namespace each follow their own spec, and one may go."""
    del operator
    kube.assess(namespace, "strict", failOn="Low")
    kube.assess(namespace, "narrow", controls={"include": ["AUTHZ-02"]})
    strict, narrow = kube.judged(namespace, "strict"), kube.judged(namespace, "narrow")
    assert control(strict, "NET-01")["result"] == "Fail"
    assert control(narrow, "NET-01")["reason"] == "Excluded"
    kube.delete(f"{ASSESSMENTS.format(namespace)}/strict")
    kube.call("POST", POLICIES.format(namespace), network_policy("deny", **DENY_BOTH))
    kube.merge(f"{ASSESSMENTS.format(namespace)}/narrow", {"spec": {"controls": {"include": []}}})
    kube.judged(namespace, "narrow", when=lambda s: control(s, "NET-01")["result"] == "Pass")
    assert kube.assessment(namespace, "strict") is None


def test_foreign_status_is_put_right(kube: Kube, namespace: str, operator: object) -> None:
    """A verdict that somebody else writes into status does not stay."""
    del operator
    kube.assess(namespace)
    score = kube.judged(namespace)["score"]
    forged = 100 if score != 100 else 99
    kube.merge(f"{ASSESSMENTS.format(namespace)}/baseline/status", {"status": {"score": forged}})
    kube.judged(namespace, when=lambda s: s["score"] == score, what="the forged score stays")


def test_findings_are_truncated_not_lost(kube: Kube, namespace: str, operator: object) -> None:
    """With maxFindings 1 the worst stays, and the number of the others is told."""
    del operator
    kube.assess(namespace, reporting={"maxFindings": 1})
    for number in range(3):
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": f"a{number}"}}
        kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", account)
    status = kube.judged(namespace, when=lambda s: s["truncated"] >= 1)
    assert len(status["findings"]) == 1
    assert status["findings"][0]["severity"] == "Critical"
    assert checks(status) == {"no-network-policy"}
