"""What a tenant is told does not depend on what others have: it cannot be asked out of a status."""

import pytest

from tests.faults.fresh import timeless
from tests.hostile.conftest import Neighbour
from tests.hostile.tenant import BINDINGS, ROLES, Tenant, account, binding, role, user
from tests.integration.kube import (
    ACCOUNTS,
    ASSESSMENTS,
    DEPLOYMENTS,
    POLICIES,
    Json,
    Kube,
    assessment,
    condition,
    deployment,
    eventually,
    network_policy,
)

NAME = "kubernetes.io/metadata.name"
MAKE_SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}
READ_SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}
CLUSTER_RBAC = "/apis/rbac.authorization.k8s.io/v1/cluster"
GROUP = {"kind": "Group", "name": "canary-group", "apiGroup": "rbac.authorization.k8s.io"}


def probes(neighbour: str) -> dict[str, Json]:
    """Peers that ask who has which labels; each is a question that a namespace may answer."""
    canary = {"matchLabels": {"app": "canary"}}
    places: list[Json] = [
        {"matchLabels": {NAME: neighbour}},
        {"matchLabels": {"team": "canary"}},
        {"matchExpressions": [{"key": "team", "operator": "Exists"}]},
        {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a", "canary"]}]},
        {},
    ]
    peers = [{"namespaceSelector": place} for place in places]
    peers += [peer | {"podSelector": canary} for peer in peers]
    return {
        f"ask-{number}": network_policy(f"ask-{number}", ingress=[{"from": [peer]}])
        for number, peer in enumerate(peers)
    }


def ask(tenant: Tenant, neighbour: str) -> None:
    """Write all questions: about labels, accounts, users and groups."""
    tenant.make(DEPLOYMENTS, deployment("own"))
    for policy in probes(neighbour).values():
        tenant.make(POLICIES, policy)
    tenant.make(ROLES, role("maker", MAKE_SECRETS))
    maker = {"kind": "Role", "name": "maker"}
    strangers = {
        "account": account(neighbour, "canary-account"),
        "spelled": user(f"system:serviceaccount:{neighbour}:canary-account"),
        "user": user("canary-user"),
        "group": GROUP,
        "crew": GROUP | {"name": f"system:serviceaccounts:{neighbour}"},
    }
    for name, subject in strangers.items():
        tenant.make(BINDINGS, binding(name, maker, subject))


def wide(kube: Kube, name: str, *subjects: Json) -> None:
    """A ClusterRoleBinding to a role that reads every Secret, made anew."""
    kube.delete(f"{CLUSTER_RBAC}rolebindings/{name}")
    made = binding(name, {"kind": "ClusterRole", "name": "canary-reader"}, *subjects)
    kube.call("POST", f"{CLUSTER_RBAC}rolebindings", made | {"kind": "ClusterRoleBinding"})


def answer(kube: Kube, neighbour: str) -> None:
    """Make all true that was asked."""
    kube.merge(f"/api/v1/namespaces/{neighbour}", {"metadata": {"labels": {"team": "canary"}}})
    kube.call("POST", DEPLOYMENTS.format(neighbour), deployment("canary"))
    made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "canary-account"}}
    kube.call("POST", ACCOUNTS.format(neighbour), made)
    strangers = (account(neighbour, "canary-account"), user("canary-user"), GROUP)
    wide(kube, "canary-binding", *strangers)


def test_a_status_answers_no_question_about_others(
    kube: Kube, tenant: Tenant, neighbour: Neighbour
) -> None:
    """Whether labels, pods, accounts and rights exist elsewhere: the same words, whatever is so.

    A ClusterRoleBinding that names the tenant's account and others is told as if it named that
    one alone: whatever is wrong with the others is not the tenant's to know.
    """
    reader = role("canary-reader", READ_SECRETS) | {"kind": "ClusterRole"}
    kube.call("POST", f"{CLUSTER_RBAC}roles", reader)
    own = account(tenant.namespace, "tenant")
    wide(kube, "shared-binding", own)
    ask(tenant, neighbour.namespace)
    tenant.assess(profile="full", reporting={"maxFindings": 200})
    kube.judged(tenant.namespace)
    neighbour.is_served()
    before = tenant.judged_anew()
    assert not before["truncated"]
    answer(kube, neighbour.namespace)
    masters = GROUP | {"name": "system:masters"}
    others = (account(neighbour.namespace, "canary-account"), user("admin"), user("root"), masters)
    wide(kube, "shared-binding", own, *others)
    neighbour.is_served()
    after = tenant.judged_anew()
    for status in (before, after):
        for each in (status, *status["conditions"]):
            each.pop("observedGeneration")
    assert timeless(after) == timeless(before)
    assert not any("canary-binding" in told for told in tenant.events())
    told = str(after)
    assert "canary-reader" in told, "by what its own account holds rights is the tenant's to know"
    assert "canary-binding" not in told
    kube.delete(f"{CLUSTER_RBAC}rolebindings/canary-binding")
    kube.delete(f"{CLUSTER_RBAC}rolebindings/shared-binding")
    kube.delete(f"{CLUSTER_RBAC}roles/canary-reader")


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"namespaceSelector": {}}, id="selector"),
        pytest.param({"namespace": "kube-system"}, id="namespace"),
        pytest.param({"controls": {"include": ["*", "?????-*"]}}, id="globs"),
        pytest.param({"profile": "kube-system"}, id="profile"),
    ],
)
def test_a_spec_reaches_nothing_beyond_its_namespace(
    kube: Kube, tenant: Tenant, neighbour: Neighbour, spec: Json
) -> None:
    """What names other places is no field, or no profile; globs stand for controls alone."""
    kube.call("POST", ACCOUNTS.format(neighbour.namespace), {"metadata": {"name": "canary-own"}})
    tenant.assess(**spec)
    status = first_status(tenant)
    assert "canary" not in str(status)
    assert neighbour.namespace not in str(status)
    if "profile" in spec:
        assert condition(status, "Ready")["reason"] == "ProfileNotFound"


def first_status(tenant: Tenant) -> Json:
    """The status once there is one."""
    return eventually(lambda: tenant.status() if tenant.status().get("conditions") else None)


def test_a_tenant_may_not_write_elsewhere(tenant: Tenant, neighbour: Neighbour) -> None:
    """Nor look there: so nothing that was done here was done with more than it has."""
    request = tenant.kube.plane.request
    theirs = ASSESSMENTS.format(neighbour.namespace)
    assert request("GET", theirs, token=tenant.token)[0] == 403
    assert request("POST", theirs, assessment("mine"), token=tenant.token)[0] == 403
    for path in ("/api/v1/namespaces", f"{CLUSTER_RBAC}rolebindings", f"{CLUSTER_RBAC}roles"):
        assert request("GET", path, token=tenant.token)[0] == 403
