"""Service accounts with the rights of a tenant."""

from tests.integration.kube import Kube

RBAC = "/apis/rbac.authorization.k8s.io/v1"


def bind(kube: Kube, namespace: str, role: str, account: str) -> str:
    """Make a service account with ``role`` in its namespace; return its token."""
    made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}
    kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", made)
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": account},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": role,
        },
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }
    kube.call("POST", f"{RBAC}/namespaces/{namespace}/rolebindings", binding)
    return str(kube.plane.service_account_token(namespace, account, 600))
