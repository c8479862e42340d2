"""Roles and bindings on the real API server: a change reaches the namespaces that it concerns."""

from collections.abc import Iterator

import pytest

from tests.integration.kube import Json, Kube, checks

RBAC = "/apis/rbac.authorization.k8s.io/v1"
API_VERSION = "rbac.authorization.k8s.io/v1"
LOOK = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}


def cluster_role(name: str, *rules: Json) -> Json:
    """A ClusterRole."""
    made = {"apiVersion": API_VERSION, "kind": "ClusterRole", "metadata": {"name": name}}
    return made | {"rules": list(rules)}


def binding(namespace: str, role: str, account: str) -> Json:
    """A RoleBinding of a ClusterRole to an account of the namespace."""
    return {
        "apiVersion": API_VERSION,
        "kind": "RoleBinding",
        "metadata": {"name": "app", "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }


@pytest.fixture
def role(kube: Kube, namespace: str) -> Iterator[str]:
    """A ClusterRole that looks at pods, bound to the namespace's account `app`."""
    name = f"{namespace}-role"
    kube.plane.apply([cluster_role(name, LOOK), binding(namespace, name, "app")])
    yield name
    kube.delete(f"{RBAC}/clusterroles/{name}")


def test_a_changed_cluster_role_is_judged_where_it_is_bound(
    kube: Kube, namespace: str, operator: object, role: str
) -> None:
    """What the binding grants changes without the binding, both ways."""
    del operator
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: "read-secrets" not in checks(s))
    kube.plane.apply([cluster_role(role, LOOK, SECRETS)])
    worse = kube.judged(namespace, when=lambda s: "read-secrets" in checks(s))
    (finding,) = (f for f in worse["findings"] if f["check"] == "read-secrets")
    assert finding["object"] == "RoleBinding/app"
    assert f"ServiceAccount {namespace}/app may read all Secrets" in finding["message"]
    assert f"ClusterRole/{role}: list on secrets" in finding["message"]
    kube.plane.apply([cluster_role(role, LOOK)])
    kube.judged(namespace, when=lambda s: "read-secrets" not in checks(s))


def test_a_missing_account_and_a_missing_role_are_told_until_they_come(
    kube: Kube, namespace: str, operator: object, role: str
) -> None:
    """Hygiene follows too."""
    del operator
    kube.assess(namespace)
    kube.judged(namespace, when=lambda s: "dangling-subject" in checks(s))
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}}
    kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", account)
    kube.judged(namespace, when=lambda s: "dangling-subject" not in checks(s))
    kube.delete(f"{RBAC}/clusterroles/{role}")
    kube.judged(namespace, when=lambda s: "dangling-role" in checks(s))
    kube.plane.apply([cluster_role(role, LOOK)])
    kube.judged(namespace, when=lambda s: "dangling-role" not in checks(s))


def test_the_control_planes_namespace_is_not_told_of_its_own_bindings(
    kube: Kube, operator: object
) -> None:
    """kube-system as it comes: nothing to mend in its roles and bindings."""
    del operator
    kube.assess("kube-system", name="rbac", controls={"include": ["AUTHZ-01", "AUTHZ-04"]})
    try:
        status = kube.judged("kube-system", name="rbac", when=lambda s: s["controls"])
        results = {
            c["id"]: c["result"] for c in status["controls"] if c["id"] in ("AUTHZ-01", "AUTHZ-04")
        }
        assert results == {"AUTHZ-01": "Pass", "AUTHZ-04": "Pass"}, status["findings"]
    finally:
        kube.delete(
            "/apis/kube-assessor.dev/v1alpha1/namespaces/kube-system/securityassessments/rbac"
        )
