"""A cluster that keeps changing: what teams do all day, drawn at random."""

import random
from collections.abc import Callable

from playground.controlplane import ControlPlane
from tests.integration.kube import (
    ACCOUNTS,
    ASSESSMENTS,
    DENY_BOTH,
    DEPLOYMENTS,
    POLICIES,
    Json,
    assessment,
    deployment,
    network_policy,
)

NAMESPACES = 8
NAMES = ("a", "b", "c")
RBAC = "/apis/rbac.authorization.k8s.io/v1"
ROLES = RBAC + "/namespaces/{}/roles"
BINDINGS = RBAC + "/namespaces/{}/rolebindings"
CLUSTER_BINDINGS = RBAC + "/clusterrolebindings"
RIGHTS = (
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]},
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]},
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
)
SPECS: tuple[Json, ...] = (
    {},
    {"failOn": "Low"},
    {"failOn": "Critical", "profile": "baseline"},
    {"reporting": {"maxFindings": 2}},
    {"controls": {"exclude": ["AUTHZ-*"]}},
)


class World:
    """Draws changes; each draw depends on the random numbers alone, never on the cluster."""

    def __init__(self, plane: ControlPlane, dice: random.Random) -> None:
        """Nothing is there before ``begin``."""
        self._plane, self._dice = plane, dice
        self._made = 0
        self.namespaces: list[str] = []

    def begin(self) -> None:
        """Make the first namespaces."""
        for _ in range(NAMESPACES):
            self._new_namespace()

    def change(self) -> str:
        """Do one thing, and say what."""
        changes: tuple[Callable[[], str], ...] = (
            self._policy,
            self._policy,
            self._account,
            self._workload,
            self._workload,
            self._role,
            self._binding,
            self._cluster_binding,
            self._assessment,
            self._label,
        )
        # A namespace goes far more seldom than what is in it changes.
        if self._dice.random() < 0.01:
            return self._replace_namespace()
        return self._dice.choice(changes)()

    # ── what there is to change ───────────────────────────────────────────────────────────────

    def _policy(self) -> str:
        spec = self._dice.choice(({}, DENY_BOTH, {"ingress": [{}]}))
        return self._make_or_delete(POLICIES, network_policy(self._name(), **spec))

    def _account(self) -> str:
        manifest = self._named("v1", "ServiceAccount")
        return self._make_or_delete(
            ACCOUNTS, manifest | {"automountServiceAccountToken": self._dice.random() < 0.5}
        )

    def _workload(self) -> str:
        account = self._dice.choice(("default", *NAMES))
        host = self._dice.random() < 0.2
        made = deployment(self._name(), serviceAccountName=account, hostNetwork=host)
        return self._make_or_delete(DEPLOYMENTS, made)

    def _role(self) -> str:
        manifest = self._named("rbac.authorization.k8s.io/v1", "Role")
        return self._make_or_delete(ROLES, manifest | {"rules": [self._dice.choice(RIGHTS)]})

    def _binding(self) -> str:
        return self._make_or_delete(BINDINGS, self._bound("RoleBinding", "Role"))

    def _cluster_binding(self) -> str:
        manifest = self._bound("ClusterRoleBinding", "ClusterRole")
        manifest["metadata"]["name"] = "soak-" + manifest["metadata"]["name"]
        manifest["roleRef"]["name"] = self._dice.choice(("view", "edit", "cluster-admin"))
        return self._make_or_delete(CLUSTER_BINDINGS, manifest)

    def _assessment(self) -> str:
        spec = self._dice.choice(SPECS)
        return self._make_or_delete(ASSESSMENTS, assessment(self._name(), **spec))

    def _label(self) -> str:
        namespace = self._dice.choice(self.namespaces)
        patch = {"metadata": {"labels": {"team": self._name()}}}
        return self._send("PATCH", f"/api/v1/namespaces/{namespace}", patch)

    def _replace_namespace(self) -> str:
        gone = self._dice.choice(self.namespaces)
        self.namespaces.remove(gone)
        told = self._send("DELETE", f"/api/v1/namespaces/{gone}")
        return f"{told}, {self._new_namespace()}"

    def _new_namespace(self) -> str:
        self._made += 1
        name = f"soak-{self._made}"
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self._send("POST", "/api/v1/namespaces", made)
        self.namespaces.append(name)
        return self._send("POST", ASSESSMENTS.format(name), assessment())

    # ── how ───────────────────────────────────────────────────────────────────────────────────

    def _make_or_delete(self, collection: str, manifest: Json) -> str:
        """Make it, or make it anew; or delete what may be there."""
        path = collection.format(self._dice.choice(self.namespaces))
        one = f"{path}/{manifest['metadata']['name']}"
        delete, anew = self._dice.random() < 0.4, self._dice.random() < 0.5
        if delete or anew:
            told = self._send("DELETE", one)
        return told if delete else self._send("POST", path, manifest)

    def _send(self, method: str, path: str, body: Json | None = None) -> str:
        """What is absent, there already or going answers with an error: that is daily life."""
        code, _ = self._plane.request(
            method,
            path,
            body,
            content_type="application/json"
            if method != "PATCH"
            else "application/merge-patch+json",
        )
        return f"{method} {path} {code}"

    def _name(self) -> str:
        return self._dice.choice(NAMES)

    def _named(self, api_version: str, kind: str) -> Json:
        return {"apiVersion": api_version, "kind": kind, "metadata": {"name": self._name()}}

    def _bound(self, kind: str, role: str) -> Json:
        account = {
            "kind": "ServiceAccount",
            "name": self._name(),
            "namespace": self._dice.choice(self.namespaces),
        }
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": self._name()}
        manifest = self._named("rbac.authorization.k8s.io/v1", kind)
        return manifest | {"roleRef": reference, "subjects": [account]}
