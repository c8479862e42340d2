"""What happens to clusters and operators, and what must not come of it."""

import time
from collections.abc import Iterator

import pytest

from playground import installation
from tests.integration.kube import (
    ASSESSMENTS,
    DENY_BOTH,
    POLICIES,
    Json,
    Kube,
    assessment,
    condition,
    control,
    eventually,
    network_policy,
)
from tests.integration.operator_process import OperatorUnderTest

pytestmark = pytest.mark.first

RELISTS = "kube_assessor_informer_relists_total"
ERRORS = "kube_assessor_informer_errors_total"
POLICY = 'group="networking.k8s.io",resource="networkpolicies"'
EXPIRED = f'error="ExpiredError",{POLICY}'
ALL_ASSESSMENTS = "/apis/kube-assessor.dev/v1alpha1/securityassessments"
CLUSTER_ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/kube-assessor"


def net(status: Json) -> str:
    """NET-01's result."""
    return str(control(status, "NET-01")["result"])


@pytest.fixture
def isolated(kube: Kube, namespace: str, operator: OperatorUnderTest) -> str:
    """A namespace with a default deny and an assessment that passes NET-01."""
    del operator
    kube.call("POST", POLICIES.format(namespace), network_policy("deny", **DENY_BOTH))
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: net(s) == "Pass")
    return namespace


@pytest.fixture
def without_policies(kube: Kube, operator: OperatorUnderTest) -> Iterator[None]:
    """The operator's ClusterRole without the right to read NetworkPolicies."""
    del operator
    role = kube.call("GET", CLUSTER_ROLE)
    kept = [rule for rule in role["rules"] if "networkpolicies" not in rule.get("resources", ())]
    assert len(kept) < len(role["rules"])
    kube.merge(CLUSTER_ROLE, {"rules": kept})
    yield
    kube.merge(CLUSTER_ROLE, {"rules": role["rules"]})


def test_deletion_needs_no_operator(kube: Kube, isolated: str, operator: OperatorUnderTest) -> None:
    """While the operator is down an assessment goes at once, and a namespace too."""
    operator.stop()
    try:
        kube.delete(f"{ASSESSMENTS.format(isolated)}/baseline")
        eventually(lambda: kube.assessment(isolated) is None, within=3)
        kube.assess(isolated)
        kube.delete(f"/api/v1/namespaces/{isolated}")
        eventually(lambda: kube.get(f"/api/v1/namespaces/{isolated}") is None, within=20)
    finally:
        operator.start()


def test_restart_writes_nothing_twice(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """A restarted operator finds its statuses current: no write, no Event."""
    # Events are told behind the statuses; one that waits is told before the process ends.
    operator.stop()
    before, events = kube.assessment(isolated), kube.events(isolated)
    operator.start()
    kube.assess(isolated, "second")
    kube.judged(isolated, "second")
    assert kube.assessment(isolated) == before
    told = [e for e in kube.events(isolated) if e["involvedObject"]["name"] == "baseline"]
    assert told == events


def test_kopf_runs_as_a_user_without_a_name(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """As in a container: its watch tells of a spec at once, and it never had to be restarted."""
    operator.stop()
    operator.start()
    kube.assess(isolated, "second")
    kube.judged(isolated, "second")
    kube.merge(f"{ASSESSMENTS.format(isolated)}/second", {"spec": {"failOn": "Low"}})
    kube.judged(isolated, "second", when=lambda s: s["observedGeneration"] == 2, within=5)
    assert operator.metric_sum("kube_assessor_kopf_restarts_total") == 0


def test_change_while_down_is_seen_after_the_start(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """What changed while no operator ran is judged when one runs again."""
    operator.stop()
    kube.delete(f"{POLICIES.format(isolated)}/deny")
    operator.start()
    kube.judged(isolated, when=lambda s: net(s) == "Fail")


def test_a_right_that_is_taken_while_it_runs_is_noticed(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """As soon as its watch ends; and a right that is given back, without a restart as well."""
    pid, rules = operator.pid, kube.call("GET", CLUSTER_ROLE)["rules"]
    kept = [rule for rule in rules if "networkpolicies" not in rule.get("resources", ())]
    kube.merge(CLUSTER_ROLE, {"rules": kept})
    try:
        kube.plane.stop_api_server()
        kube.plane.start_api_server()
        status = kube.judged(isolated, when=lambda s: net(s) == "Unknown", within=45)
        assert control(status, "NET-01")["reason"] == "Forbidden"
        assert "networkpolicies" in condition(status, "EvidenceComplete")["message"]
    finally:
        kube.merge(CLUSTER_ROLE, {"rules": rules})
    kube.judged(isolated, when=lambda s: net(s) == "Pass", within=45)
    assert operator.pid == pid


@pytest.mark.usefixtures("without_policies")
def test_forbidden_kind_is_unknown_and_named(
    kube: Kube, namespace: str, operator: OperatorUnderTest
) -> None:
    """403 on NetworkPolicies: NET-01 Unknown/Forbidden, EvidenceComplete False; then restored."""
    operator.stop()
    operator.start()
    kube.call("POST", POLICIES.format(namespace), network_policy("deny", **DENY_BOTH))
    kube.assess(namespace)
    status = kube.judged(namespace, when=lambda s: net(s) == "Unknown")
    assert control(status, "NET-01")["reason"] == "Forbidden"
    evidence = condition(status, "EvidenceComplete")
    assert evidence["status"] == "False"
    assert "networkpolicies" in evidence["message"]
    assert condition(status, "Compliant")["status"] != "True"
    role = kube.call("GET", CLUSTER_ROLE)
    granted = {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["networkpolicies"],
        "verbs": ["list", "watch"],
    }
    kube.merge(CLUSTER_ROLE, {"rules": [*role["rules"], granted]})
    status = kube.judged(namespace, when=lambda s: net(s) == "Pass", within=45)
    assert condition(status, "EvidenceComplete")["status"] == "True"
    eventually(lambda: "EvidenceRestored" in {e["reason"] for e in kube.events(namespace)})


def test_crd_deleted_and_made_again(kube: Kube, isolated: str, operator: OperatorUnderTest) -> None:
    """With its CRD each assessment goes; with a new one the same operator process goes on."""
    pid, crds = operator.pid, installation.custom_resources()
    kept = kube.call("GET", ALL_ASSESSMENTS)["items"]
    kube.plane.delete(crds)
    eventually(lambda: not operator.metric_sum("kube_assessor_score"), what="its series go")
    eventually(lambda: kube.get(ALL_ASSESSMENTS) is None, what="the kind goes")
    kube.plane.apply(crds)
    for item in kept:
        meta = {"name": item["metadata"]["name"]}
        again = assessment(**item["spec"]) | {"metadata": meta}
        # Refused in the namespaces of earlier tests, which are going.
        kube.plane.request("POST", ASSESSMENTS.format(item["metadata"]["namespace"]), again)
    kube.judged(isolated, when=lambda s: net(s) == "Pass")
    kube.delete(f"{POLICIES.format(isolated)}/deny")
    kube.judged(isolated, when=lambda s: net(s) == "Fail")
    assert operator.pid == pid
    assert operator.alive


def test_a_namespace_that_goes_is_not_judged(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """Its policies go before it does, which is no drift: nobody is told of a failure."""
    del operator
    held = f"/api/v1/namespaces/{isolated}/configmaps"
    finalizer = {"name": "held", "finalizers": ["example.test/held"]}
    kube.call("POST", held, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": finalizer})
    path = f"{ASSESSMENTS.format(isolated)}/baseline"
    kube.merge(path, {"metadata": {"finalizers": ["example.test/held"]}})
    kube.delete(f"/api/v1/namespaces/{isolated}")
    eventually(lambda: kube.get(f"{POLICIES.format(isolated)}/deny") is None)
    time.sleep(1)
    assert net(kube.status(isolated)) == "Pass"
    for kept in (f"{held}/held", path):
        kube.merge(kept, {"metadata": {"finalizers": []}})


def test_api_server_restart(kube: Kube, isolated: str, operator: OperatorUnderTest) -> None:
    """The API server dies and comes back; the same operator process judges what follows."""
    pid = operator.pid
    kube.plane.stop_api_server()
    kube.plane.start_api_server()
    kube.delete(f"{POLICIES.format(isolated)}/deny")
    kube.judged(isolated, when=lambda s: net(s) == "Fail", within=45)
    assert operator.pid == pid
    assert operator.alive


def test_expired_watch_finds_the_deletions(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """After a compaction that its watch slept through (410), a relist tells of deletions."""
    relists, expired = operator.metric_sum(RELISTS, POLICY), operator.metric_sum(ERRORS, EXPIRED)
    operator.pause()
    try:
        # Its connections end here, so that what follows reaches it by no watch.
        kube.plane.stop_api_server()
        kube.plane.start_api_server()
        kube.delete(f"{POLICIES.format(isolated)}/deny")
        kube.assess(isolated, "doomed")
        kube.delete(f"{ASSESSMENTS.format(isolated)}/doomed")
        kube.call("POST", POLICIES.format(isolated), network_policy("a", policyTypes=["Egress"]))
        kube.plane.compact()
    finally:
        operator.resume()
    kube.judged(isolated, when=lambda s: net(s) == "Fail", within=45)
    assert operator.alive
    assert operator.metric_sum(RELISTS, POLICY) > relists
    assert operator.metric_sum(ERRORS, EXPIRED) > expired


def test_a_new_token_is_taken(kube: Kube, isolated: str, operator: OperatorUnderTest) -> None:
    """An open watch outlives a revoked token, and the next one needs the new token."""
    pid = operator.pid
    operator.rotate_token()
    operator.revoke_previous_token()
    kube.plane.stop_api_server()
    kube.plane.start_api_server()
    kube.merge(f"{ASSESSMENTS.format(isolated)}/baseline", {"spec": {"failOn": "Low"}})
    kube.judged(isolated, when=lambda s: s["observedGeneration"] == 2, within=45)
    kube.merge(f"{ASSESSMENTS.format(isolated)}/baseline", {"spec": {"failOn": "High"}})
    kube.judged(isolated, when=lambda s: s["observedGeneration"] == 3, within=20)
    assert operator.pid == pid


def test_planted_verdicts_do_not_stay(
    kube: Kube, namespace: str, operator: OperatorUnderTest
) -> None:
    """What another manager writes into a status that leaves it out is taken out again."""
    del operator
    kube.assess(namespace, profile="strictest")
    path = f"{ASSESSMENTS.format(namespace)}/baseline"

    def ready() -> str:
        return str(condition(kube.status(namespace), "Ready").get("reason"))

    eventually(lambda: ready() == "ProfileNotFound")
    approved = {
        "type": "Approved",
        "status": "True",
        "reason": "Reviewed",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    complete = approved | {"type": "EvidenceComplete"}
    listed = kube.status(namespace)["conditions"]
    planted = {"score": 100, "conditions": [*listed, approved, complete]}
    kube.merge(f"{path}/status", {"status": planted})
    eventually(lambda: "score" not in kube.status(namespace))
    status = kube.status(namespace)
    assert {c["type"] for c in status["conditions"]} == {"Ready", "Compliant", "Approved"}
    assert ready() == "ProfileNotFound"
    version = kube.call("GET", path)["metadata"]["resourceVersion"]
    time.sleep(2)
    assert kube.call("GET", path)["metadata"]["resourceVersion"] == version, "no fight"


def test_revoked_token_is_replaced_without_a_restart(
    kube: Kube, isolated: str, operator: OperatorUnderTest
) -> None:
    """A token of ten minutes is revoked early; the one in the file takes over, in process."""
    pid, used = operator.pid, operator.token_file.read_text()
    operator.rotate_token()
    assert operator.token_file.read_text() != used
    operator.revoke_previous_token()
    kube.delete(f"{POLICIES.format(isolated)}/deny")
    kube.judged(isolated, when=lambda s: net(s) == "Fail", within=45)
    kube.merge(f"{ASSESSMENTS.format(isolated)}/baseline", {"spec": {"failOn": "Low"}})
    kube.judged(isolated, when=lambda s: s["observedGeneration"] == 2, within=45)
    assert operator.pid == pid
    assert operator.alive
